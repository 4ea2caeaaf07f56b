package sheet

import (
	"fmt"
	"math"
	"strings"

	"akashi/printer/glyph"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// specimen sets the mark across the page, below everything to read and so light
// that it disturbs no reader. It is drawn as shapes, not as text: a slanted
// word would get between the words that a reader extracts.
func (f *form) specimen() {
	if !f.in.Certificate.Issuer.Specimen {
		return
	}
	f.slant(pageWidth/2-12*mm, 125*mm, 144, labelSpecimen.ja)
	f.slant(pageWidth/2+8*mm, 155*mm, 58, labelSpecimen.en)
}

// shape is the outline of a word, turned around its place.
type shape struct {
	x, y, size, angle float64
	glyphs            []glyph.Glyph
	paths             []glyph.Path
	style             style
}

// slant adds a word whose middle is at (x, y).
func (f *form) slant(x, y, size float64, s string) {
	st := style{face: glyph.Bold, size: size, colour: f.theme.ghost, tracking: 0.08}
	w := shape{x: x, y: y, size: size, angle: 30, style: st, glyphs: f.lay(st.face, s)}
	for _, g := range w.glyphs {
		p, err := f.set.Path(g)
		if err != nil && f.err == nil {
			f.err = err
		}
		w.paths = append(w.paths, p)
	}
	f.page().ghost = append(f.page().ghost, w)
}

func (s shape) draw(w *writer) {
	sin, cos := math.Sincos(s.angle * math.Pi / 180)
	at := -extent(s.glyphs, s.style) / 2
	var b strings.Builder
	for i, p := range s.paths {
		place := func(q fixed.Point26_6) (x, y float64) {
			u, v := at+float64(q.X)/64000*s.size, -float64(q.Y)/64000*s.size
			return s.x + u*cos - v*sin, pageHeight - s.y + u*sin + v*cos
		}
		trace(&b, p, place)
		at += extent(s.glyphs[i:i+1], s.style) + s.style.tracking*s.size
	}
	c := s.style.colour
	w.pdf.RawWriteStr(fmt.Sprintf("q %.3f %.3f %.3f rg\n%sf Q\n", float64(c[0])/255, float64(c[1])/255, float64(c[2])/255, b.String()))
}

// trace writes an outline as path operators; a quadratic curve becomes the
// cubic one that is the same curve.
func trace(b *strings.Builder, p glyph.Path, place func(fixed.Point26_6) (x, y float64)) {
	var x, y float64
	for _, seg := range p {
		ax, ay := place(seg.Args[0])
		switch seg.Op {
		case sfnt.SegmentOpMoveTo:
			fmt.Fprintf(b, "%.2f %.2f m\n", ax, ay)
			x, y = ax, ay
		case sfnt.SegmentOpLineTo:
			fmt.Fprintf(b, "%.2f %.2f l\n", ax, ay)
			x, y = ax, ay
		case sfnt.SegmentOpQuadTo:
			ex, ey := place(seg.Args[1])
			fmt.Fprintf(b, "%.2f %.2f %.2f %.2f %.2f %.2f c\n",
				x+(ax-x)*2/3, y+(ay-y)*2/3, ex+(ax-ex)*2/3, ey+(ay-ey)*2/3, ex, ey)
			x, y = ex, ey
		}
	}
}
