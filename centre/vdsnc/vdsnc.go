// Package vdsnc writes ICAO VDS-NC health seals in the shape that Japan used.
package vdsnc

import (
	"crypto/x509"
	"errors"

	"akashi/verifier/credential"
)

// Unsigned is a composed seal that waits for its signature.
type Unsigned struct {
	data []byte
}

// Compose writes the seal of c, to be signed by the key of bsc.
func Compose(c credential.Certificate, bsc *x509.Certificate) (*Unsigned, error) {
	return nil, errors.ErrUnsupported
}

// Data gives the canonical JSON (RFC 8785) of the data object, the bytes that
// are signed.
func (u *Unsigned) Data() []byte { return u.data }

// Digest gives the SHA-256 digest of Data.
func (u *Unsigned) Digest() [32]byte { return [32]byte{} }

// Attach takes the ASN.1 DER signature over Digest and gives the QR text.
func (u *Unsigned) Attach(der []byte) (text string, err error) { return "", errors.ErrUnsupported }
