// Package payment is the money of one kiosk: it has the unit take a fee, keeps
// it until the paper is known to be there or not, and then charges it, gives
// it back, or gives a reprint right (再印刷の権利) for it.
//
// A payment carries an amount, a municipality, a kind and copies, and nothing
// about whom. Each step is in a journal on disk before it is done, so that a
// loss of power at any moment ends as if the next step had been taken.
package payment

import (
	"context"
	"errors"

	"akashi/centre/channel"
	"akashi/centre/wire"
	"akashi/kiosk/payment/unit"
	"akashi/printer"
)

// Bill is what one request costs, and how it is to be paid: with Right, a
// reprint right's number as it was typed, instead of money.
type Bill struct {
	wire.Bill
	Right string `json:"right,omitempty"`
	Wait  int    `json:"wait,omitempty"` // milliseconds that a resident has to pay in; 0 and more than DefaultPay: DefaultPay
}

// Concluded is how a payment ended.
type Concluded struct {
	Charged int              `json:"charged"`           // yen
	Right   wire.RightNumber `json:"right,omitempty"`   // that the resident has now
	Expires int64            `json:"expires,omitempty"` // of it; Unix seconds; 0: as its receipt says
}

// Refunded is how a refund ended.
type Refunded struct {
	Amount int  `json:"amount"` // yen
	Slip   bool `json:"slip"`   // the unit could not pay it out; the slip is good for it at the municipality's counter
}

// ErrState says that a call came out of its turn. Nothing was charged by it.
var ErrState = errors.New("payment: not the next call; nothing was charged; authorise first, then conclude once")

// Papers is what became of the papers, as the printer tells it. Unknown is
// "maybe printed".
type Papers = printer.Outcome

// codeOf gives the code with which a resident is told why a payment was not
// taken.
func codeOf(err error) wire.Code {
	var refusal *unit.Refusal
	var code wire.Code
	switch {
	case errors.As(err, &refusal):
		return faultCodes[refusal.Fault]
	case errors.As(err, &code) && code != wire.OK && code.Known():
		return code
	case errors.Is(err, context.Canceled):
		return wire.Cancelled
	case errors.Is(err, context.DeadlineExceeded):
		return wire.PaymentTimeout
	case errors.Is(err, unit.ErrAbsent), errors.Is(err, unit.ErrUnclear), errors.Is(err, unit.ErrLine):
		return wire.PaymentFault
	}
	return wire.PaymentRefused
}

var faultCodes = map[unit.Fault]wire.Code{
	unit.Refused: wire.PaymentRefused, unit.NoChange: wire.PaymentChange, unit.TimedOut: wire.PaymentTimeout, unit.Jammed: wire.PaymentFault,
	unit.LowBalance: wire.PaymentBalance, unit.WrongState: wire.PaymentFault, unit.BadAmount: wire.PaymentRefused, unit.Busy: wire.PaymentFault,
	unit.CannotPay: wire.PaymentFault, unit.NoPaper: wire.PaymentFault, unit.LowChange: wire.PaymentChange,
}

// sure reports whether an error is a clear no: asked again, the answer would be
// the same.
func sure(err error) bool {
	var refusal *unit.Refusal
	if errors.As(err, &refusal) {
		return true
	}
	var r *channel.Refused
	if !errors.As(err, &r) {
		return false
	}
	switch r.Code {
	case wire.Busy, wire.LineDown, wire.TimedOut, wire.Internal, wire.AuditDown, wire.RightElsewhere, wire.RightsTooMany, wire.IssuingStopped:
		return false
	}
	return true
}
