// Package pdfsig verifies the PDF signature (PAdES-B-B shape) that covers a
// whole certificate file.
package pdfsig

import (
	"time"

	"akashi/verifier/rule"
	"akashi/verifier/trust"
)

// Signature is what a verified PDF signature says.
type Signature struct {
	Signer   string    // common name of the signer's certificate
	SignedAt time.Time // /M of the signature dictionary: the signer's word, not a time stamp
}

var errSkeleton = rule.New("pdf.malformed", "", "not built yet")

// Verify judges a signed PDF at a time. The error is a *rule.Refusal.
func Verify(pdf []byte, l *trust.List, at time.Time) (*Signature, error) { return nil, errSkeleton }
