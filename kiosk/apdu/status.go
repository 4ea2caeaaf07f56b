package apdu

import (
	"errors"
	"fmt"
)

// Status is a status word; any but OK is an error.
type Status uint16

// Status words that callers tell apart (facts/card.md §1).
const (
	OK                 Status = 0x9000
	WrongLength        Status = 0x6700
	FileTypeWrong      Status = 0x6981 // READ BINARY of a key file
	SecurityNotMet     Status = 0x6982 // the PIN was not presented
	Blocked            Status = 0x6984 // no tries left, as the card says it
	BlockedISO         Status = 0x6983 // the same, as ISO 7816-4 says it
	NoCurrentFile      Status = 0x6986
	NotFound           Status = 0x6A82
	ObjectNotFound     Status = 0x6A88
	OffsetPastEnd      Status = 0x6B00
	EndOfFile          Status = 0x6282 // fewer bytes than asked for
	InstructionUnknown Status = 0x6D00
	ClassUnknown       Status = 0x6E00
	NoPreciseDiagnosis Status = 0x6F00
)

// Error gives the number; what it means depends on the command.
func (s Status) Error() string { return fmt.Sprintf("apdu: the card answered %04X", uint16(s)) }

// Tries gives the tries left that a status word reports: 63Cx has x, a blocked
// key none. ok is false for any other status word.
func (s Status) Tries() (left int, ok bool) {
	switch {
	case s&0xFFF0 == 0x63C0:
		return int(s & 0xF), true
	case s == Blocked, s == BlockedISO:
		return 0, true
	}
	return 0, false
}

// StatusOf gives the status word inside an error; ok is false when the error
// is another (the exchange failed) or nil.
func StatusOf(err error) (s Status, ok bool) {
	ok = errors.As(err, &s)
	return s, ok
}
