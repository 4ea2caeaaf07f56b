package render

import (
	"encoding/binary"
	"errors"
	"math"

	"akashi/kiosk/voice"
)

// ErrWAV says that an engine wrote something else than 16-bit mono PCM.
var ErrWAV = errors.New("render: not a WAV file of one 16-bit channel")

// wav is one channel of sound.
type wav struct {
	rate    int // Hz
	samples []int16
}

// readWAV reads the one kind of file that the engines write. A length that says
// more than is there means: to the end (flite writes to pipes).
func readWAV(b []byte) (wav, error) {
	var w wav
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return w, ErrWAV
	}
	for b = b[12:]; len(b) >= 8; {
		name, size := string(b[:4]), int(binary.LittleEndian.Uint32(b[4:]))
		body := b[8:min(len(b), 8+size)]
		switch name {
		case "fmt ":
			if len(body) < 16 || binary.LittleEndian.Uint16(body) != 1 || binary.LittleEndian.Uint16(body[2:]) != 1 || binary.LittleEndian.Uint16(body[14:]) != 16 {
				return w, ErrWAV
			}
			w.rate = int(binary.LittleEndian.Uint32(body[4:]))
		case "data":
			w.samples = make([]int16, len(body)/2)
			for i := range w.samples {
				w.samples[i] = int16(binary.LittleEndian.Uint16(body[2*i:]))
			}
		}
		b = b[8+len(body):]
	}
	if w.rate == 0 || len(w.samples) == 0 {
		return w, ErrWAV
	}
	return w, nil
}

func (w wav) encode() []byte {
	b := append([]byte("RIFF"), 0, 0, 0, 0)
	b = append(b, "WAVEfmt "...)
	for _, x := range []uint32{16, 1 | 1<<16, uint32(w.rate), uint32(2 * w.rate), 2 | 16<<16} {
		b = binary.LittleEndian.AppendUint32(b, x)
	}
	b = binary.LittleEndian.AppendUint32(append(b, "data"...), uint32(2*len(w.samples)))
	for _, s := range w.samples {
		b = binary.LittleEndian.AppendUint16(b, uint16(s))
	}
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
	return b
}

// Lengths in ms: of what is looked at at once, and of the silence that stays at
// each end so that no sound begins with a click.
const (
	frame = 10
	edge  = 15
)

// quiet is the mean level of silence, in dB.
const quiet = -45.0

// frames gives the mean square of each frame, full scale being 1.
func (w wav) frames() []float64 {
	n := w.rate * frame / 1000
	var all []float64
	for i := 0; i < len(w.samples); i += n {
		sum := 0.0
		part := w.samples[i:min(len(w.samples), i+n)]
		for _, s := range part {
			x := float64(s) / 32768
			sum += x * x
		}
		all = append(all, sum/float64(len(part)))
	}
	return all
}

func power(db float64) float64 { return math.Pow(10, db/10) }

// trimmed cuts the silence at both ends.
func (w wav) trimmed() wav {
	all := w.frames()
	from, to := 0, len(all)
	loudest := 0.0
	for _, p := range all {
		loudest = max(loudest, p)
	}
	least := min(power(quiet), loudest*power(-30))
	for from < to && all[from] < least {
		from++
	}
	for to > from && all[to-1] < least {
		to--
	}
	n, keep := w.rate*frame/1000, w.rate*edge/1000
	w.samples = w.samples[max(0, from*n-keep):min(len(w.samples), to*n+keep)]
	return w
}

// levelled gives the sound its mean level, measured over what is not silence,
// and bends down what would be above the peak.
func (w wav) levelled() wav {
	sum, n := 0.0, 0
	for _, p := range w.frames() {
		if p > power(quiet) {
			sum, n = sum+p, n+1
		}
	}
	if n == 0 {
		return w
	}
	gain := math.Sqrt(power(voice.Level) / (sum / float64(n)))
	top := math.Pow(10, voice.Peak/20)
	const knee = 0.6
	out := make([]int16, len(w.samples))
	for i, s := range w.samples {
		x := float64(s) / 32768 * gain
		if a := math.Abs(x); a > knee {
			x = math.Copysign(knee+(top-knee)*math.Tanh((a-knee)/(top-knee)), x)
		}
		out[i] = int16(math.Round(x * 32767))
	}
	return wav{w.rate, out}
}
