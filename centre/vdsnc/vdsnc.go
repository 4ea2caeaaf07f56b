// Package vdsnc writes ICAO VDS-NC vaccination seals in the shape that Japan
// used.
//
// It composes the exact bytes to be signed and takes the signature from
// elsewhere: it never sees a key. The shape is that of seals that Japan issued
// (facts: certificates §2, VDS-NC content); field limits are ICAO's. What it
// writes, verifier/vdsnc reads; the two share no code.
package vdsnc

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"

	"akashi/centre/es256"
	"akashi/verifier/credential"
)

// MaxText is what a QR code of version 40 holds at level L in byte mode, the
// largest that there is, in bytes.
const MaxText = 2953

// Errors of Compose and Attach. None of them carries what the certificate says.
var (
	ErrKind      = errors.New("vdsnc: only an overseas certificate has a seal; ask for one of that kind")
	ErrIssuer    = errors.New("vdsnc: the issuer needs a country of 3 letters and a display name of 1 to 20 ASCII characters; correct the configuration")
	ErrSigner    = errors.New("vdsnc: the signer's certificate is not one of a VDS-NC signer with a P-256 key; have it issued with the extended key usage 2.23.136.1.1.14.2")
	ErrID        = errors.New("vdsnc: the certificate ID is not 1 to 12 characters of A-Z and 0-9; correct what VRS gave")
	ErrTravel    = errors.New("vdsnc: a seal needs the passport's data; take them from an earlier overseas issue")
	ErrName      = errors.New("vdsnc: the Roman name is not 1 to 39 Latin characters; correct the passport's data")
	ErrPassport  = errors.New("vdsnc: the passport number is not 1 to 11 characters of A-Z and 0-9; correct the passport's data")
	ErrBirth     = errors.New("vdsnc: a seal needs a full birth date; only a domestic certificate can do without")
	ErrDoses     = errors.New("vdsnc: the doses must be 1 to 99, at least one, in rising order; correct the record")
	ErrDoseDate  = errors.New("vdsnc: a dose has no full date; correct the record")
	ErrCountry   = errors.New("vdsnc: a dose's country is not 3 letters; correct the record")
	ErrLot       = errors.New("vdsnc: a lot number is not 1 to 20 printable ASCII characters; correct the record")
	ErrVaccine   = errors.New("vdsnc: a vaccine lacks its ICD-11 codes or its English name; correct the table of vaccines")
	ErrTooLong   = errors.New("vdsnc: the seal does not fit one QR code; issue fewer doses on it")
	ErrSignature = errors.New("vdsnc: not a signature of the signer's key over this seal, in ASN.1 DER; ask the key process again")
)

// Unsigned is a composed seal that waits for its signature.
type Unsigned struct {
	data []byte
	cer  string
	key  *ecdsa.PublicKey
}

// Compose writes the seal of the overseas certificate c, to be signed by the
// key of bsc, the barcode signer's certificate.
func Compose(c credential.Certificate, bsc *x509.Certificate) (*Unsigned, error) {
	key, err := signerKey(bsc)
	if err != nil {
		return nil, err
	}
	m, err := messageOf(c)
	if err != nil {
		return nil, err
	}
	data, err := canonical(payload{header{c.Issuer.Country, "icao.vacc", 1}, m})
	if err != nil {
		return nil, err
	}
	u := &Unsigned{data, base64.RawURLEncoding.EncodeToString(bsc.Raw), key}
	if len(u.text(make([]byte, es256.Size))) > MaxText {
		return nil, ErrTooLong
	}
	return u, nil
}

// oidVDSNC is ICAO's extended key usage of a VDS-NC signer.
var oidVDSNC = asn1.ObjectIdentifier{2, 23, 136, 1, 1, 14, 2}

func signerKey(bsc *x509.Certificate) (*ecdsa.PublicKey, error) {
	if bsc == nil {
		return nil, ErrSigner
	}
	key, ok := bsc.PublicKey.(*ecdsa.PublicKey)
	if !ok || key.Curve != elliptic.P256() || bsc.KeyUsage&x509.KeyUsageDigitalSignature == 0 ||
		!slices.ContainsFunc(bsc.UnknownExtKeyUsage, oidVDSNC.Equal) {
		return nil, ErrSigner
	}
	return key, nil
}

// Data gives the canonical JSON (RFC 8785) of the data object, the bytes that
// are signed. The caller gets a copy.
func (u *Unsigned) Data() []byte { return bytes.Clone(u.data) }

// Digest gives the SHA-256 digest of Data.
func (u *Unsigned) Digest() [32]byte { return sha256.Sum256(u.data) }

// Attach takes the ASN.1 DER signature over Digest, verifies it under the
// signer's certificate and gives the text of the QR code: the canonical JSON
// of data and signature.
func (u *Unsigned) Attach(der []byte) (text string, err error) {
	d := u.Digest()
	raw, err := es256.Raw(der)
	if err != nil || !ecdsa.VerifyASN1(u.key, d[:], der) {
		return "", ErrSignature
	}
	return u.text(raw), nil
}

// text puts data and signature together. Japan's cer had padding, its sigvl
// had none; without padding both have the one form that RFC 7515 knows.
func (u *Unsigned) text(raw []byte) string {
	s, err := canonical(seal{json.RawMessage(u.data), signature{"ES256", u.cer, base64.RawURLEncoding.EncodeToString(raw)}})
	if err != nil {
		panic("vdsnc: " + err.Error()) // strings, and data that canonical wrote
	}
	return string(s)
}
