package render

import (
	"context"
	"errors"
	"math"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"akashi/kiosk/voice"
)

// tone is a second of silence, a tone of the given height, and silence again.
func tone(height float64) wav {
	w := wav{16000, make([]int16, 3*16000)}
	for i := 16000; i < 32000; i++ {
		w.samples[i] = int16(height * 32767 * math.Sin(float64(i)*0.2))
	}
	return w
}

// level gives mean and peak of a sound in dB below full scale.
func level(w wav) (mean, peak float64) {
	sum, n, top := 0.0, 0, 0.0
	for _, p := range w.frames() {
		if p > power(quiet) {
			sum, n = sum+p, n+1
		}
	}
	for _, s := range w.samples {
		top = max(top, math.Abs(float64(s))/32768)
	}
	return 10 * math.Log10(sum/float64(n)), 20 * math.Log10(top)
}

func TestSilenceIsCutAndLoudnessLevelled(t *testing.T) {
	for _, height := range []float64{0.02, 0.3, 1} {
		w := tone(height).trimmed()
		if n := len(w.samples); n < 16000 || n > 16000+2*16000*(edge+frame)/1000 {
			t.Errorf("%.2f: %d samples are left", height, n)
		}
		if mean, peak := level(w.levelled()); math.Abs(mean-voice.Level) > 0.5 || peak > voice.Peak {
			t.Errorf("%.2f: mean %.1f dB, peak %.1f dB", height, mean, peak)
		}
	}
	click := wav{16000, make([]int16, 16000)}
	for i := 0; i < 16000; i += 1600 {
		click.samples[i] = 32767
	}
	if _, peak := level(click.levelled()); peak > voice.Peak+0.01 {
		t.Errorf("clicks are %.1f dB high", peak)
	}
	still := wav{16000, make([]int16, 100)}
	if got := still.levelled(); len(got.samples) != 100 {
		t.Error("silence is changed")
	}
}

func TestWAV(t *testing.T) {
	good := tone(0.5).encode()
	w, err := readWAV(good)
	if err != nil || w.rate != 16000 || len(w.samples) != 48000 || string(w.encode()) != string(good) {
		t.Errorf("%d Hz, %d samples, %v", w.rate, len(w.samples), err)
	}
	stereo := []byte(strings.Clone(string(good)))
	stereo[22] = 2
	for name, b := range map[string][]byte{"empty": nil, "head": good[:40], "text": []byte("RIFFxxxxWAVX"), "stereo": stereo, "no sound": good[:44]} {
		if _, err := readWAV(b); !errors.Is(err, ErrWAV) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLongVowels(t *testing.T) {
	for kana, want := range map[string]string{"キュウ": "キュー", "トオカ": "トーカ", "ヨウカ": "ヨーカ", "レイジ": "レージ", "ヨエン": "ヨエン", "ツイタチ": "ツイタチ"} {
		if got := Long(kana); got != want {
			t.Errorf("%s is %s, want %s", kana, got, want)
		}
	}
}

// engines gives the engines; without them the test is skipped, and fails under
// CI=true.
func engines(t *testing.T) Engines {
	t.Helper()
	e := Engines{Modules: "../node_modules", Dir: t.TempDir()}
	if err := e.Check(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return e
}

// What the engines say is no silence, is not clipped, and lasts as long as a
// person takes for it: 5 to 9 morae a second, 9 to 20 letters.
func TestSpeechIsPlausible(t *testing.T) {
	r := Renderer{Engines: engines(t), Cache: t.TempDir()}
	for _, c := range []voice.Clip{
		{Voice: "ja", Text: "暗証番号を入れてください", Kana: "アンショーバンゴーヲイレテクダサイ"},
		{Voice: "ja", Text: "マイナンバーカードを置いてください", Kana: "マイナンバーカードヲオイテクダサイ"},
		{Voice: "ja", Text: "20日", Spoken: "20日", Kana: "ハツカ"},
		{Voice: "en", Text: "Nothing was charged for this request."},
	} {
		w, err := r.Sound(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		mean, peak := level(w)
		seconds := float64(len(w.samples)) / float64(w.rate)
		least, most, units := 9.0, 20.0, utf8.RuneCountInString(c.Text)
		if c.Kana != "" {
			least, most, units = 5, 9, utf8.RuneCountInString(c.Kana)-strings.Count(c.Kana, "ョ")
		}
		if pace := float64(units) / seconds; math.Abs(mean-voice.Level) > 1 || peak > voice.Peak || pace < least || pace > most {
			t.Errorf("%s: %.2f s, %.1f a second, mean %.1f dB, peak %.1f dB", c.Text, seconds, pace, mean, peak)
		}
	}
	if _, err := r.Sound(context.Background(), voice.Clip{Voice: "ja", Text: "一", Kana: "ニ"}); err != nil {
		t.Errorf("the kana of a text that is read otherwise: %v", err)
	}
	if _, err := r.Sound(context.Background(), voice.Clip{Voice: "ja", Text: "一", Kana: "ハヘ"}); err == nil {
		t.Error("a reading that cannot be had is taken")
	}
}

// A second run makes nothing anew, and gives the same pack.
func TestCache(t *testing.T) {
	r := Renderer{Engines: engines(t), Cache: t.TempDir()}
	clips := []voice.Clip{{Voice: "ja", Text: "はい"}, {Voice: "en", Text: "yes"}}
	first, made, err := r.All(context.Background(), clips)
	if err != nil || made.New != 2 || !first.Complete(clips) {
		t.Fatal(made, err)
	}
	second, made, err := r.All(context.Background(), clips)
	if err != nil || made.New != 0 || string(second.Encode()) != string(first.Encode()) {
		t.Error(made, err)
	}
	dir := t.TempDir()
	if err := Write(dir, first); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(dir + "/" + voice.File); err != nil || string(b) != string(first.Encode()) {
		t.Error(err)
	}
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if err := (Engines{}).Check(); err == nil || !strings.Contains(err.Error(), "make voices") {
		t.Error(err)
	}
}
