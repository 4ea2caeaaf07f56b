// Package vpcd plugs a simulated card into a real PC/SC stack, through the
// virtual reader driver of vsmartcard (TCP).
package vpcd

import (
	"context"
	"errors"
)

// Card is what can be plugged in.
type Card interface {
	PowerOn() []byte
	PowerOff()
	Reset() []byte
	Transmit(command []byte) []byte
}

// Slot is a card in the reader.
type Slot struct{}

// Plug dials the driver at addr and inserts the card.
func Plug(ctx context.Context, addr string, c Card) (*Slot, error) { return nil, errors.ErrUnsupported }

// Pull takes the card out of the reader.
func (s *Slot) Pull() error { return nil }
