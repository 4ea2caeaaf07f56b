package glyph

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// code lays a text and gives its codes in a book.
func codes(t *testing.T, b *Book, text string) []rune {
	t.Helper()
	g, err := b.set.Lay(Mincho, text)
	if err != nil {
		t.Fatal(err)
	}
	var out []rune
	for _, one := range g {
		c, err := b.Code(one)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

func TestBookCodes(t *testing.T) {
	b := fonts(t).NewBook()
	if got := codes(t, b, "山田山"); got[0] != '山' || got[1] != '田' || got[2] != '山' {
		t.Errorf("plain characters stand for themselves: %U", got)
	}
	first := codes(t, b, "𠮷辻\U000E0102葛\U000E0100が")
	if first[0] != 0xE000 || first[1] != 0xE001 || first[2] != 0xE000 || first[3] != 'が' {
		t.Errorf("others get private codes, each font its own: %U", first)
	}
	again := codes(t, b, "𠮷か\u3099山　")
	if again[0] != first[0] || again[1] != 0xE001 || again[2] != 0xE002 {
		t.Errorf("a sequence is not its composed character: %U", again)
	}
}

func TestCutHoldsItsGlyphsOnly(t *testing.T) {
	s := fonts(t)
	b := s.NewBook()
	codes(t, b, "𠮷田　邉\U000E010Fか\u3099")
	cuts, err := b.Cuts()
	if err != nil || len(cuts) != 2 {
		t.Fatalf("%d cuts, %v", len(cuts), err)
	}
	for _, c := range cuts {
		f, err := openFont(c.Name, bytes.NewReader(c.TTF))
		if err != nil {
			t.Fatal(err)
		}
		if len(c.TTF) > 20000 {
			t.Errorf("%s: %d bytes for a few glyphs", c.Name, len(c.TTF))
		}
		for code, slot := range b.fonts[c.Font].slots {
			id, ok, err := f.lookup(rune(code), 0)
			if err != nil || !ok {
				t.Errorf("%s: code %04X has no glyph (%v)", c.Name, code, err)
				continue
			}
			if a, _ := f.advance(id); a != slot.advance {
				t.Errorf("%s: code %04X advances by %d, want %d", c.Name, code, a, slot.advance)
			}
		}
		if _, ok, _ := f.lookup('愛', 0); ok {
			t.Errorf("%s: a glyph that the document does not use", c.Name)
		}
	}
	unicode := string(cuts[0].ToUnicode) + string(cuts[1].ToUnicode)
	for _, want := range []string{"<D842DFB7>", "<75303000>", "<9089DB40DD0F>", "<304B3099>"} {
		if !strings.Contains(unicode, want) {
			t.Errorf("no code gives %s back", want)
		}
	}
}

func TestCutsAreTheSameEachTime(t *testing.T) {
	s := fonts(t)
	cut := func() []byte {
		b := s.NewBook()
		codes(t, b, "𠮷田　髙﨑邉\U000E0102ÀÉ")
		cuts, err := b.Cuts()
		if err != nil {
			t.Fatal(err)
		}
		var all []byte
		for _, c := range cuts {
			all = append(append(all, c.TTF...), c.ToUnicode...)
		}
		return all
	}
	if !bytes.Equal(cut(), cut()) {
		t.Error("another run cuts other bytes")
	}
}

func TestBookIsBounded(t *testing.T) {
	b := fonts(t).NewBook()
	g, err := b.set.Lay(Mincho, "𠮷")
	if err != nil {
		t.Fatal(err)
	}
	for i := range lastPrivate - firstPrivate + 1 {
		g[0].Advance = i
		if _, err := b.Code(g[0]); err != nil {
			t.Fatal(i, err)
		}
	}
	g[0].Advance = -1
	if _, err := b.Code(g[0]); !errors.Is(err, errFull) {
		t.Errorf("%v", err)
	}
}

func TestToUnicodeBlocks(t *testing.T) {
	var codes []uint16
	texts := map[uint16]string{}
	for c := range uint16(250) {
		codes, texts[c] = append(codes, c), "あ"
	}
	m := string(toUnicode(codes, texts))
	for _, want := range []string{"100 beginbfchar", "50 beginbfchar"} {
		if !strings.Contains(m, want) {
			t.Errorf("no block %q", want)
		}
	}
}

func FuzzOpenFont(f *testing.F) {
	s, err := Load()
	if err == nil {
		b := s.NewBook()
		g, _ := s.Lay(Mincho, "山é")
		for _, one := range g {
			b.Code(one)
		}
		if cuts, err := b.Cuts(); err == nil {
			f.Add(cuts[0].TTF)
		}
	}
	f.Add([]byte{0, 1, 0, 0, 0, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		font, err := openFont("x", bytes.NewReader(data))
		if err != nil {
			return
		}
		id, ok, err := font.lookup('山', 0)
		if err != nil || !ok {
			return
		}
		font.cut([]slot{{code: '山', id: id, advance: 1000}})
	})
}
