package vrs

import (
	"context"
	"errors"
	"os"

	"akashi/centre/wire"
)

// Error is why VRS gave no usable answer: wire.VRSDown (no line, or VRS fails),
// wire.VRSBusy (overload or no answer in time) or wire.VRSAnswer (an answer
// that is not of the contract). errors.Is finds the code.
type Error struct {
	Code       wire.Code
	RetryAfter int // seconds; 0: none named
}

// Error gives the code's constant text.
func (e *Error) Error() string { return "vrs: " + e.Code.Error() }

// Unwrap gives the code.
func (e *Error) Unwrap() error { return e.Code }

// lineError tells slow from down; what the line said is not kept.
func lineError(ctx context.Context, err error) error {
	if ctx.Err() != nil || errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) {
		return &Error{Code: wire.VRSBusy, RetryAfter: DefaultRetryAfter}
	}
	return &Error{Code: wire.VRSDown}
}

// Lengths that an answer with a record must have.
const (
	TokenSize     = 32   // bytes of a settle token
	SettleKeySize = 1216 // bytes of an MLKEM768X25519 public key
)

// coherent reports whether the answer has exactly the parts that its status
// calls for.
func (a Answer) coherent() bool {
	if a.Status == Found {
		return len(a.Record) > 0 && len(a.SettleToken) == TokenSize && len(a.SettleKey) == SettleKeySize &&
			a.Binding != nil && a.RetryAfter == 0
	}
	if a.Record != nil || a.SettleToken != nil || a.SettleKey != nil || a.Binding != nil {
		return false
	}
	_, known := codes[a.Status]
	return known && (a.RetryAfter == 0 || a.Status == Busy)
}

// Code maps a finding to what the kiosk is told; wire.OK for Found, and
// wire.VRSAnswer for one that this version does not know.
func (s Status) Code() wire.Code {
	if c, ok := codes[s]; ok {
		return c
	}
	return wire.VRSAnswer
}

var codes = map[Status]wire.Code{
	Found: wire.OK, NoRecord: wire.NoRecord, NeedsCheck: wire.RecordNeedsCheck,
	NotParticipating: wire.MunicipalityOut, NoOverseasIssue: wire.NoOverseasIssue,
	PassportChanged: wire.PassportChanged, EvidenceAuthority: wire.CardAuthority,
	EvidenceSignature: wire.CardSignature, EvidenceDigest: wire.CardDigest,
	EvidenceNotLive: wire.CardNotLive, EvidenceMalformed: wire.CardMalformed, Busy: wire.VRSBusy,
}

// ParseRecord reads the exact JSON of a record; anything else is
// wire.VRSAnswer.
func ParseRecord(b []byte) (Record, error) {
	r, err := wire.Decode[Record](b, DefaultMaxAnswer)
	if err != nil {
		return Record{}, wire.VRSAnswer
	}
	return r, nil
}
