package mynumber

import (
	"bytes"
	"context"
	"errors"
	"testing"
)

// fake is a small card for these tests: strict in state, so that a client
// which selects the AP again or guesses an order does not get through. The
// card of testkit is written apart from it and from this package.
type fake struct {
	files    map[uint16][]byte
	current  uint16
	inAP     bool
	verified bool
	tries    int
	log      [][]byte
	// meddle, if set, may answer in the card's place.
	meddle func(n int, command []byte) (answer []byte, err error, done bool)
}

const pinOK = "1234"

var errLine = errors.New("the line broke")

func newFake() *fake {
	sized := func(n int, head ...byte) []byte { return append(head, bytes.Repeat([]byte{0xA5}, n-len(head))...) }
	return &fake{tries: 3, files: map[uint16][]byte{
		0x0001: append([]byte("\xFF\x10\x0C123456789018"), 0xFF, 0xFF),
		0x0002: append(sized(104, 0xFF, 0x20, 101), 0xFF, 0xFF, 0xFF),
		0x0003: sized(336, 0xFF, 0x30), 0x0004: sized(568, 0x7F, 0x21), 0x0007: sized(536, 0xFF, 0x50),
		0x0011: nil,
	}}
}

func (f *fake) Transmit(_ context.Context, c []byte) ([]byte, error) {
	f.log = append(f.log, bytes.Clone(c))
	if f.meddle != nil {
		if a, err, done := f.meddle(len(f.log), c); done {
			return a, err
		}
	}
	return f.answer(c), nil
}

func (f *fake) answer(c []byte) []byte {
	switch {
	case bytes.HasPrefix(c, []byte{0, 0xCA, 0, 0xF2}):
		if f.inAP {
			return []byte{0x6A, 0x88}
		}
		return []byte("20330517\x90\x00")
	case bytes.HasPrefix(c, []byte{0, 0xA4, 4, 0x0C, 10}):
		f.inAP, f.verified, f.current = true, false, 0
		return []byte{0x90, 0}
	case !f.inAP:
		return []byte{0x69, 0x85}
	case bytes.HasPrefix(c, []byte{0, 0xA4, 2, 0x0C, 2}):
		return f.selectEF(uint16(c[5])<<8 | uint16(c[6]))
	case c[1] == 0x20 && f.current == 0x0011:
		return f.verify(c)
	case c[1] == 0xB0:
		return f.read(int(c[2])<<8|int(c[3]), int(c[4]))
	case bytes.HasPrefix(c, []byte{0x80, 0x2A, 0, 0, 51}) && len(c) == 57:
		return append(bytes.Repeat(c[24:56], 8), 0x90, 0)
	}
	return []byte{0x6D, 0}
}

func (f *fake) selectEF(id uint16) []byte {
	if _, ok := f.files[id]; !ok {
		return []byte{0x6A, 0x82}
	}
	f.current = id
	return []byte{0x90, 0}
}

func (f *fake) verify(c []byte) []byte {
	switch {
	case len(c) == 4:
		return []byte{0x63, 0xC0 | byte(f.tries)}
	case f.tries == 0:
		return []byte{0x69, 0x84}
	case string(c[5:]) == pinOK:
		f.verified, f.tries = true, 3
		return []byte{0x90, 0}
	}
	f.verified = false
	f.tries--
	return []byte{0x63, 0xC0 | byte(f.tries)}
}

func (f *fake) read(offset, n int) []byte {
	file := f.files[f.current]
	switch {
	case !f.verified && f.current != 0x0004:
		return []byte{0x69, 0x82}
	case offset > len(file):
		return []byte{0x6B, 0}
	case n == 0:
		n = 256
	}
	return append(bytes.Clone(file[offset:min(len(file), offset+n)]), 0x90, 0)
}

// sent counts the commands with these first bytes; VERIFY with a value is
// 5 or more bytes long.
func (f *fake) sent(prefix ...byte) int {
	n := 0
	for _, c := range f.log {
		if bytes.HasPrefix(c, prefix) {
			n++
		}
	}
	return n
}

func (f *fake) pinsSent() int { return f.sent(0, 0x20, 0, 0x80, 4) }

func mustPIN(t testing.TB, digits string) PIN {
	t.Helper()
	p, err := NewPIN([]byte(digits))
	if err != nil {
		t.Fatal(err)
	}
	return p
}
