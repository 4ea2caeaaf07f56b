// Package unit is the payment unit's contract: what a coin and e-money unit is
// asked and answers, one line each way over a socket of its own, and the
// kiosk's end of it.
//
// A payment has a random id, an amount and nothing else. Every ask may be
// repeated under its id and is done once, so that an answer which was lost,
// late or said twice charges nobody twice: whoever is unclear asks for the
// state. A driver for a real unit answers these asks at the same socket.
package unit

import (
	"encoding/hex"
	"errors"

	"akashi/centre/wire"
)

// Bounds of the protocol.
const (
	// DefaultMaxLine bounds one line in bytes: a receipt of DefaultMaxLines.
	DefaultMaxLine = 8 << 10
	// DefaultMaxLines bounds a receipt: some 20 cm of paper.
	DefaultMaxLines = 40
	// DefaultMaxText bounds one line of a receipt in bytes: 32 columns in UTF-8.
	DefaultMaxText = 120
)

// ID names one payment. Its zero value names none.
type ID [wire.PaymentIDLength]byte

// String gives the id in hexadecimal.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// Do is what a unit is asked.
type Do string

// The asks.
const (
	Authorise Do = "authorise" // take coins or a card for Amount, at most Wait milliseconds long; nothing is charged yet
	Capture   Do = "capture"   // charge what was authorised, and give change
	Release   Do = "release"   // give everything back; an authorise that comes later is refused
	PayBack   Do = "payback"   // pay Amount out
	Receipt   Do = "receipt"   // print Lines
	Ask       Do = "state"     // of the payment, or with no payment of the unit
)

// State is where one payment stands at the unit.
type State string

// The states. Captured, Released and PaidBack are final.
const (
	Unknown    State = "unknown" // never heard of
	Waiting    State = "waiting" // for coins or a card
	Authorised State = "authorised"
	Captured   State = "captured"
	Released   State = "released"
	PaidBack   State = "paidback"
)

// Fault is why a unit says no. Its numbers are append-only: they reach the
// fleet's state. Whatever it is, nothing was charged by the ask.
type Fault uint8

// The faults.
const (
	NoFault      Fault = 0
	Refused      Fault = 1 // the unit takes no money now
	NoChange     Fault = 2 // coins went back
	TimedOut     Fault = 3 // not paid in time; coins went back
	Jammed       Fault = 4
	LowBalance   Fault = 5
	WrongState   Fault = 6 // another ask had to come first; State tells
	BadAmount    Fault = 7
	Busy         Fault = 8 // with another payment
	CannotPay    Fault = 9 // too few coins to pay out
	NoPaper      Fault = 10
	LowChange    Fault = 11 // of the unit: soon only exact amounts
	lastOfFaults       = LowChange
)

// Asked is one ask.
type Asked struct {
	Do      Do       `json:"do"`
	Payment []byte   `json:"payment,omitempty"`
	Amount  int      `json:"amount,omitempty"` // yen
	Wait    int      `json:"wait,omitempty"`   // milliseconds
	Lines   []string `json:"lines,omitempty"`
}

// Answered is its one answer. Fault with a state says that the ask was not
// done, and where the payment stands.
type Answered struct {
	Do      Do     `json:"do"`
	Payment []byte `json:"payment,omitempty"`
	State   State  `json:"state"`
	Fault   Fault  `json:"fault,omitempty"`
}

// Check refuses an ask that is not of the form.
func (a Asked) Check() error {
	paid := a.Do == Authorise || a.Do == PayBack
	switch a.Do {
	case Authorise, PayBack, Capture, Release:
		if len(a.Payment) != len(ID{}) {
			return ErrLine
		}
	case Ask, Receipt:
		if len(a.Payment) != len(ID{}) && len(a.Payment) != 0 {
			return ErrLine
		}
	default:
		return ErrLine
	}
	if paid != (a.Amount != 0) || a.Amount < 0 || a.Amount > wire.MaxBill || (a.Do == Authorise) != (a.Wait != 0) || a.Wait < 0 {
		return ErrLine
	}
	return a.checkLines()
}

func (a Asked) checkLines() error {
	if (a.Do == Receipt) != (len(a.Lines) != 0) || len(a.Lines) > DefaultMaxLines {
		return ErrLine
	}
	for _, l := range a.Lines {
		if len(l) > DefaultMaxText {
			return ErrLine
		}
	}
	return nil
}

// Check refuses an answer that is not of the form.
func (a Answered) Check() error {
	switch a.State {
	case Unknown, Waiting, Authorised, Captured, Released, PaidBack:
	default:
		return ErrLine
	}
	if a.Fault > lastOfFaults {
		return ErrLine
	}
	return nil
}

// Errors of the line to a unit.
var (
	// ErrLine says that the other end does not keep to this protocol.
	ErrLine = errors.New("payment unit: a line that is not of this protocol; use the driver of this release")
	// ErrAbsent says that nothing was asked: there is no unit at the socket.
	ErrAbsent = errors.New("payment unit: not there; nothing was charged; check its cable and driver")
	// ErrUnclear says that the ask may or may not have been done.
	ErrUnclear = errors.New("payment unit: no answer; ask for the payment's state before anything else")
)

// Refusal is a unit's clear no.
type Refusal struct {
	Fault Fault
	State State // of the payment
}

var faults = [...]string{
	"no fault", "it takes no money now", "it has no change", "it was not paid in time", "it is jammed", "too little on the card",
	"another ask had to come first", "an amount out of its bounds", "it is busy with another payment", "it cannot pay out",
	"it has no receipt paper", "change runs low",
}

// Error gives a constant text.
func (r *Refusal) Error() string {
	return "payment unit: " + faults[r.Fault] + "; nothing was charged by this ask"
}
