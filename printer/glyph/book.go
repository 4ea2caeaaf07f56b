package glyph

import (
	"errors"
	"maps"
	"slices"
)

// errFull says that one document asks one font for more glyphs than its codes.
var errFull = errors.New("glyph: more different glyphs in one document than a font has codes; print fewer fields")

// Codes that do not stand for themselves come from the private-use area.
const (
	firstPrivate = 0xE000
	lastPrivate  = 0xF8FF
)

// Book gathers the glyphs of one document and gives each a two-byte code in
// its font. It is not safe for concurrent use.
type Book struct {
	set   *Set
	fonts map[int]*page
}

type page struct {
	codes map[key]uint16
	slots map[uint16]slot
	texts map[uint16]string
	next  int
}

type key struct {
	id      uint16
	advance int
	text    string
}

// Cut is one font of a document, cut down to its glyphs.
type Cut struct {
	Font      int    // as Glyph.Font gives it
	Name      string // of the face, for the PDF
	TTF       []byte
	ToUnicode []byte // CMap: code to exact code points
}

// NewBook gives an empty book.
func (s *Set) NewBook() *Book { return &Book{set: s, fonts: map[int]*page{}} }

// Code gives the code of a glyph in its font's cut: its own character where
// that is one character of the basic plane and free, else a private one.
func (b *Book) Code(g Glyph) (rune, error) {
	p := b.fonts[g.font]
	if p == nil {
		p = &page{map[key]uint16{}, map[uint16]slot{}, map[uint16]string{}, firstPrivate}
		b.fonts[g.font] = p
	}
	k := key{g.id, g.Advance, g.Text}
	if c, ok := p.codes[k]; ok {
		return rune(c), nil
	}
	c, err := p.free(g.Text)
	if err != nil {
		return 0, err
	}
	p.codes[k], p.texts[c] = c, g.Text
	p.slots[c] = slot{code: c, id: g.id, advance: g.Advance}
	return rune(c), nil
}

func (p *page) free(text string) (uint16, error) {
	if r := []rune(text); len(r) == 1 && r[0] <= 0xFFFF {
		if _, taken := p.slots[uint16(r[0])]; !taken {
			return uint16(r[0]), nil
		}
	}
	if p.next > lastPrivate {
		return 0, errFull
	}
	p.next++
	return uint16(p.next - 1), nil
}

// Cuts gives the document's fonts in a fixed order.
func (b *Book) Cuts() ([]Cut, error) {
	var out []Cut
	for _, i := range slices.Sorted(maps.Keys(b.fonts)) {
		p, f := b.fonts[i], b.set.fonts[i]
		codes := slices.Sorted(maps.Keys(p.slots))
		var slots []slot
		for _, c := range codes {
			slots = append(slots, p.slots[c])
		}
		ttf, err := f.cut(slots)
		if err != nil {
			return nil, err
		}
		out = append(out, Cut{i, f.name, ttf, toUnicode(codes, p.texts)})
	}
	return out, nil
}
