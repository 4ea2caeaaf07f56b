// Package present lays a simulated card before the centre or VRS without a
// kiosk: it reads the card in process and answers a session's challenge, for
// tests of what comes after the card.
package present

import (
	"context"
	"errors"

	"akashi/kiosk/mynumber"
	"akashi/testkit/pki"
	"akashi/testkit/residents"
	"akashi/testkit/simcard"
	"akashi/verifier/cardrecord"
)

// Evidence is what a card gave in one session.
type Evidence struct {
	Files     cardrecord.Files
	Challenge []byte
}

// Card is a card that was read, and that still signs.
type Card struct {
	Files cardrecord.Files
	card  *mynumber.Card
}

// Read reads the resident's card, made under the world's card authority.
func Read(w *pki.World, r residents.Resident) (*Card, error) {
	a, err := simcard.AuthorityFrom(w.Cards.ID, w.Cards.Key)
	if err != nil {
		return nil, err
	}
	r.Card.Locked = false // what comes after the card is tested here, not the PIN
	c, err := simcard.New(r, a, simcard.Options{})
	if err != nil {
		return nil, err
	}
	c.PowerOn()
	ctx := context.Background()
	pin, err := mynumber.NewPIN([]byte(r.PIN))
	if err != nil {
		return nil, err
	}
	open, err := mynumber.Verify(ctx, inProcess{c}, pin)
	if err != nil {
		return nil, err
	}
	files, err := open.Read(ctx)
	return &Card{files, open}, err
}

// Answer has the card sign a session's digest.
func (c *Card) Answer(digest [32]byte) (Evidence, error) {
	sig, err := c.card.Sign(context.Background(), digest)
	return Evidence{c.Files, sig}, err
}

// inProcess is the card as apdu.Transmitter.
type inProcess struct{ card *simcard.Card }

func (t inProcess) Transmit(_ context.Context, command []byte) ([]byte, error) {
	if b := t.card.Transmit(command); b != nil {
		return b, nil
	}
	return nil, errors.New("present: the card is mute")
}
