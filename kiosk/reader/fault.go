package reader

import (
	"context"
	"errors"
)

// Fault is how a device call failed, as the number that crosses the socket.
// Numbers are append-only. A Fault is an error; its text is constant.
type Fault uint8

// The faults. After a failed Transmit the card has been powered off: what its
// PIN had opened is shut. A wait that ends with Deadline, TwoCards or
// Unanswering may be repeated.
const (
	Removed     Fault = 1  // the card left the reader
	TwoCards    Fault = 2  // more than one card lies on the readers
	Unanswering Fault = 3  // something lies there that does not answer as a chip card
	Unavailable Fault = 4  // no such reader, or its driver or service does not answer
	Held        Fault = 5  // another process has the card
	Reset       Fault = 6  // the card was reset behind our back; it forgot the PIN
	Deadline    Fault = 7  // the call's time was over; it was abandoned
	Failed      Fault = 8  // the exchange with the card failed
	Malformed   Fault = 9  // not a command or frame of the protocol
	NoCard      Fault = 10 // Transmit without a card that WaitCard took
	Closed      Fault = 11 // the other end is gone
)

var texts = map[Fault]string{
	Removed:     "the card left the reader; put it back and begin again",
	TwoCards:    "more than one card lies on the reader; leave one only",
	Unanswering: "what lies on the reader does not answer as a chip card; use the My Number card",
	Unavailable: "the reader does not answer; check its cable and the PC/SC service",
	Held:        "another process has the card; end that process",
	Reset:       "the card was reset by another process; begin again",
	Deadline:    "the reader took too long; begin again",
	Failed:      "the exchange with the card failed; lay the card flat and begin again",
	Malformed:   "not a frame of the reader protocol; use the same release for both processes",
	NoCard:      "no card was taken before the command; wait for a card first",
	Closed:      "the reader process has ended; start it again",
}

// Error gives the constant text: what, why, and what next.
func (f Fault) Error() string {
	if t, ok := texts[f]; ok {
		return "reader: " + t
	}
	return "reader: unknown fault; use the same release for both processes"
}

// Known reports whether this release has the fault.
func (f Fault) Known() bool { _, ok := texts[f]; return ok }

// FaultOf gives the fault inside an error; 0 when there is none.
func FaultOf(err error) Fault {
	var f Fault
	if errors.As(err, &f) {
		return f
	}
	return 0
}

// crossing gives the number under which a device's error crosses the socket.
func crossing(err error) Fault {
	switch f := FaultOf(err); {
	case err == nil:
		return 0
	case f.Known():
		return f
	case errors.Is(err, context.DeadlineExceeded):
		return Deadline
	}
	return Failed
}
