package mynumber

import (
	"context"
	"fmt"

	"akashi/kiosk/apdu"
)

// PIN is the four digits as a handle: they lie in a closure, where fmt, json,
// slog and reflection cannot reach them.
type PIN struct{ reveal func() []byte }

// NewPIN takes four ASCII digits (暗証番号) and wipes its argument, whatever it
// was. Anything else is ErrPINForm.
func NewPIN(digits []byte) (PIN, error) {
	defer clear(digits)
	if !fourDigits(digits) {
		return PIN{}, ErrPINForm
	}
	kept := append(make([]byte, 0, 4), digits...)
	return PIN{func() []byte { return kept }}, nil
}

// Wipe forgets the digits; every copy of the handle is wiped with it.
func (p PIN) Wipe() {
	if p.reveal != nil {
		clear(p.reveal())
	}
}

func (p PIN) digits() ([]byte, bool) {
	if p.reveal == nil {
		return nil, false
	}
	d := p.reveal()
	return d, fourDigits(d)
}

func fourDigits(b []byte) bool {
	if len(b) != 4 {
		return false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// Verify selects the AP and presents the PIN once. It asks for the tries left
// first and sends nothing to a locked card (ErrLocked). A wrong PIN is a
// *PINError. When the exchange fails after the PIN was sent, the error is
// ErrTryUnknown beside the cause: the PIN is not sent again, here or below.
// The PIN is not wiped, for the resident's next try is another PIN: the caller
// wipes it.
func Verify(ctx context.Context, t apdu.Transmitter, pin PIN) (*Card, error) {
	digits, ok := pin.digits()
	if !ok {
		return nil, ErrPINForm
	}
	left, err := selectPIN(ctx, t)
	if err != nil {
		return nil, err
	}
	if left == 0 {
		return nil, ErrLocked
	}
	command := apdu.Verify(digits)
	_, err = apdu.Send(ctx, t, command)
	clear(command)
	if err != nil {
		return nil, verdict(err)
	}
	return &Card{t}, nil
}

// verdict reads the answer to VERIFY.
func verdict(err error) error {
	sw, answered := apdu.StatusOf(err)
	if !answered {
		return fmt.Errorf("%w: %w", ErrTryUnknown, err)
	}
	left, reported := sw.Tries()
	switch {
	case !reported:
		return refusal(err)
	case sw == apdu.Blocked || sw == apdu.BlockedISO:
		return ErrLocked
	}
	return &PINError{left}
}
