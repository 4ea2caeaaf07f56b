// Package tray is a card reader without hardware or PC/SC: simulated cards are
// laid on it and taken off in the same process. It implements
// kiosk/reader.Device.
package tray

import (
	"context"
	"slices"
	"sync"

	"akashi/kiosk/reader"
	"akashi/testkit/simcard"
)

// Tray is one reader. Cards may be laid and taken by one goroutine while
// another uses it as a device.
type Tray struct {
	mu      sync.Mutex
	cards   []*simcard.Card
	taken   *simcard.Card // the card that WaitCard found
	changed chan struct{} // closed and replaced at every change
}

var _ reader.Device = (*Tray)(nil)

// New gives an empty tray.
func New() *Tray { return &Tray{changed: make(chan struct{})} }

// Lay lays cards on the tray at once, beside any that lie there. A card whose
// keys could not be made answers as a defective one.
func (t *Tray) Lay(cards ...*simcard.Card) {
	for _, c := range cards {
		c.Prepare()
	}
	t.change(func() { t.cards = append(t.cards, cards...) })
}

// Clear takes every card off; they lose their power.
func (t *Tray) Clear() {
	t.change(func() {
		for _, c := range t.cards {
			c.PowerOff()
		}
		t.cards = nil
	})
}

// change runs f and wakes who waits.
func (t *Tray) change(f func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f()
	close(t.changed)
	t.changed = make(chan struct{})
}

// wait runs look at once and after every change until it is done or ctx ends.
func (t *Tray) wait(ctx context.Context, look func() (done bool, err error)) error {
	for {
		t.mu.Lock()
		done, err := look()
		changed := t.changed
		t.mu.Unlock()
		if done || err != nil {
			return err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return reader.Deadline
		}
	}
}

// WaitCard waits until exactly one card lies there; two are TwoCards, a mute
// one Unanswering.
func (t *Tray) WaitCard(ctx context.Context) error {
	return t.wait(ctx, func() (bool, error) {
		switch {
		case len(t.cards) == 0:
			return false, nil
		case len(t.cards) > 1:
			return false, reader.TwoCards
		case t.cards[0].ATR() == nil:
			return false, reader.Unanswering
		}
		t.taken = t.cards[0]
		t.taken.PowerOn()
		return true, nil
	})
}

// Transmit gives a command to the card that WaitCard found. A card that leaves
// during it is off the tray.
func (t *Tray) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	t.mu.Lock()
	c, there := t.taken, slices.Contains(t.cards, t.taken)
	t.mu.Unlock()
	switch {
	case c == nil:
		return nil, reader.NoCard
	case !there:
		return nil, t.lost()
	case ctx.Err() != nil:
		return nil, reader.Deadline
	}
	response := c.Transmit(command)
	if response == nil {
		t.change(func() { t.cards = slices.DeleteFunc(t.cards, func(o *simcard.Card) bool { return o == c }) })
		return nil, t.lost()
	}
	return response, nil
}

func (t *Tray) lost() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.taken = nil
	return reader.Removed
}

// WaitRemoved waits until no card lies there.
func (t *Tray) WaitRemoved(ctx context.Context) error {
	return t.wait(ctx, func() (bool, error) { return len(t.cards) == 0, nil })
}

// End powers the card off.
func (t *Tray) End() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.taken != nil {
		t.taken.PowerOff()
		t.taken = nil
	}
	return nil
}
