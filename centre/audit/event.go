// Package audit keeps the centre's log of events: a closed set of structs of
// enums, counts, times and ids, each record chained to the one before it, on
// disk before what it tells of is let go.
//
// No string from outside gets in: there is no field that could hold a name, a
// certificate ID, a session nonce or an error's text. When a record cannot be
// written, the log stays down until a person restarts it, and its owner issues
// nothing.
package audit

import (
	"akashi/centre/fleet"
	"akashi/centre/wire"
	"akashi/verifier/credential"
)

// Steps is how many steps an issue has (centre/issue.NumSteps; the compiler
// holds the two together where the launcher fills Ended).
const Steps = 12

// Event is one event; exactly one member is set. New members are appended.
type Event struct {
	Started  *Started  `json:"started,omitempty"`
	Admitted *Admitted `json:"admitted,omitempty"`
	Ended    *Ended    `json:"ended,omitempty"`
	Settled  *Settled  `json:"settled,omitempty"`
	Voided   *Voided   `json:"voided,omitempty"`
	Alarmed  *Alarmed  `json:"alarmed,omitempty"`
	Cleared  *Cleared  `json:"cleared,omitempty"`
	Switched *Switched `json:"switched,omitempty"`
	Keys     *Keys     `json:"keys,omitempty"`
	Stopped  *Stopped  `json:"stopped,omitempty"`
	Right    *Right    `json:"right,omitempty"`
	List     *List     `json:"list,omitempty"`
	Release  *List     `json:"release,omitempty"`
}

// Municipality is a municipality code as a number of up to 6 digits.
type Municipality uint32

// MunicipalityOf reads a code; 0 for what is none.
func MunicipalityOf(code string) Municipality {
	var n Municipality
	if len(code) != 6 {
		return 0
	}
	for _, c := range []byte(code) {
		if c < '0' || c > '9' {
			return 0
		}
		n = n*10 + Municipality(c-'0')
	}
	return n
}

// Started says that a node has opened this log.
type Started struct {
	Node fleet.ID `json:"node"`
	Torn bool     `json:"torn"` // the end of a write that a crash had cut was taken away
}

// Request names a request without its session: who asked for what.
type Request struct {
	Node         fleet.ID        `json:"node"`
	Kiosk        fleet.ID        `json:"kiosk"`
	Counter      uint8           `json:"counter"`
	Municipality Municipality    `json:"municipality"`
	Kind         credential.Kind `json:"kind"`
}

// Admitted says that a worker is about to be started for a request; it is on
// disk before the worker runs.
type Admitted struct {
	Request
}

// Ended says how a request ended; it is on disk before the answer leaves.
type Ended struct {
	Request
	Code        wire.Code     `json:"code"`
	At          uint8         `json:"at"`          // the step that ended it
	Reservation uint8         `json:"reservation"` // of the certificate ID (centre/issue.Reservation)
	Micros      [Steps]uint32 `json:"micros"`      // duration of each step in microseconds
}

// Settled says that a settlement was relayed to VRS.
type Settled struct {
	Node         fleet.ID     `json:"node"`
	Kiosk        fleet.ID     `json:"kiosk"`
	Municipality Municipality `json:"municipality"`
	Code         wire.Code    `json:"code"`
}

// Voided says that the reservation of a worker that ended without an answer
// was voided, or with another code than OK that it was not.
type Voided struct {
	Node         fleet.ID     `json:"node"`
	Municipality Municipality `json:"municipality"`
	Code         wire.Code    `json:"code"`
}

// Alarmed is an alarm as it was raised.
type Alarmed struct {
	Alarm fleet.Alarm `json:"alarm"`
}

// Cleared says that a person has cleared an alarm.
type Cleared struct {
	Alarm    uint64 `json:"alarm"`
	Operator uint32 `json:"operator"` // the person's number
}

// Switched says that a person has stopped all issuing, or let it go on.
type Switched struct {
	Issuing  bool   `json:"issuing"`
	Operator uint32 `json:"operator"`
}

