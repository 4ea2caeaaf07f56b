// Package mynumber reads a My Number card through its ID-entry-assistance AP
// (券面事項入力補助AP) in named steps: Check, Verify, Read, Sign.
//
// Check spends no PIN try. Verify presents the PIN once and never again by
// itself. What VERIFY opened lasts until the card is powered off or an AP is
// selected, so nothing here selects one after it; powering off is the reader's.
package mynumber

import (
	"context"
	"errors"
	"fmt"

	"akashi/kiosk/apdu"
	"akashi/verifier/credential"
)

// Errors that people can act on.
var (
	// ErrNotMyNumber: another card, or a phone (which has no such AP).
	ErrNotMyNumber = errors.New("mynumber: not a My Number card (マイナンバーカード); use the card itself, not a phone or another card")
	// ErrLocked: no tries are left; only the municipal office unlocks the PIN.
	ErrLocked = errors.New("mynumber: the PIN is locked; the municipal office (市区町村窓口) resets it")
	// ErrPINForm: not four ASCII digits, or already wiped.
	ErrPINForm = errors.New("mynumber: the PIN has four digits; enter four digits")
	// ErrTryUnknown: VERIFY was sent and no answer came; the try may be spent.
	ErrTryUnknown = errors.New("mynumber: no answer to the PIN; one try may be spent, check the card again")
	// ErrAnswer: an answer that this card must not give here.
	ErrAnswer = errors.New("mynumber: an answer that this card must not give; lay it flat and begin again")
)

// PINError says that the PIN was wrong. The try that leaves none is ErrLocked
// as well (errors.Is).
type PINError struct{ Left int } // tries left

// Error says how many tries are left.
func (e *PINError) Error() string {
	return fmt.Sprintf("mynumber: wrong PIN; tries left: %d", e.Left)
}

// Is makes the exhausting try ErrLocked.
func (e *PINError) Is(target error) bool { return target == ErrLocked && e.Left == 0 }

// The AP, its files (facts/card.md §1, §2) and the master file's object.
var textAP = []byte{0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x08}

const (
	efNumber     = 0x0001
	efAttributes = 0x0002
	efIntegrity  = 0x0003
	efSigner     = 0x0004
	efAPKey      = 0x0007
	efPIN        = 0x0011

	objectExpiry = 0x00F2
)

// Status is what the card says before any PIN. It is not signed.
type Status struct {
	// Expires is the card's last day. It is zero when unknown: the card has no
	// such object, or an AP was selected since the card got its power.
	Expires credential.Date
	// TriesLeft is 0 when locked and -1 when the card does not report it.
	TriesLeft int
}

// Check asks for expiry and tries left; neither spends a try. Expiry answers
// only as long as no AP was selected, so Check comes first and once.
func Check(ctx context.Context, t apdu.Transmitter) (Status, error) {
	expires, err := expiry(ctx, t)
	if err != nil {
		return Status{}, err
	}
	left, err := selectPIN(ctx, t)
	if err != nil {
		return Status{}, err
	}
	return Status{expires, left}, nil
}

// expiry reads the master file's expiry object: eight ASCII digits. A card
// without it, or with something else in it, has an unknown expiry.
func expiry(ctx context.Context, t apdu.Transmitter) (credential.Date, error) {
	data, err := first(ctx, t, apdu.GetData(objectExpiry))
	if _, refused := apdu.StatusOf(err); refused {
		return credential.Date{}, nil
	} else if err != nil {
		return credential.Date{}, err
	}
	d, err := credential.ParseCompact(string(data))
	if err != nil || !d.Full() {
		return credential.Date{}, nil
	}
	return d, nil
}

// selectPIN selects the AP and the PIN's file and asks for the tries left.
func selectPIN(ctx context.Context, t apdu.Transmitter) (left int, err error) {
	_, err = first(ctx, t, apdu.SelectDF(textAP))
	if _, refused := apdu.StatusOf(err); refused {
		return 0, ErrNotMyNumber
	} else if err != nil {
		return 0, err
	}
	if _, err := apdu.Send(ctx, t, apdu.SelectEF(efPIN)); err != nil {
		return 0, refusal(err)
	}
	_, err = apdu.Send(ctx, t, apdu.TriesLeft())
	sw, refused := apdu.StatusOf(err)
	if err != nil && !refused {
		return 0, err
	}
	if left, reported := sw.Tries(); reported {
		return left, nil
	}
	return -1, nil
}

// first sends a command that may be the first after power-up: some cards
// answer 6F00 to that and are right from then on (facts/card.md §1). Nothing
// that spends anything goes through here.
func first(ctx context.Context, t apdu.Transmitter, command []byte) ([]byte, error) {
	data, err := apdu.Send(ctx, t, command)
	if sw, ok := apdu.StatusOf(err); ok && sw == apdu.NoPreciseDiagnosis {
		return apdu.Send(ctx, t, command)
	}
	return data, err
}

// refusal makes a status word that no My Number card gives here an ErrAnswer;
// a failed exchange stays what it is.
func refusal(err error) error {
	if sw, ok := apdu.StatusOf(err); ok {
		return fmt.Errorf("%w (%w)", ErrAnswer, sw)
	}
	return err
}
