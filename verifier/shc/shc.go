// Package shc reads and verifies SMART Health Cards, strictly and offline.
//
// The rules are those of the SMART Health Cards Framework 1.4 ("spec" below)
// and of the data-minimisation (DM) profiles of its vaccination guide ("guide"
// below).
package shc

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"math/big"
	"slices"
	"time"

	"akashi/verifier/credential"
	"akashi/verifier/trust"
)

// Card is what a SMART Health Card says.
type Card struct {
	Issuer       string // iss
	KeyID        string // kid
	NotBefore    time.Time
	Expires      time.Time // zero: none
	Family       string    // with Given, or Text alone
	Given        string    // several given names are joined by a space
	Text         string
	Prefix       string          // may be empty
	Suffix       string          // may be empty
	Birth        credential.Date // may lack day, or month and day
	Doses        []Dose          // in the order given; at least one
	RevocationID string          // vc.rid, may be empty
}

// Dose is one immunisation. At least one of CVX, SNOMED and ICD11 is set.
type Dose struct {
	CVX       string // http://hl7.org/fhir/sid/cvx
	SNOMED    string // http://snomed.info/sct
	ICD11     string // http://id.who.int/icd/release/11/mms
	Date      credential.Date
	Lot       string // may be empty
	Performer string // may be empty
	Subpotent bool   // the dose was less than a full one
}

// Verify judges a shc:/ text or a compact JWS at a time. The error is a
// *rule.Refusal: the first rule broken, in the order form, key, signature,
// content, issuer, time, revocation. Nothing is decompressed or decoded for a
// key on the list before its signature has been found right.
func Verify(text string, l *trust.List, at time.Time) (*Card, error) {
	t, err := parseToken(text)
	if err != nil {
		return nil, err
	}
	key := lookUp(l, t.kid)
	if key == nil {
		return nil, whyUnknown(t, l)
	}
	if err := t.checkSignature(key); err != nil {
		return nil, err
	}
	c, err := t.card(asFound)
	if err != nil {
		return nil, err
	}
	if err := c.trusted(l, at); err != nil {
		return nil, err
	}
	return c, nil
}

// ParseUnsigned holds header.payload against every rule but signature, trust
// and time: for linting what is about to be signed. The quirks that Verify
// tolerates are refused here, because nobody may write them.
func ParseUnsigned(signingInput []byte) (*Card, error) {
	t, err := parseSigningInput(string(signingInput))
	if err != nil {
		return nil, err
	}
	return t.card(asWritten)
}

// checkSignature verifies raw r||s over header.payload (RFC 7518 section 3.4).
func (t *token) checkSignature(key *ecdsa.PublicKey) error {
	digest := sha256.Sum256([]byte(t.signed))
	r, s := new(big.Int).SetBytes(t.signature[:32]), new(big.Int).SetBytes(t.signature[32:])
	if !ecdsa.Verify(key, digest[:], r, s) {
		return ErrSignature
	}
	return nil
}

// lookUp gives the trusted key of that kid; several issuers may share one.
func lookUp(l *trust.List, kid string) *ecdsa.PublicKey {
	for i := range l.SHC {
		if k := l.SHC[i].Key(kid); k != nil {
			return k
		}
	}
	return nil
}

func issuer(l *trust.List, url string) *trust.SHCIssuer {
	i := slices.IndexFunc(l.SHC, func(s trust.SHCIssuer) bool { return s.URL == url })
	if i < 0 {
		return nil
	}
	return &l.SHC[i]
}

// whyUnknown says for a key that nobody on the list has whether the card's
// issuer is unknown or only its key. Nothing that it reads is trusted.
func whyUnknown(t *token, l *trust.List) error {
	c, err := t.card(asFound)
	switch {
	case err != nil:
		return err
	case issuer(l, c.Issuer) == nil:
		return ErrIssuer
	}
	return ErrKey
}

// trusted holds a card whose signature is right against list and time.
func (c *Card) trusted(l *trust.List, at time.Time) error {
	who := issuer(l, c.Issuer)
	switch {
	case who == nil:
		return ErrIssuer
	case who.Key(c.KeyID) == nil:
		return ErrKey
	case !who.Entry(c.KeyID).Issues(c.NotBefore):
		return ErrRetired
	case at.Before(c.NotBefore):
		return ErrNotYet
	case !c.Expires.IsZero() && !at.Before(c.Expires):
		return ErrExpired
	case c.RevocationID != "" && who.IsRevoked(c.KeyID, c.RevocationID, c.NotBefore):
		return ErrRevoked
	}
	return nil
}
