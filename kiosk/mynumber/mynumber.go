// Package mynumber reads a My Number card through its ID-entry-assistance AP
// (券面事項入力補助AP): check, verify the PIN, read, sign; each a named step.
package mynumber

import (
	"context"
	"errors"
	"fmt"

	"akashi/kiosk/apdu"
	"akashi/verifier/cardrecord"
	"akashi/verifier/credential"
)

// Errors that people can act on.
var (
	// ErrNotMyNumber: another card, or a phone.
	ErrNotMyNumber = errors.New("mynumber: not a My Number card (マイナンバーカード); use the card itself, not a phone or another card")
	// ErrLocked: the PIN is blocked; only the municipal office unlocks it.
	ErrLocked = errors.New("mynumber: the PIN is locked; the municipal office (市区町村窓口) resets it")
	// ErrPINForm: not four digits.
	ErrPINForm = errors.New("mynumber: the PIN has four digits; enter four digits")
	// ErrTryUnknown: VERIFY was sent and no answer came; a try may be spent.
	ErrTryUnknown = errors.New("mynumber: no answer to the PIN; one try may be spent, check the card again")
	// ErrAnswer: the card answered something that a My Number card does not.
	ErrAnswer = errors.New("mynumber: an answer that this card must not give; read the card again")
)

// PINError says that the PIN was wrong. At Left 0 it is ErrLocked too.
type PINError struct{ Left int } // tries left

// Error says how many tries are left.
func (e *PINError) Error() string {
	return fmt.Sprintf("mynumber: wrong PIN; tries left: %d", e.Left)
}

// Is makes the exhausting try ErrLocked.
func (e *PINError) Is(target error) bool { return target == ErrLocked && e.Left == 0 }

// PIN is the four digits as a handle.
type PIN struct{ reveal func() []byte }

// NewPIN takes four ASCII digits and wipes its argument.
func NewPIN(digits []byte) (PIN, error) { return PIN{}, ErrPINForm }

// Wipe forgets the digits.
func (p PIN) Wipe() {}

// Status is what the card says before a PIN.
type Status struct {
	Expires   credential.Date // zero if unknown
	TriesLeft int             // -1: not reported
}

// Check asks for expiry and tries left; it spends no try.
func Check(ctx context.Context, t apdu.Transmitter) (Status, error) { return Status{}, ErrAnswer }

// Card is a card whose PIN was verified.
type Card struct{}

// Verify selects the AP once and presents the PIN once.
func Verify(ctx context.Context, t apdu.Transmitter, pin PIN) (*Card, error) { return nil, ErrAnswer }

// Read reads the five files.
func (c *Card) Read(ctx context.Context) (cardrecord.Files, error) {
	return cardrecord.Files{}, ErrAnswer
}

// Sign has the card's AP key sign a SHA-256 digest.
func (c *Card) Sign(ctx context.Context, digest [32]byte) ([]byte, error) { return nil, ErrAnswer }
