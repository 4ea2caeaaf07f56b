// Package vdsnc reads and verifies ICAO VDS-NC vaccination seals, strictly and
// offline.
//
// The rules are those of the ICAO technical report on visible digital seals
// for non-constrained environments, as far as its public implementations show
// them, in the shape that Japan issued.
package vdsnc

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"math/big"
	"time"

	"akashi/verifier/credential"
	"akashi/verifier/strictjson"
	"akashi/verifier/trust"
)

// Limits of the text.
const (
	DefaultMaxText  = 2953 // bytes: what a version 40 code holds at level L
	DefaultMaxCert  = 1536 // bytes of the signer's certificate; Japan's had 793
	DefaultMaxDoses = 20   // more than fit
)

// limits: data, msg, ve, item, vd, item, member.
var limits = strictjson.Limits{Depth: 8, Values: 500}

// Seal is what a VDS-NC says.
type Seal struct {
	Country      string          // hdr.is
	UVCI         string          // 1 to 12 characters [A-Z0-9]
	Name         string          // surname, given names; at most 39 characters
	Birth        credential.Date // full
	Passport     string          // may be empty
	AdditionalID string          // may be empty
	Sex          string          // M, F, X or empty
	Doses        []Dose          // in the order given; at least one

	// Of the barcode signer's certificate; zero from ParseUnsigned.
	Signer        string // common name
	SignerDigest  [32]byte
	SignerFrom    time.Time
	SignerExpires time.Time
}

// Dose is one vaccination.
type Dose struct {
	Number        int    // vd.seq
	Vaccine       string // ve.des, ICD-11 extension code (XM…)
	Disease       string // ve.dis, ICD-11, may be empty
	Product       string // ve.nam
	Date          credential.Date
	Next          credential.Date // vd.dvn, zero: none
	Country       string          // vd.ctr
	Administrator string          // vd.adm
	Lot           string
}

// Verify judges the text of a VDS-NC bar code at a time. The error is a
// *rule.Refusal: the first rule broken, in the order form, signer, signature,
// content.
func Verify(text string, l *trust.List, at time.Time) (*Seal, error) {
	v, err := parse([]byte(text))
	if err != nil {
		return nil, err
	}
	data, sig := v.Get("data"), v.Get("sig")
	if !v.Only("data", "sig") || data == nil || !sig.Only("alg", "cer", "sigvl") {
		return nil, ErrForm
	}
	signer, err := signer(sig.Get("cer"), data.Get("hdr").Get("is"), l, at)
	if err != nil {
		return nil, err
	}
	if err := checkSignature(signer, sig, data); err != nil {
		return nil, err
	}
	s, err := seal(data)
	if err != nil {
		return nil, err
	}
	s.Signer, s.SignerDigest = signer.Subject.CommonName, sha256.Sum256(signer.Raw)
	s.SignerFrom, s.SignerExpires = signer.NotBefore, signer.NotAfter
	return s, nil
}

// ParseUnsigned holds the canonical JSON of the data object against every rule
// but signature and trust: for linting what is about to be signed.
func ParseUnsigned(data []byte) (*Seal, error) {
	v, err := parse(data)
	if err != nil {
		return nil, err
	}
	return seal(v)
}

// parse reads JSON that is its own canonical form (RFC 8785): the text has one
// spelling, and the signed bytes are a part of it.
func parse(b []byte) (*strictjson.Value, error) {
	if len(b) > DefaultMaxText {
		return nil, ErrTooLong
	}
	v, err := strictjson.Parse(b, limits)
	switch err {
	case nil:
	case strictjson.ErrSpace:
		return nil, ErrCanonical
	default:
		return nil, ErrJSON
	}
	if c, ok := v.Canonical(nil); !ok || !bytes.Equal(c, b) {
		return nil, ErrCanonical
	}
	return v, nil
}

// checkSignature verifies raw r||s over the canonical form of data.
func checkSignature(signer *x509.Certificate, sig, data *strictjson.Value) error {
	if !sig.Get("alg").Is("ES256") {
		return ErrAlgorithm
	}
	text, _ := sig.Get("sigvl").String()
	b, err := decode(text)
	if err != nil || len(b) != 64 {
		return ErrSignatureForm
	}
	signed, _ := data.Canonical(nil) // parse has seen that it has one
	digest := sha256.Sum256(signed)
	r, s := new(big.Int).SetBytes(b[:32]), new(big.Int).SetBytes(b[32:])
	if !ecdsa.Verify(signer.PublicKey.(*ecdsa.PublicKey), digest[:], r, s) { // checkSigner has seen the type
		return ErrSignature
	}
	return nil
}
