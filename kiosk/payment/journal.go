package payment

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"akashi/centre/wire"
	"akashi/kiosk/payment/unit"
	"akashi/verifier/trust/keep"
)

// Stage is the step of a payment that is next, or under way. Its names stand
// on disk.
type Stage string

// The stages of a payment, and of a refund.
const (
	Asked    Stage = "asked"    // unit or centre may have taken it
	Held     Stage = "held"     // taken; nothing is printed yet
	Printing Stage = "printing" // paper may come out from here on
	Printed  Stage = "printed"  // all of it came out: charge
	Maybe    Stage = "maybe"    // nobody knows: get a right, or give back
	Owed     Stage = "owed"     // the right is there: charge
	Charged  Stage = "charged"  // print the receipt
	Undo     Stage = "undo"     // nothing came out: give back
	Withdraw Stage = "withdraw" // a right that nothing was charged for

	Refunding Stage = "refunding" // the centre may have taken the right
	Paying    Stage = "paying"    // the unit may have paid it out
	Unpaying  Stage = "unpaying"  // see whether it has, and have it not do so any more
	Slip      Stage = "slip"      // it cannot: print the slip
	Paid      Stage = "paid"      // print the receipt
)

var stages = map[Stage]bool{
	Asked: true, Held: true, Printing: true, Printed: true, Maybe: true, Owed: true, Charged: true, Undo: true, Withdraw: true,
	Refunding: true, Paying: true, Unpaying: true, Slip: true, Paid: true,
}

// entry is one open payment as it stands on disk. There is nothing of a person
// in it.
type entry struct {
	ID      []byte           `json:"id"`
	Stage   Stage            `json:"stage"`
	Since   int64            `json:"since"` // Unix seconds
	Bill    wire.Bill        `json:"bill"`
	With    wire.RightNumber `json:"with,omitempty"`    // paid with, or refunded: this right
	Given   wire.RightNumber `json:"given,omitempty"`   // the right that it ends with
	Expires int64            `json:"expires,omitempty"` // of Given
	Told    bool             `json:"told,omitempty"`    // a resident has seen Given on the screen

	lost bool  // the papers came out and the money had gone back
	why  error // a refund was not made
}

func (e *entry) id() unit.ID { return unit.ID(e.ID) }

// coins reports whether the unit has to do with the payment.
func (e *entry) coins() bool { return e.With == "" && e.Bill.Amount > 0 }

func (e *entry) valid() bool {
	for _, n := range []wire.RightNumber{e.With, e.Given} {
		if n == "" {
			continue
		}
		if _, err := wire.ParseRightNumber(string(n)); err != nil {
			return false
		}
	}
	unbilled := e.With != "" && (e.Stage == Refunding || e.Stage == Undo) // what a refund is of, the centre tells
	return len(e.ID) == wire.PaymentIDLength && stages[e.Stage] && (unbilled || e.Bill.Check() == nil)
}

// Bounds of the journal: more open payments than DefaultMaxOpen mean a centre
// that is away for days; then no new one is taken.
const (
	DefaultMaxOpen  = 64
	DefaultMaxEntry = 1 << 10 // bytes of one
)

// ErrJournal is the kind of every error of the journal.
var ErrJournal = errors.New("payment: journal")

// journal is a folder with a file for each open payment.
type journal struct{ dir string }

func (j journal) file(e *entry) string { return filepath.Join(j.dir, hex.EncodeToString(e.ID)+".json") }

// put brings an entry to disk, whole or not at all.
func (j journal) put(e *entry) error {
	path := j.file(e)
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrJournal, err)
	}
	_, err = f.Write(wire.Encode(e))
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err = errors.Join(err, j.sync()); err != nil {
		return fmt.Errorf("%w: %w", ErrJournal, err)
	}
	return nil
}

func (j journal) drop(e *entry) error {
	err := os.Remove(j.file(e))
	if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, j.sync())
}

// sync makes names in the folder last.
func (j journal) sync() error {
	d, err := os.Open(j.dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// open makes the folder and reads what is in it. An entry that cannot be read
// is money that nobody knows of: a person has to look.
func (j journal) open() ([]*entry, error) {
	if err := os.MkdirAll(j.dir, 0o700); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrJournal, err)
	}
	files, err := os.ReadDir(j.dir)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrJournal, err)
	}
	var all []*entry
	for _, f := range files {
		path := filepath.Join(j.dir, f.Name())
		if strings.HasSuffix(f.Name(), ".new") { // of a write that was cut: the step was not taken
			if err := os.Remove(path); err != nil {
				return nil, fmt.Errorf("%w: %w", ErrJournal, err)
			}
			continue
		}
		e, err := read(path)
		if err != nil || path != j.file(e) {
			return nil, fmt.Errorf("%w: %s is not an entry of this release; a person has to settle the payment and remove it", ErrJournal, path)
		}
		all = append(all, e)
	}
	return all, nil
}

func read(path string) (*entry, error) {
	f, err := keep.OpenFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, DefaultMaxEntry+1))
	if err != nil {
		return nil, err
	}
	return parse(b)
}

// parse reads one entry strictly.
func parse(b []byte) (*entry, error) {
	e, err := wire.Decode[entry](b, DefaultMaxEntry)
	if err == nil && !e.valid() {
		err = ErrJournal
	}
	return &e, err
}
