package channel_test

import (
	"bytes"
	"testing"

	"akashi/centre/channel"
	"akashi/centre/wire"
)

func TestPaddingIsStrict(t *testing.T) {
	const unit = 16
	good := must(channel.Pad([]byte("abc"), unit, 64))(t)
	for name, b := range map[string][]byte{
		"none":               nil,
		"not a multiple":     good[:15],
		"a unit too many":    append(bytes.Clone(good), make([]byte, unit)...),
		"filled with a one":  append(bytes.Clone(good[:15]), 1),
		"length over bounds": append([]byte{0, 0, 0, 13}, good[4:]...),
		"length huge":        append([]byte{255, 255, 255, 255}, good[4:]...),
	} {
		if _, err := channel.Unpad(b, unit); err != wire.Malformed {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := channel.Pad(make([]byte, 61), unit, 64); err != wire.TooLarge {
		t.Errorf("over the limit: got %v", err)
	}
}

func TestPaddingInsideAnEnvelopeIsChecked(t *testing.T) {
	h := header()
	k := must(channel.NewWorkerKey())(t)
	p := must(channel.Pad(wire.Encode(request(h)), wire.DefaultPadUp, wire.DefaultMaxSealed))(t)
	p[len(p)-1] = 1
	if _, _, err := k.OpenRequest(h, channel.SealPaddedForTest(t, k.Public(), h, p)); err != wire.Malformed {
		t.Errorf("got %v", err)
	}
}

func FuzzUnpad(f *testing.F) {
	f.Add([]byte{0, 0, 0, 3, 'a', 'b', 'c', 0, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Add(make([]byte, 32))
	f.Add([]byte{0, 0, 0, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := channel.Unpad(b, 16)
		if err != nil {
			return
		}
		again, err := channel.Pad(p, 16, len(b))
		if err != nil || !bytes.Equal(again, b) {
			t.Errorf("%x was accepted but pads back to %x", b, again)
		}
	})
}

// FuzzOpenRequest seals whatever the fuzzer finds, as a hostile kiosk can, and
// changes envelopes, as a hostile gateway can.
func FuzzOpenRequest(f *testing.F) {
	h := header()
	f.Add(wire.Encode(request(h)), uint16(0), byte(0))
	f.Add([]byte(`{}`), uint16(3), byte(1))
	f.Add([]byte(nil), uint16(9000), byte(255))
	k0, err := channel.NewWorkerKey()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, plain []byte, at uint16, flip byte) {
		if len(plain) > wire.DefaultMaxSealed-4 {
			return
		}
		k := *k0 // a key opens once
		s := channel.SealForTest(t, k.Public(), h, plain)
		whole := append(bytes.Clone(s.Enc), s.Ciphertext...)
		whole[int(at)%len(whole)] ^= flip
		s.Enc, s.Ciphertext = whole[:len(s.Enc)], whole[len(s.Enc):]
		r, _, err := k.OpenRequest(h, s)
		if err != nil {
			if c, ok := err.(wire.Code); !ok || !c.Known() {
				t.Fatalf("an error without a pinned number: %v", err)
			}
			return
		}
		if flip != 0 || !bytes.Equal(wire.Encode(r), plain) {
			t.Error("a changed envelope or another encoding was accepted")
		}
	})
}
