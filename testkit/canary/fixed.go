package canary

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// Short streams use deflate's fixed code (RFC 1951 §3.2.6), which has no
// header to know it by. Text is looked for: what chance makes of other bytes
// soon copies from before the beginning or is not UTF-8.

// A stream must yield enough bytes of text to be taken for one, or end by
// itself after a few.
const (
	enough = 48
	few    = 8
)

// symbols gives, for the next 9 bits, the symbol and the length of its code.
var symbols = func() (table [512]struct {
	symbol uint16
	length uint8
}) {
	fill := func(first, last, code int, length uint8) {
		for s := first; s <= last; s++ {
			reversed := int(bits.Reverse16(uint16(code)) >> (16 - length))
			for rest := 0; rest < 512>>length; rest++ {
				table[reversed|rest<<length].symbol = uint16(s)
				table[reversed|rest<<length].length = length
			}
			code++
		}
	}
	fill(0, 143, 0x30, 8)
	fill(144, 255, 0x190, 9)
	fill(256, 279, 0, 7)
	fill(280, 287, 0xC0, 8)
	return table
}()

// fixed reports whether b can begin a deflate block of the fixed code that
// holds text.
func fixed(b []byte) bool {
	if b[0]&0x06 != 0x02 {
		return false
	}
	var yield [enough]byte
	n, at := 0, 3
	for n < enough && at/8+8 <= len(b) {
		next := binary.LittleEndian.Uint64(b[at/8:]) >> (at % 8) // at least 57 bits; a copy takes 33
		s := symbols[next&511]
		at += int(s.length)
		switch {
		case s.symbol < 256:
			yield[n] = byte(s.symbol)
			n++
			if s.symbol < ' ' && s.symbol != '\n' && s.symbol != '\r' && s.symbol != '\t' {
				return false
			}
		case s.symbol == 256:
			return n >= few && text(yield[:n])
		case s.symbol > 285:
			return false
		default:
			length, distance, used := copyOf(int(s.symbol)-257, next>>s.length)
			if distance > n {
				return false
			}
			for end := min(n+length, enough); n < end; n++ {
				yield[n] = yield[n-distance]
			}
			at += used
		}
	}
	return n >= few && text(yield[:n])
}

// text reports whether b is UTF-8, cut off at its end perhaps.
func text(b []byte) bool {
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		if r == utf8.RuneError && size == 1 {
			return !utf8.FullRune(b)
		}
		b = b[size:]
	}
	return true
}

// copyOf reads a copy's length and distance (RFC 1951 §3.2.5) and how many bits
// they take; the distance of a code that does not exist is beyond any.
func copyOf(code int, next uint64) (length, distance, used int) {
	extra := max(0, code/4-1)
	length = code + 3
	if extra > 0 {
		length = 3 + (4+code%4)<<extra + int(next&(1<<extra-1))
	}
	next >>= extra
	d := int(bits.Reverse8(uint8(next&31)) >> 3)
	next >>= 5
	more := max(0, d/2-1)
	distance = d + 1
	if more > 0 {
		distance = 1 + (2+d%2)<<more + int(next&(1<<more-1))
	}
	if d > 29 {
		distance = 1 << 16
	}
	return length, distance, extra + 5 + more
}
