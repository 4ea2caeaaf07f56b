package render

import (
	"context"
	"errors"
	"math"
	"os"
	"testing"

	"akashi/kiosk/voice"
)

// A hundred of the sounds that are built in are decoded and listened to; all of
// them with AKASHI_LISTEN=all.
func TestTheSoundsAreHeard(t *testing.T) {
	e := engines(t)
	p, err := voice.Sounds()
	if errors.Is(err, voice.ErrMissing) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	each := max(1, p.Len()/100)
	if os.Getenv("AKASHI_LISTEN") == "all" {
		each = 1
	}
	i, heard := 0, 0
	for id, sound := range p.All() {
		if i++; i%each != 0 {
			continue
		}
		heard++
		if err := e.Hear(context.Background(), sound); err != nil {
			t.Errorf("%v: %v", id, err)
		}
	}
	t.Logf("%d of %d sounds heard", heard, p.Len())
	if heard == 0 {
		t.Error("no sound was heard")
	}
}

// What is broken in any way is found.
func TestWhatIsBrokenIsHeard(t *testing.T) {
	good := func() wav { return tone(0.14).trimmed() }
	if err := good().heard(); err != nil {
		t.Errorf("a tone of the right level: %v", err)
	}
	for what, spoil := range map[string]func(w wav) wav{
		"silence": func(w wav) wav { clear(w.samples); return w },
		"faint":   func(wav) wav { return tone(0.03).trimmed() },
		"loud":    func(wav) wav { return tone(0.5).trimmed() },
		"clipped": func(w wav) wav {
			for i := range flat {
				w.samples[len(w.samples)/2+i] = math.MaxInt16
			}
			return w
		},
		"cut": func(w wav) wav { w.samples = w.samples[:w.rate/50]; return w },
		"a gap": func(w wav) wav {
			return wav{w.rate, append(append(w.samples, make([]int16, 2*w.rate)...), w.samples...)}
		},
		"late": func(wav) wav { return tone(0.14) },
		"a recorder": func(w wav) wav {
			for len(w.samples) < 40*w.rate {
				w.samples = append(w.samples, w.samples...)
			}
			return w
		},
	} {
		if err := spoil(good()).heard(); !errors.Is(err, ErrUnheard) {
			t.Errorf("%s: %v", what, err)
		}
	}
	e := engines(t)
	for _, b := range [][]byte{nil, []byte("OggS"), make([]byte, 1000)} {
		if e.Hear(context.Background(), b) == nil {
			t.Errorf("%d bytes of nothing are heard", len(b))
		}
	}
}
