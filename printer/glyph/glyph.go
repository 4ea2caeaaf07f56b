// Package glyph finds a drawable glyph for any Japanese name: coverage,
// fallback fonts, variation sequences and characters beyond the BMP.
//
// A text is split into clusters (split.go), each cluster is looked up in the
// face asked for and then in the fallback fonts (set.go), and the glyphs of
// one document are gathered in a Book, which gives each a two-byte code, cuts
// the fonts down to them (subset.go) and writes the table that gives a reader
// of the PDF the exact code points back (unicode.go). Nothing is ever drawn as
// a blank or a box: what no font has is *Missing.
package glyph

import "strings"

// Face is a text face of the paper.
type Face uint8

// The faces. Names and titles are set in Mincho, labels in Gothic.
const (
	Mincho Face = iota
	Gothic
	Bold
	faces
)

// Glyph is one cluster of a text with the glyph that draws it.
type Glyph struct {
	Text    string // the exact code points that it stands for
	Advance int    // thousandths of the font size
	Space   bool   // it ends in white space, so a line may break after it
	font    int    // index in the Set
	id      uint16 // in that font
}

// Font tells glyphs of different fonts apart: each run of one font is drawn
// by itself.
func (g Glyph) Font() int { return g.font }

// blank reports a glyph that is nothing but space.
func (g Glyph) blank() bool { return strings.Trim(g.Text, " \u3000") == "" }

// Width sums the advances, in thousandths of the font size.
func Width(line []Glyph) int {
	w := 0
	for _, g := range line {
		w += g.Advance
	}
	return w
}
