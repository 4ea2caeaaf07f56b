package session

import (
	"akashi/centre/wire"
	"akashi/kiosk/lastlook"
	"akashi/printer"
)

// Outcome is how one request was settled.
type Outcome uint8

// The outcomes. None: nothing was delivered, so there was nothing to settle.
const (
	None Outcome = iota
	Delivered
	Void
	Unknown
)

// Event is all that is ever told about a session: numbers, no content, no id
// of a person, a card, a municipality or a certificate.
type Event struct {
	Code     wire.Code                      `json:"code"`   // how the session ended
	Micros   [NumSteps]int64                `json:"micros"` // time spent in each of Steps, requests summed
	Entered  [NumSteps]uint8                `json:"entered"`
	Requests [wire.MaxRequests]RequestEvent `json:"requests"` // the first Made are used
	Made     uint8                          `json:"made"`
}

// RequestEvent is one request of a session.
type RequestEvent struct {
	Code    wire.Code       `json:"code"`
	Outcome Outcome         `json:"outcome"`
	Reason  lastlook.Reason `json:"reason,omitempty"`  // local; never on the wire
	Printer printer.Fault   `json:"printer,omitempty"` // what the printer said, when its paper did not come out
}

// NumSteps is the number of Steps.
const NumSteps = int(steps)
