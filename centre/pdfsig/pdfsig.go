// Package pdfsig signs a PDF by incremental update, in the PAdES-B-B shape,
// with a signature that is made elsewhere.
package pdfsig

import (
	"crypto/x509"
	"errors"
	"time"
)

// Unsigned is a prepared PDF that waits for its signature.
type Unsigned struct{}

// Prepare lays out the signature of pdf for the key of chain[0] (leaf first).
func Prepare(pdf []byte, chain []*x509.Certificate, at time.Time) (*Unsigned, error) {
	return nil, errors.ErrUnsupported
}

// Digest gives the SHA-256 digest of the signed attributes.
func (u *Unsigned) Digest() [32]byte { return [32]byte{} }

// Attach takes the ASN.1 DER signature over Digest and gives the signed PDF.
func (u *Unsigned) Attach(der []byte) ([]byte, error) { return nil, errors.ErrUnsupported }
