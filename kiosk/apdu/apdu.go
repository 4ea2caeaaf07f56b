// Package apdu builds ISO 7816-4 commands and reads their answers, with status
// words as typed errors.
package apdu

import "context"

// Transmitter carries one command to the card and its answer back, status word
// included. It bounds the call by ctx.
type Transmitter interface {
	Transmit(ctx context.Context, command []byte) (response []byte, err error)
}