// Keys is what the key process has done since it started.
type Keys struct {
	Node     fleet.ID `json:"node"`
	Attest   uint64   `json:"attest"`
	Receipt  uint64   `json:"receipt"`
	SHC      uint64   `json:"shc"`
	VDSNC    uint64   `json:"vdsnc"`
	PDF      uint64   `json:"pdf"`
	VRSTLS   uint64   `json:"vrs_tls"`
	Refused  uint64   `json:"refused"`
	Sessions uint64   `json:"sessions"`
}

// Stopped says that a node has closed this log in order.
type Stopped struct {
	Node fleet.ID `json:"node"`
}

// RightChange is what became of a reprint right (再印刷の権利).
type RightChange uint8

// The changes, append-only.
const (
	RightIssued    RightChange = 1 // the payment's money is owed in paper
	RightRedeemed  RightChange = 2 // used up by the payment, for paper
	RightRestored  RightChange = 3 // the payment printed nothing: the right is whole again
	RightRefunded  RightChange = 4 // used up by the payment, for its money
	RightWithdrawn RightChange = 5 // the payment charged nothing
)

// Mark is 16 bytes by chance or of a hash, which name something.
type Mark [16]uint8

// Right says that a reprint right has changed. It is on disk before the kiosk
// hears of it; from these the launcher knows its rights again after a restart.
type Right struct {
	Node         fleet.ID        `json:"node"`
	Kiosk        fleet.ID        `json:"kiosk"`
	Change       RightChange     `json:"change"`
	Key          Mark            `json:"key"`               // of the number; the number itself is nowhere in this log, so who reads it cannot use it
	Payment      Mark            `json:"payment"`           // by chance
	Instead      *Mark           `json:"instead,omitempty"` // issued: key of the right that the payment was made with
	Amount       uint32          `json:"amount"`            // yen
	Municipality Municipality    `json:"municipality"`
	Kind         credential.Kind `json:"kind"`
	Copies       uint8           `json:"copies"`
	Expires      int64           `json:"expires"` // Unix seconds
}

func (r *Right) valid() bool {
	return r.Change >= RightIssued && r.Change <= RightWithdrawn && (r.Instead == nil || r.Change == RightIssued)
}

// List is how a node's trust list stands, or its screen release: at the start,
// and whenever that has changed.
type List struct {
	Node    fleet.ID  `json:"node"`
	Version uint32    `json:"version"`
	Days    uint16    `json:"days"` // whole ones left
	Code    wire.Code `json:"code"` // OK, CentreListExpired, ListRefused (a newer file) or ListExpiring; CentreRelease, ReleaseRefused or ReleaseExpiring
}

// valid reports whether an event is of the closed set: one member, ids of
// their form, codes of this version.
func (e Event) valid() bool {
	members := 0
	ok := true
	check := func(code wire.Code, ids ...fleet.ID) {
		members++
		ok = ok && code.Known()
		for _, id := range ids {
			ok = ok && id.Valid()
		}
	}
	if v := e.Started; v != nil {
		check(wire.OK, v.Node)
	}
	if v := e.Admitted; v != nil {
		check(wire.OK, v.Node, v.Kiosk)
	}
	if v := e.Ended; v != nil {
		check(v.Code, v.Node, v.Kiosk)
	}
	if v := e.Settled; v != nil {
		check(v.Code, v.Node, v.Kiosk)
	}
	if v := e.Voided; v != nil {
		check(v.Code, v.Node)
	}
	if v := e.Alarmed; v != nil {
		check(v.Alarm.Code, v.Alarm.Kiosk, v.Alarm.Node)
	}
	if e.Cleared != nil {
		check(wire.OK)
	}
	if e.Switched != nil {
		check(wire.OK)
	}
	if v := e.Keys; v != nil {
		check(wire.OK, v.Node)
	}
	if v := e.Stopped; v != nil {
		check(wire.OK, v.Node)
	}
	if v := e.Right; v != nil {
		check(wire.OK, v.Node, v.Kiosk)
		ok = ok && v.valid()
	}
	for _, v := range []*List{e.List, e.Release} {
		if v != nil {
			check(v.Code, v.Node)
		}
	}
	return members == 1 && ok
}
