package sheet

import (
	"strings"
	"testing"

	"akashi/printer/glyph"
)

func told(g []glyph.Glyph) string {
	var b strings.Builder
	for _, x := range g {
		b.WriteString(x.Text)
	}
	return b.String()
}

// Instructions end their lines where a reader pauses, at every width that a
// page leaves for them.
func TestLinesEndAtAPause(t *testing.T) {
	needFonts(t)
	set, err := glyph.Load()
	if err != nil {
		t.Fatal(err)
	}
	c, st := newCanvas(set), style{face: glyph.Gothic, size: 7.8}
	for _, step := range verifySteps {
		ends := map[int]bool{}
		said := ""
		for _, phrase := range strings.Split(step.ja, pause) {
			said += phrase
			ends[len(said)] = true
		}
		for w := 30 * mm; w < 120*mm; w += 3 * mm {
			at := ""
			for _, l := range c.phrases(step.ja, w, st) {
				if extent(l, st) > w {
					t.Errorf("%.0f pt: %q is wider", w, told(l))
				}
				if at += told(l); !ends[len(at)] {
					t.Errorf("%.0f pt: a line ends within a word: %q", w, told(l))
				}
			}
			if at != said {
				t.Errorf("%.0f pt: %q became %q", w, said, at)
			}
		}
	}
}

// A product's name breaks before its bracket rather than within a word.
func TestProductBreaksBeforeItsBracket(t *testing.T) {
	needFonts(t)
	set, err := glyph.Load()
	if err != nil {
		t.Fatal(err)
	}
	c, st := newCanvas(set), style{face: glyph.Gothic, size: 9.2}
	lines := wrap(c.lay(st.face, "スパイクバックス（オミクロン株XBB.1.5）"), 40*mm, st)
	if len(lines) != 2 || told(lines[1]) != "（オミクロン株XBB.1.5）" {
		for _, l := range lines {
			t.Errorf("%q", told(l))
		}
	}
}
