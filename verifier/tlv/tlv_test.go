package tlv

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestNextAccepts(t *testing.T) {
	long := strings.Repeat("ab", 0x9F)
	for _, c := range []struct {
		name, in string
		tag      Tag
		size     int
		rest     int
	}{
		{"individual number before its filler", "FF10 0C 353337363836363737313838 FFFF", 0xFF10, 12, 2},
		{"empty value", "DF23 00", 0xDF23, 0, 0},
		{"one-byte tag", "90 03 010001", 0x90, 3, 0},
		{"constructed one-byte tag", "A1 00", 0xA1, 0, 0},
		{"longest short form", "DF22 7F" + strings.Repeat("00", 0x7F), 0xDF22, 0x7F, 0},
		{"non-minimal 82, as the card writes it", "FF40 82009F" + long, 0xFF40, 0x9F, 0},
		{"minimal 81", "FF40 819F" + long, 0xFF40, 0x9F, 0},
		{"82 from 256 on", "91 820100" + strings.Repeat("c1", 256), 0x91, 256, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := unhex(t, c.in)
			o, rest, err := Next(in)
			if err != nil {
				t.Fatal(err)
			}
			if o.Tag != c.tag || len(o.Value) != c.size || len(rest) != c.rest {
				t.Errorf("got tag %X, %d bytes, %d left", o.Tag, len(o.Value), len(rest))
			}
			if got := append(o.AppendTo(nil), rest...); !bytes.Equal(got, in) {
				t.Errorf("encodes back to %X", got)
			}
			header, value, err := HeaderSize(in)
			if err != nil || header+value+c.rest != len(in) || value != c.size {
				t.Errorf("HeaderSize = %d, %d, %v", header, value, err)
			}
		})
	}
}

func TestNextRefuses(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     error
	}{
		{"nothing", "", ErrTruncated},
		{"half a tag", "FF", ErrTruncated},
		{"no length", "FF20", ErrTruncated},
		{"half an 81", "FF20 81", ErrTruncated},
		{"half an 82", "FF20 8201", ErrTruncated},
		{"value cut short", "FF20 02 00", ErrTruncated},
		{"padding in place of a tag", "00 00", ErrTag},
		{"filler in place of a tag", "FFFF", ErrTag},
		{"tag of three bytes", "DF8101 00", ErrTag},
		{"indefinite length", "FF20 80 0000", ErrLength},
		{"81 below 0x80", "DF22 817F" + strings.Repeat("00", 0x7F), ErrLength},
		{"82 below 0x80", "FF20 820065" + strings.Repeat("00", 0x65), ErrLength},
		{"83", "FF20 83000100" + strings.Repeat("00", 256), ErrLength},
		{"84", "FF20 8400000001 00", ErrLength},
		{"FF as a length", "FF20 FF", ErrLength},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, _, err := Next(unhex(t, c.in)); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func TestSequence(t *testing.T) {
	in := unhex(t, "DF31 01 AA DF32 01 BB")
	objects, err := Sequence(in, 0xDF31, 0xDF32)
	if err != nil || len(objects) != 2 || objects[1].Value[0] != 0xBB {
		t.Fatalf("%v, %v", objects, err)
	}
	for _, c := range []struct {
		name, in string
		want     error
	}{
		{"other order", "DF32 01 BB DF31 01 AA", ErrUnexpected},
		{"one missing", "DF31 01 AA", ErrTruncated},
		{"one more", "DF31 01 AA DF32 01 BB DF33 00", ErrTrailing},
		{"filler behind", "DF31 01 AA DF32 01 BB FF", ErrTrailing},
	} {
		if _, err := Sequence(unhex(t, c.in), 0xDF31, 0xDF32); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
	if _, err := Only(in, 0xDF31); !errors.Is(err, ErrTrailing) {
		t.Errorf("Only with bytes behind: %v", err)
	}
}

// TestValueCannotGrow holds that appending to a value does not write over what
// follows it in the file.
func TestValueCannotGrow(t *testing.T) {
	in := unhex(t, "DF31 01 AA DF32 01 BB")
	o, _, err := Next(in)
	if err != nil {
		t.Fatal(err)
	}
	_ = append(o.Value, 0)
	_ = append(o.Raw, 0)
	if in[4] != 0xDF {
		t.Error("an append reached the next object")
	}
}

func TestAppend(t *testing.T) {
	for _, c := range []struct {
		size int
		head string
	}{{0, "DF2200"}, {0x7F, "DF227F"}, {0x80, "DF22820080"}, {0x100, "DF22820100"}} {
		got := Append(nil, 0xDF22, make([]byte, c.size))
		if want := append(unhex(t, c.head), make([]byte, c.size)...); !bytes.Equal(got, want) {
			t.Errorf("%d bytes: %X…", c.size, got[:5])
		}
	}
	if got := Append(nil, 0x90, []byte{1, 0}, []byte{1}); !bytes.Equal(got, unhex(t, "9003010001")) {
		t.Errorf("parts: %X", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("a value of 65536 bytes was taken")
		}
	}()
	Append(nil, 0x90, make([]byte, 0x10000))
}

// FuzzNext: whatever is read encodes back to the same bytes and lies inside
// the input.
func FuzzNext(f *testing.F) {
	for _, s := range []string{"FF100C353337363836363737313838FFFF", "9003010001", "FF4082009F", "FF20807F", "DF2281", "00", "1F7F00"} {
		f.Add(unhex(f, s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		o, rest, err := Next(b)
		header, value, headerErr := HeaderSize(b)
		if err != nil {
			return
		}
		if got := append(o.AppendTo(nil), rest...); !bytes.Equal(got, b) {
			t.Fatalf("%X encodes back to %X", b, got)
		}
		if headerErr != nil || header+value != len(o.Raw) || value != len(o.Value) {
			t.Fatalf("HeaderSize disagrees: %d, %d, %v", header, value, headerErr)
		}
	})
}
