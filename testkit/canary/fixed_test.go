package canary

import (
	"bytes"
	"compress/flate"
	"testing"
)

// TestFixed: every short stream that the standard library writes is taken for
// one, whichever code it chose.
func TestFixed(t *testing.T) {
	texts := []string{"abcdefghijkl", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		`{"name":"証野　𠮷川","given":"証野　𠮷川"}`, "abcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcXYZ"}
	fixedCodes := 0
	for _, text := range texts {
		for level := 1; level <= 9; level++ {
			var b bytes.Buffer
			w, err := flate.NewWriter(&b, level)
			if err != nil {
				t.Fatal(err)
			}
			w.Write([]byte(text))
			w.Close()
			stream := append(b.Bytes(), make([]byte, 16)...)
			if stream[0]&6 == 2 {
				fixedCodes++
			}
			if stream[0]&6 != 0 && !fixed(stream) && !dynamic(stream) {
				t.Errorf("%q at level %d is not taken for a stream", text, level)
			}
		}
	}
	if fixedCodes == 0 {
		t.Error("no stream of the fixed code among them")
	}
}

// TestCopyOf pins the corners of both tables (RFC 1951 §3.2.5).
func TestCopyOf(t *testing.T) {
	for _, test := range []struct {
		code             int
		next             uint64
		length, distance int
	}{
		{0, 0, 3, 1}, {7, 0, 10, 1}, {8, 1, 12, 1}, {11, 0, 17, 1}, {12, 0, 19, 1}, {27, 31, 258, 1},
		{0, 0b00100, 3, 5},                 // distance code 4 reversed
		{0, 0b10111 | 0x1FFF<<5, 3, 32768}, // distance code 29
		{0, 0b01111, 3, 1 << 16},           // distance code 30 does not exist
	} {
		if l, d, _ := copyOf(test.code, test.next); l != test.length || d != test.distance {
			t.Errorf("code %d: %d back %d, want %d back %d", test.code, l, d, test.length, test.distance)
		}
	}
}

// TestFixedIsRare: chance hardly ever passes for a stream; else a scan would
// unpack everything.
func TestFixedIsRare(t *testing.T) {
	state, taken := uint32(1), 0
	b := make([]byte, 1<<18)
	for i := range b {
		state = state*1664525 + 1013904223
		b[i] = byte(state >> 24)
	}
	for at := range len(b) - 64 {
		if fixed(b[at:]) || dynamic(b[at:]) {
			taken++
		}
	}
	if taken == 0 || taken > len(b)/500 {
		t.Errorf("%d of %d places taken for a stream", taken, len(b))
	}
}
