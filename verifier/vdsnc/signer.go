package vdsnc

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"strings"
	"time"

	"akashi/verifier/strictjson"
	"akashi/verifier/trust"
)

var (
	oidVDSNC         = asn1.ObjectIdentifier{2, 23, 136, 1, 1, 14, 2} // extended key usage of a barcode signer
	oidDocumentTypes = asn1.ObjectIdentifier{2, 23, 136, 1, 1, 6, 2}
)

// documentTypes is the only list that a vaccination signer may carry:
// SEQUENCE { INTEGER 0, SET { PrintableString "NV" } }.
var documentTypes = []byte{0x30, 0x09, 0x02, 0x01, 0x00, 0x31, 0x04, 0x13, 0x02, 'N', 'V'}

// decode reads base64url without padding, unused bits zero.
func decode(s string) ([]byte, error) {
	if strings.ContainsAny(s, "\r\n") { // the decoder would skip them
		return nil, ErrCertificate
	}
	return base64.RawURLEncoding.Strict().DecodeString(s)
}

// signer reads the barcode signer's certificate (BSC) and finds it under a
// CSCA of the country that the seal names.
func signer(cer, country *strictjson.Value, l *trust.List, at time.Time) (*x509.Certificate, error) {
	c, err := certificate(cer)
	if err != nil {
		return nil, err
	}
	name, ok := country.String()
	if !ok || !trust.Country(name) {
		return nil, ErrHeader
	}
	if err := signed(c, name, l, at); err != nil {
		return nil, err
	}
	if err := checkSigner(c, at); err != nil {
		return nil, err
	}
	return c, nil
}

// certificate reads cer: DER in base64url.
func certificate(cer *strictjson.Value) (*x509.Certificate, error) {
	text, _ := cer.String()
	der, err := decode(unpadded(text))
	if err != nil || len(der) > DefaultMaxCert {
		return nil, ErrCertificate
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, ErrCertificate
	}
	return c, nil
}

// signed requires that a CSCA of the country, valid itself, signed c and has
// not revoked it.
func signed(c *x509.Certificate, country string, l *trust.List, at time.Time) error {
	err := error(ErrCountry)
	for _, a := range l.VDSNC {
		if a.Country != country {
			continue
		}
		if bytes.Equal(a.Certificate.RawSubject, c.RawIssuer) && c.CheckSignatureFrom(a.Certificate) == nil {
			switch {
			case l.SignerRevoked(c, a.Certificate):
				return ErrSignerRevoked
			case valid(a.Certificate, at):
				return nil
			}
			err = ErrSignerExpired
		} else if err == ErrCountry {
			err = ErrSignerUnknown
		}
	}
	return err
}

func valid(c *x509.Certificate, at time.Time) bool {
	return !at.Before(c.NotBefore) && !at.After(c.NotAfter)
}

// checkSigner holds c against the barcode signer's profile. The extended key
// usage is checked here, because crypto/x509 does not know this one.
func checkSigner(c *x509.Certificate, at time.Time) error {
	key, ok := c.PublicKey.(*ecdsa.PublicKey)
	switch {
	case !ok || key.Curve != elliptic.P256():
		return ErrSignerProfile
	case c.IsCA || c.KeyUsage != x509.KeyUsageDigitalSignature || len(c.UnhandledCriticalExtensions) > 0:
		return ErrSignerProfile
	case len(c.ExtKeyUsage) > 0 || len(c.UnknownExtKeyUsage) != 1 || !c.UnknownExtKeyUsage[0].Equal(oidVDSNC):
		return ErrSignerProfile
	case !forVaccination(c):
		return ErrSignerProfile
	case !valid(c, at):
		return ErrSignerExpired
	}
	return nil
}

// forVaccination reports whether the document types, when listed, are NV.
func forVaccination(c *x509.Certificate) bool {
	for _, e := range c.Extensions {
		if e.Id.Equal(oidDocumentTypes) && !bytes.Equal(e.Value, documentTypes) {
			return false
		}
	}
	return true
}
