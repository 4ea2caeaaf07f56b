package screen

import (
	"io/fs"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var token = regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6});`)

// colours gives the colours of both themes by their tokens.
func colours(t *testing.T) map[string]map[string]float64 {
	t.Helper()
	b, err := web.ReadFile("web/css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, ok := strings.Cut(string(b), `[data-theme="contrast"]`)
	if !ok {
		t.Fatal("no theme of high contrast")
	}
	all := map[string]map[string]float64{}
	for theme, css := range map[string]string{"usual": light, "contrast": dark} {
		all[theme] = map[string]float64{}
		for _, m := range token.FindAllStringSubmatch(css, -1) {
			all[theme][m[1]] = luminance(t, m[2])
		}
	}
	return all
}

// luminance is the relative luminance of WCAG 2.2.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(hex[1:], 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	channel := func(shift uint) float64 {
		v := float64(n>>shift&0xff) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(16) + 0.7152*channel(8) + 0.0722*channel(0)
}

// UI-01 by the tokens: what is written and what is drawn with them.
func TestContrastOfTheTokens(t *testing.T) {
	for theme, c := range colours(t) {
		for _, p := range []struct {
			front, back string
			least       float64
		}{
			{"ink", "ground", 7}, {"ink", "surface", 7}, {"ink", "tint", 7}, {"soft", "ground", 4.5}, {"soft", "surface", 4.5},
			{"brand", "surface", 4.5}, {"brand", "ground", 4.5}, {"on-brand", "brand", 4.5}, {"on-brand", "brand-deep", 4.5},
			{"warn", "ground", 4.5}, {"warn", "surface", 4.5}, {"good", "ground", 4.5},
			{"border", "surface", 3}, {"border", "ground", 3}, {"focus", "ground", 3}, {"focus", "surface", 3}, {"call", "ground", 3}, {"art-line", "ground", 3},
		} {
			a, ok := c[p.front]
			b, ok2 := c[p.back]
			if !ok || !ok2 {
				t.Fatalf("%s: no token %s or %s", theme, p.front, p.back)
			}
			if r := (max(a, b) + 0.05) / (min(a, b) + 0.05); r < p.least {
				t.Errorf("%s: %s on %s is %.1f:1, not %.1f:1", theme, p.front, p.back, r, p.least)
			}
		}
	}
}

// UI-22: nothing on the page listens for more than a press of a finger or a
// key, or asks for a microphone or a camera.
func TestSinglePressesOnly(t *testing.T) {
	files, err := fs.Glob(web, "web/js/*.js")
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	more := regexp.MustCompile(`touchmove|touchstart|pointermove|pointerup|mousemove|dblclick|dragstart|draggable|'drop'|wheel|gesture|setPointerCapture|getUserMedia|SpeechRecognition|deviceorientation|PublicKeyCredential`)
	for _, f := range files {
		b, err := web.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if w := more.FindString(string(b)); w != "" {
			t.Errorf("%s uses %s", f, w)
		}
	}
}

// UI-24: the page on access says why a PIN must be remembered, and every
// language's help says what there is instead.
func TestThePINIsExplained(t *testing.T) {
	b, err := os.ReadFile("../ACCESS.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"3.3.8", "tactile keypad", "by voice", "counter"} {
		if !strings.Contains(string(b), want) {
			t.Errorf("the page does not speak of %s", want)
		}
	}
	for _, l := range Languages {
		if text := words.Words[l]["help.pin"]; len([]rune(text)) < 30 {
			t.Errorf("%s: the help says %q of the PIN", l, text)
		}
	}
}
