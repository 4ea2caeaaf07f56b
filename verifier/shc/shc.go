// Package shc reads and verifies SMART Health Cards, strictly and offline.
package shc

import (
	"time"

	"akashi/verifier/credential"
	"akashi/verifier/rule"
	"akashi/verifier/trust"
)

// Card is what a verified SMART Health Card says.
type Card struct {
	Issuer       string // iss
	KeyID        string // kid
	NotBefore    time.Time
	Expires      time.Time // zero: none
	Family       string    // with Given, or Text alone
	Given        string    // several given names are joined by a space
	Text         string
	Birth        credential.Date
	Doses        []Dose
	RevocationID string // vc.rid, may be empty
}

// Dose is one immunisation.
type Dose struct {
	CVX       string // http://hl7.org/fhir/sid/cvx
	Date      credential.Date
	Lot       string
	Performer string
}

var errSkeleton = rule.New("shc.malformed", "", "not built yet")

// Verify judges a shc:/ text or a compact JWS at a time. The error is a
// *rule.Refusal.
func Verify(text string, l *trust.List, at time.Time) (*Card, error) { return nil, errSkeleton }

// ParseUnsigned holds header.payload against every rule but the signature,
// time and trust: for linting what is about to be signed.
func ParseUnsigned(signingInput []byte) (*Card, error) { return nil, errSkeleton }
