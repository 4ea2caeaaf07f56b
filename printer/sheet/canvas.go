package sheet

import (
	"slices"

	"akashi/printer/glyph"
)

// colour is red, green, blue.
type colour [3]uint8

var (
	ink   = colour{0x1C, 0x1C, 0x1E}
	grey  = colour{0x5A, 0x5F, 0x66}
	rule  = colour{0xC4, 0xC9, 0xCF}
	white = colour{0xFF, 0xFF, 0xFF}
)

// style is how a text is set.
type style struct {
	face     glyph.Face
	size     float64 // points
	min      float64 // points; down to this the text shrinks to fit, 0: size
	colour   colour
	tracking float64 // extra space after each glyph, in ems
}

// canvas is a document before any PDF. The first error stays and stops all
// further work.
type canvas struct {
	set   *glyph.Set
	book  *glyph.Book
	pages []*page
	err   error
}

// page is three layers: tints, the specimen's mark over them, and everything
// to read, in reading order.
type page struct{ ground, ghost, marks []mark }

// all gives a page's marks from the lowest layer up.
func (p *page) all() []mark { return slices.Concat(p.ground, p.ghost, p.marks) }

// mark is one thing drawn on a page.
type mark interface{ draw(w *writer) }

type area struct {
	box
	fill   colour
	radius float64
	stroke bool // outline in fill's colour instead
}

type line struct {
	x1, y1, x2, y2, thick float64
	colour                colour
}

// text is one line of glyphs; y is its baseline.
type text struct {
	x, y   float64
	within box // where it must stay, for the tests
	style  style
	glyphs []glyph.Glyph
}

func newCanvas(set *glyph.Set) *canvas {
	return &canvas{set: set, book: set.NewBook()}
}

func (c *canvas) addPage() { c.pages = append(c.pages, &page{}) }

func (c *canvas) page() *page { return c.pages[len(c.pages)-1] }

func (c *canvas) add(m mark) { c.page().marks = append(c.page().marks, m) }

func (c *canvas) fill(b box, k colour) { c.add(area{box: b, fill: k}) }

// tint fills a box below everything else.
func (c *canvas) tint(b box, k colour) {
	c.page().ground = append(c.page().ground, area{box: b, fill: k})
}

func (c *canvas) hline(x1, x2, y, thick float64, k colour) {
	c.add(line{x1, y, x2, y, thick, k})
}

// lay gives a text's glyphs, and notes the error if it has none.
func (c *canvas) lay(face glyph.Face, s string) []glyph.Glyph {
	if c.err != nil {
		return nil
	}
	g, err := c.set.Lay(face, s)
	if err != nil {
		c.err = err
		return nil
	}
	return g
}

// extent is the width of glyphs in a style; the last glyph's tracking and
// trailing space do not count.
func extent(g []glyph.Glyph, s style) float64 {
	if len(g) == 0 {
		return 0
	}
	return float64(glyph.Width(g))*s.size/1000 + float64(len(g)-1)*s.tracking*s.size
}
