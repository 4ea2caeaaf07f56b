package names_test

import (
	"bytes"
	"testing"

	"github.com/go-text/typesetting/font"

	"akashi/printer/glyph"
	"akashi/testkit/names"
)

// Read by a library of others, the fonts that a document gets draw every
// cluster of every name: with an outline, never as the glyph of what is
// missing, and a sequence whose glyph is its own otherwise than its base.
func TestEveryClusterIsDrawn(t *testing.T) {
	s := fonts(t)
	b := s.NewBook()
	type place struct {
		font int
		code rune
	}
	at := map[string]place{}
	lay := func(text string) []glyph.Glyph {
		line, err := s.Lay(glyph.Mincho, text)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range line {
			c, err := b.Code(g)
			if err != nil {
				t.Fatal(err)
			}
			at[g.Text] = place{g.Font(), c}
		}
		return line
	}
	for _, n := range names.All() {
		whole := ""
		for _, g := range lay(n.Text) {
			whole += g.Text
		}
		if whole != n.Text {
			t.Errorf("%+q is laid as %+q", n.Text, whole)
		}
	}
	sequences := append(names.Sequences(names.Adobe), names.Sequences(names.Moji)...)
	for _, q := range sequences {
		lay(q) // by itself: in a name a space may have joined it
		lay(string([]rune(q)[:1]))
	}
	cuts, err := b.Cuts()
	if err != nil {
		t.Fatal(err)
	}
	faces := map[int]*font.Face{}
	for _, c := range cuts {
		if faces[c.Font], err = font.ParseTTF(bytes.NewReader(c.TTF)); err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
	}
	drawn := func(text string) (font.GlyphOutline, bool) {
		p := at[text]
		id, ok := faces[p.font].NominalGlyph(p.code)
		if !ok || id == 0 {
			return font.GlyphOutline{}, false
		}
		o, ok := faces[p.font].GlyphData(id).(font.GlyphOutline)
		return o, ok && len(o.Segments) > 2
	}
	for text := range at {
		if _, ok := drawn(text); !ok && text != " " {
			t.Errorf("%+q is drawn as nothing, or as what is missing", text)
		}
	}
	for _, q := range sequences {
		base := string([]rune(q)[:1])
		one, ok := drawn(q)
		other, there := drawn(base)
		if !ok || !there || same(one, other) {
			t.Errorf("%+q is drawn as its base, or one of the two is not drawn", q)
		}
	}
	t.Logf("%d clusters of %d fonts", len(at), len(faces))
}

func same(a, b font.GlyphOutline) bool {
	if len(a.Segments) != len(b.Segments) {
		return false
	}
	for i := range a.Segments {
		if a.Segments[i] != b.Segments[i] {
			return false
		}
	}
	return true
}
