// Package simcard is a simulated My Number card: the ID-entry-assistance AP
// (券面事項入力補助AP) with real RSA-2048 signatures, its PIN, its security state
// and its faults.
//
// It is a stand-in, written from what is publicly known of the card (facts:
// card) and not from the project's own card reader, so that the two check each
// other. Its authority's key ids start with 99, which no production trust list
// holds.
//
// Real cards are the authority on what real cards do: where sources are silent
// or disagree, Options let a test try both ways.
package simcard

import (
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"sync"
	"time"

	"akashi/testkit/residents"
)

// Card is one simulated card. Its methods may be called from any goroutine.
type Card struct {
	resident residents.Resident
	options  Options
	sleep    func(time.Duration)

	// content is made when first needed: an RSA key takes a while, and most
	// cards of a population are never used.
	content func() (*content, error)

	mu      sync.Mutex
	store   store
	session session
	count   int // commands since the card was made
	away    bool
	swapped bool
}

// session is what lives as long as the power does.
type session struct {
	powered  bool
	first    bool // no command yet
	ap       application
	ef       uint16 // 0: none current
	verified map[uint16]bool
	pending  []byte // rest of an answer, for GET RESPONSE
}

// New writes a resident's card. Its error is the state file's, or that the
// resident's data do not fit a card.
func New(r residents.Resident, a *Authority, o Options) (*Card, error) {
	if len(r.Card.Number) != 12 || len(r.PIN) != 4 || len(r.Card.Municipality) != 6 || a == nil {
		return nil, errors.New("simcard: want a number of 12, a PIN of 4 and a municipality code of 6 digits, and an authority; check the resident")
	}
	c := &Card{resident: r, options: o, sleep: o.Sleep}
	if c.sleep == nil {
		c.sleep = time.Sleep
	}
	if c.options.SignLatency == 0 {
		c.options.SignLatency = 15 * o.Latency
	}
	if err := c.store.open(r, o.State); err != nil {
		return nil, err
	}
	c.content = sync.OnceValues(func() (*content, error) { return c.write(a) })
	return c, nil
}

// write makes the card's files; the caller holds c.mu.
func (c *Card) write(a *Authority) (*content, error) {
	key, err := c.store.apKey()
	if err != nil {
		return nil, err
	}
	if key == nil {
		if key, err = rsa.GenerateKey(rand.Reader, KeyBits); err != nil {
			return nil, err
		}
		if err := c.store.keepKey(key); err != nil {
			return nil, err
		}
	}
	return write(c.resident, a, c.options, key)
}

// Prepare makes the card's keys and files now, which takes the time of up to
// three RSA keys, instead of at the first command that needs them. Who lays a
// card on a reader does it, so that no reader's patience is tried.
func (c *Card) Prepare() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, err := c.content()
	return err
}

// Resident gives whose card it is.
func (c *Card) Resident() residents.Resident { return c.resident }

// TriesLeft gives the PIN's counter, as somebody who looks into the chip sees
// it; asking spends nothing.
func (c *Card) TriesLeft() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.store.tries(efPIN)
}

// Commands gives how many commands the card has had since it was made.
func (c *Card) Commands() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.count
}

// Verified reports whether the card holds the PIN for presented now.
func (c *Card) Verified() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session.verified[efPIN]
}

// PowerOn gives the card power. One that has power already keeps its state;
// one that had left is back.
func (c *Card) PowerOn() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.away {
		c.away, c.options.Faults.LeaveAt = false, 0
		c.session = session{}
	}
	if !c.session.powered {
		c.session = session{powered: true, first: true, verified: map[uint16]bool{}}
	}
}

// PowerOff takes the power away: everything verified is gone.
func (c *Card) PowerOff() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.session = session{}
	if c.swapped {
		c.options.Faults.Swap.PowerOff()
	}
}

// Reset is a warm reset: what was verified stays, the current AP and file do
// too (facts: card §3 rule 2).
func (c *Card) Reset() { c.PowerOn() }

// ATR is the answer to reset that a contactless reader makes for a Type B card
// (PC/SC part 3: 3B 88 80 01, 8 bytes of the card's ATQB, check byte); nil
// from a mute card. Readers differ, so no client may tell a card by it.
func (c *Card) ATR() []byte {
	if c.options.Faults.Mute {
		return nil
	}
	atr := []byte{0x3B, 0x88, 0x80, 0x01, 0x00, 0x00, 0x00, 0x00, 0x33, 0x81, 0x81, 0x00}
	var check byte
	for _, b := range atr[1:] {
		check ^= b
	}
	return append(atr, check)
}

// Transmit answers one APDU, status word included. nil: the card is mute or
// has left.
func (c *Card) Transmit(command []byte) []byte {
	c.sleep(c.delay(command))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count++
	f := c.options.Faults
	if f.Swap != nil && c.count >= f.SwapAt {
		if !c.swapped {
			c.swapped = true
			f.Swap.PowerOn()
		}
		return f.Swap.Transmit(command)
	}
	if f.LeaveAt > 0 && c.count >= f.LeaveAt {
		c.away, c.session = true, session{}
	}
	if f.Mute || c.away || !c.session.powered {
		return nil
	}
	response := c.answer(command)
	if f.Rewrite != nil {
		return f.Rewrite(append([]byte(nil), command...), append([]byte(nil), response...))
	}
	return response
}

func (c *Card) delay(command []byte) time.Duration {
	if len(command) > 1 && command[1] == insSign {
		return c.options.SignLatency
	}
	return c.options.Latency
}
