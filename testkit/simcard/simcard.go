// Package simcard is a simulated My Number card: the ID-entry-assistance AP
// (券面事項入力補助AP) with real RSA-2048 signatures, its PIN, its security state
// and its faults.
//
// It is a stand-in, written from what is publicly known of the card (facts:
// card) and not from the project's own card reader, so that the two check each
// other. Its authority's key ids start with 99, which no production trust list
// holds.
package simcard

import (
	"crypto/rsa"
	"errors"

	"akashi/testkit/residents"
)

// Authority signs what simulated cards hold, as J-LIS's card authority does.
type Authority struct {
	id  [16]byte
	key *rsa.PrivateKey
}

// NewAuthority makes an authority with a fresh key.
func NewAuthority() (*Authority, error) { return nil, errors.ErrUnsupported }

// AuthorityFrom takes a key that another stand-in made. It refuses a key id
// that does not start with 99.
func AuthorityFrom(id [16]byte, key *rsa.PrivateKey) (*Authority, error) {
	return nil, errors.ErrUnsupported
}

// KeyID gives the 16 bytes by which EF 0004 names the authority.
func (a *Authority) KeyID() [16]byte { return a.id }

// Public gives the key that belongs on a test's trust list.
func (a *Authority) Public() *rsa.PublicKey { return &a.key.PublicKey }

// Options vary a card. The zero value is an ordinary card.
type Options struct{}

// Card is one simulated card. Its methods may be called from any goroutine.
type Card struct{}

// New writes a resident's card.
func New(r residents.Resident, a *Authority, o Options) (*Card, error) {
	return nil, errors.ErrUnsupported
}

// PowerOn gives the card power and returns its answer to reset; nil from a
// mute card.
func (c *Card) PowerOn() []byte { return nil }

// PowerOff takes the power away: everything verified is gone.
func (c *Card) PowerOff() {}

// Reset is a warm reset: what was verified stays (facts: card §3 rule 2).
func (c *Card) Reset() []byte { return nil }

// Transmit answers one APDU, status word included. nil: the card is mute or
// has left.
func (c *Card) Transmit(command []byte) []byte { return nil }
