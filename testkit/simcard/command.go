package simcard

import "encoding/binary"

// Instructions that the card knows.
const (
	insVerify      = 0x20
	insChange      = 0x24
	insSign        = 0x2A
	insChallenge   = 0x84
	insSelect      = 0xA4
	insRead        = 0xB0
	insGetResponse = 0xC0
	insGetData     = 0xCA
)

// Status words (ISO 7816-4, JICSAP; facts: card §1).
const (
	swOK           = 0x9000
	swTries        = 0x63C0 // plus the tries left
	swMore         = 0x6100
	swLength       = 0x6700
	swChannel      = 0x6881
	swMessaging    = 0x6882
	swFileType     = 0x6981
	swSecurity     = 0x6982
	swBlocked      = 0x6984
	swConditions   = 0x6985
	swNoCurrentEF  = 0x6986
	swData         = 0x6A80
	swNotFound     = 0x6A82
	swParameters   = 0x6A86
	swReference    = 0x6A88
	swOffset       = 0x6B00
	swExactLe      = 0x6C00
	swInstruction  = 0x6D00
	swClass        = 0x6E00
	swUnknownError = 0x6F00
)

// command is a parsed command APDU.
type command struct {
	cla, ins, p1, p2 byte
	data             []byte
	hasData          bool
	le               int // bytes expected at most; -1: no Le field
}

// parse reads the short and extended forms of ISO 7816-3 §12.1.
func parse(b []byte) (c command, ok bool) {
	if len(b) < 4 {
		return c, false
	}
	c = command{cla: b[0], ins: b[1], p1: b[2], p2: b[3], le: -1}
	rest := b[4:]
	switch {
	case len(rest) == 0:
		return c, true
	case rest[0] != 0 || len(rest) == 1:
		return c.short(rest)
	}
	return c.extended(rest[1:])
}

func (c command) short(rest []byte) (command, bool) {
	if len(rest) == 1 {
		c.le = orMax(int(rest[0]), 0x100)
		return c, true
	}
	n := int(rest[0])
	switch len(rest) {
	case 1 + n:
	case 2 + n:
		c.le = orMax(int(rest[1+n]), 0x100)
	default:
		return c, false
	}
	c.data, c.hasData = rest[1:1+n], true
	return c, true
}

// extended reads what follows the 00 that announces two-byte lengths.
func (c command) extended(rest []byte) (command, bool) {
	if len(rest) < 2 {
		return c, false
	}
	n := int(binary.BigEndian.Uint16(rest))
	if len(rest) == 2 {
		c.le = orMax(n, 0x10000)
		return c, true
	}
	switch len(rest) {
	case 2 + n:
	case 4 + n:
		c.le = orMax(int(binary.BigEndian.Uint16(rest[2+n:])), 0x10000)
	default:
		return c, false
	}
	if n == 0 {
		return c, false
	}
	c.data, c.hasData = rest[2:2+n], true
	return c, true
}

func orMax(n, most int) int {
	if n == 0 {
		return most
	}
	return n
}

// status is an answer without data.
func status(sw int) []byte { return []byte{byte(sw >> 8), byte(sw)} }

// answered is an answer with data.
func answered(data []byte) []byte { return append(append([]byte(nil), data...), 0x90, 0x00) }
