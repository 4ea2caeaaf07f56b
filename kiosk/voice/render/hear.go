package render

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"

	"akashi/kiosk/voice"
)

// Bounds of a sound as it is heard, decoded: speech that was made and encoded
// well keeps within them, silence, noise, a cut file and a clipped one do not.
const (
	slack    = 2.5  // dB that the mean may be off voice.Level
	flat     = 4    // samples in a row at full scale: a peak that was cut off
	shortest = 0.06 // s: a single vowel
	longest  = 30.0 // s: the longest sentence takes under 20
	hush     = 1.0  // s: the longest rest within a sentence
	lead     = 0.3  // s until it begins, and after its end: a word may end in a stop
)

// ErrUnheard says that a sound is not what a voice says.
var ErrUnheard = errors.New("render: this is not heard as speech")

// Hear decodes a sound of the pack, as who plays it does, and holds that it can
// be heard: neither silent nor clipped nor off the level, and of a length that
// speech has.
func (e Engines) Hear(ctx context.Context, sound []byte) error {
	var out bytes.Buffer
	if err := run(ctx, sound, &out, "opusdec", "--quiet", "--force-wav", "--no-dither", "--rate", "48000", "-", "-"); err != nil {
		return err
	}
	w, err := readWAV(out.Bytes())
	if err != nil {
		return err
	}
	return w.heard()
}

func (w wav) heard() error {
	all, loud := w.frames(), power(quiet)
	sum, n, rest, most, first, last := 0.0, 0, 0, 0, len(all), 0
	for i, p := range all {
		if p <= loud {
			rest++
			continue
		}
		if sum, n = sum+p, n+1; n > 1 {
			most = max(most, rest)
		}
		first, last, rest = min(first, i), i, 0
	}
	row, cut := 0, 0
	for _, s := range w.samples {
		if row++; s < math.MaxInt16 && s > -math.MaxInt16 {
			row = 0
		}
		cut = max(cut, row)
	}
	second := func(frames int) float64 { return float64(frames) * frame / 1000 }
	mean := 10 * math.Log10(sum/float64(max(1, n)))
	switch length := float64(len(w.samples)) / float64(w.rate); {
	case n == 0:
		return fmt.Errorf("%w: silence", ErrUnheard)
	case math.Abs(mean-voice.Level) > slack:
		return fmt.Errorf("%w: its level is %.1f dB", ErrUnheard, mean)
	case cut >= flat:
		return fmt.Errorf("%w: it is clipped", ErrUnheard)
	case length < shortest || length > longest:
		return fmt.Errorf("%w: it lasts %.2f s", ErrUnheard, length)
	case second(most) > hush:
		return fmt.Errorf("%w: a rest of %.2f s", ErrUnheard, second(most))
	case second(first) > lead || second(len(all)-1-last) > lead:
		return fmt.Errorf("%w: silence before or after it", ErrUnheard)
	}
	return nil
}
