// Package pdfsig verifies the PDF signature (PAdES-B-B shape) that covers a
// whole certificate file.
//
// It takes one kind of file only: at most one incremental update behind the
// original, classic cross-reference tables, and one certifying signature that
// allows no change and covers every byte (ISO 32000-1 sections 7.5 and 12.8;
// ETSI EN 319 142-1). Whatever is appended, moved or cut is refused.
package pdfsig

import (
	"crypto/sha256"
	"time"

	"akashi/verifier/trust"
)

// Signature is what a verified PDF signature says.
type Signature struct {
	Signer       string    // common name of the signer's certificate
	SignerDigest [32]byte  // SHA-256 of that certificate
	SignedAt     time.Time // /M of the signature: the signer's word, not a time stamp
}

// DefaultMaxPDF bounds a file in bytes: a certificate of two pages has less
// than a tenth.
const DefaultMaxPDF = 16 << 20

// Verify judges a signed PDF at a time. The error is a *rule.Refusal: the
// first rule broken, in the order structure, coverage, signature's form,
// document digest, signer, signature, time.
func Verify(pdf []byte, l *trust.List, at time.Time) (*Signature, error) {
	if len(pdf) > DefaultMaxPDF {
		return nil, ErrTooLarge
	}
	f, err := open(pdf)
	if err != nil {
		return nil, err
	}
	field, err := f.signature()
	if err != nil {
		return nil, err
	}
	cms, covered, err := field.covered(pdf)
	if err != nil {
		return nil, err
	}
	s, err := parseCMS(cms)
	if err != nil {
		return nil, err
	}
	if s.messageDigest != covered {
		return nil, ErrDigest
	}
	if err := s.check(l, at); err != nil {
		return nil, err
	}
	if field.at.After(at) || field.at.Before(s.signer.NotBefore) {
		return nil, ErrSignedAt
	}
	return &Signature{s.signer.Subject.CommonName, sha256.Sum256(s.signer.Raw), field.at}, nil
}
