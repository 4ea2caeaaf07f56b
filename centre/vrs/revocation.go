package vrs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"net"

	"akashi/centre/wire"
	"akashi/verifier/cardrecord"
	"akashi/verifier/trust"
)

// PathRevocations is the feed of revocations, a POST of one JSON body:
// RevocationsAsk -> Revocations. VRS answers it to the issuer site only
// (wire.RoleSite), which may ask nothing else.
const PathRevocations = "/v1/revocations"

// Limits of the feed.
const (
	MaxRevocations        = 1000      // revocations in one answer; more come with the next
	DefaultMaxRevocations = 256 << 10 // bytes of an answer: 1,000 times a kid, a rid, a number and their names
	keyIDSize             = 43        // characters of a kid: SHA-256 in base64url

	revocationChainContext = "akashi/1 vrs revocation"
)

// RevocationsAsk asks for what follows a sequence number; 0: from the first.
type RevocationsAsk struct {
	After uint64 `json:"after"`
}

// Revocation is one revoked certificate, as verifiers will know it. Neither
// its certificate ID nor its municipality leave VRS.
type Revocation struct {
	Sequence   uint64 `json:"sequence"` // from 1, without gaps
	KeyID      string `json:"key_id"`   // kid of the key that signed it
	Revocation string `json:"revocation"`
}

// Revocations is VRS's whole answer: at most MaxRevocations in their order,
// those from After+1 on.
type Revocations struct {
	// Chain is the RevocationChain up to After, by which the asker sees that VRS
	// still has the history that it had; empty when VRS has no such number.
	Chain       []byte       `json:"chain"`
	Revocations []Revocation `json:"revocations"`
	Last        uint64       `json:"last"` // the highest number there is
}

// RevocationChain is the digest of a history with one more entry.
func RevocationChain(before []byte, r Revocation) []byte {
	d := cardrecord.Digest(revocationChainContext, before, []byte(r.KeyID), []byte(r.Revocation))
	return d[:]
}

// FirstChain is the RevocationChain of the empty history.
func FirstChain() []byte {
	d := cardrecord.Digest(revocationChainContext)
	return d[:]
}

// KeyID reports whether s has the form of a kid: a thumbprint in base64url.
func KeyID(s string) bool {
	return len(s) == keyIDSize && trust.RevocationID(s[:trust.DefaultMaxRevocationID]) && trust.RevocationID(s[trust.DefaultMaxRevocationID:])
}

// follows reports whether the answer is one to an ask for what follows after.
func (a Revocations) follows(after uint64) bool {
	if len(a.Chain) == 0 { // no such number: nothing can follow it
		return after > a.Last && len(a.Revocations) == 0
	}
	if len(a.Chain) != sha256.Size || after > a.Last || after == 0 && !bytes.Equal(a.Chain, FirstChain()) {
		return false
	}
	if n := uint64(len(a.Revocations)); n != min(a.Last-after, MaxRevocations) {
		return false
	}
	for i, r := range a.Revocations {
		if r.Sequence != after+1+uint64(i) || !KeyID(r.KeyID) || !trust.RevocationID(r.Revocation) {
			return false
		}
	}
	return true
}

// Revocations asks for the revocations after a number. An answer that is not
// exactly what follows is an *Error with wire.VRSAnswer.
func (c *Client) Revocations(ctx context.Context, after uint64) (Revocations, error) {
	b, err := c.call(ctx, PathRevocations, wire.Encode(RevocationsAsk{after}), DefaultMaxRevocations)
	if err != nil {
		return Revocations{}, err
	}
	return parseRevocations(b, after)
}

func parseRevocations(b []byte, after uint64) (Revocations, error) {
	a, err := wire.Decode[Revocations](b, DefaultMaxRevocations)
	if err != nil || !a.follows(after) {
		return Revocations{}, &Error{Code: wire.VRSAnswer}
	}
	return a, nil
}

// AskRevocations is Revocations over a connection of its own.
func AskRevocations(ctx context.Context, address string, cfg *tls.Config, after uint64) (Revocations, error) {
	ctx, cancel := context.WithTimeout(ctx, DefaultCallTime)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return Revocations{}, lineError(ctx, err)
	}
	c := NewClient(conn, cfg)
	defer c.Close()
	return c.Revocations(ctx, after)
}
