// Package reader is the reader process's protocol over one inherited stream
// socket, both ends: a device is served on one, the session worker calls it on
// the other. Pure Go; the device itself is another package's (kiosk/pcsc).
package reader

import "context"

// ExitCard is the exit code of a reader process that was only to look and saw a
// card; 0 is none, any other a reader that is not there.
const ExitCard = 4

// Device is one card reader. Every call is bounded by its ctx and an error is,
// or wraps, a Fault. Calls do not overlap.
type Device interface {
	// WaitCard waits until one card lies on the reader and takes it for this
	// process alone, freshly powered.
	WaitCard(ctx context.Context) error
	// Transmit carries one short APDU to the card and its answer back. When it
	// fails, the card is powered off and WaitCard comes next.
	Transmit(ctx context.Context, command []byte) (response []byte, err error)
	// WaitRemoved powers the card off and waits until none lies on the reader.
	WaitRemoved(ctx context.Context) error
	// End powers the card off, whatever state it is in. WaitCard may follow.
	End() error
}
