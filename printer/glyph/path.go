package glyph

import (
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Path is a glyph's outline for an em of 1000, y down, to draw a mark that is
// no text of the page. Segments and their points are as package sfnt has them.
type Path = sfnt.Segments

// Path gives the outline of a glyph that Lay gave.
func (s *Set) Path(g Glyph) (Path, error) {
	f, err := sfnt.ParseReaderAt(s.fonts[g.font].r)
	if err != nil {
		return nil, errFont
	}
	var buf sfnt.Buffer
	segments, err := f.LoadGlyph(&buf, sfnt.GlyphIndex(g.id), fixed.I(1000), nil)
	if err != nil {
		return nil, errFont
	}
	return segments, nil
}
