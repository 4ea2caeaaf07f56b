package sheet

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"akashi/printer/glyph"

	"github.com/go-pdf/fpdf"
)

// about is what a PDF says of itself.
type about struct {
	title, author string
	created       time.Time
}

// writer replays a canvas into fpdf.
type writer struct {
	pdf  *fpdf.Fpdf
	book *glyph.Book
	err  error
}

// pdf gives the canvas's bytes; the same canvas gives the same ones.
func (c *canvas) pdf(a about) ([]byte, error) {
	if c.err != nil {
		return nil, c.err
	}
	cuts, err := c.cuts()
	if err != nil {
		return nil, err
	}
	w := &writer{pdf: newPDF(a), book: c.book}
	for _, cut := range cuts {
		w.pdf.AddUTF8FontFromBytes(family(cut.Font), "", cut.TTF)
	}
	for _, page := range c.pages {
		w.pdf.AddPage()
		for _, m := range page.all() {
			m.draw(w)
		}
	}
	var out bytes.Buffer
	if err := w.pdf.Output(&out); err != nil {
		return nil, err
	}
	if w.err != nil {
		return nil, w.err
	}
	return finish(out.Bytes(), cuts)
}

// cuts codes every glyph of the document and gives its fonts.
func (c *canvas) cuts() ([]glyph.Cut, error) {
	for _, page := range c.pages {
		for _, m := range page.marks {
			t, ok := m.(text)
			if !ok {
				continue
			}
			for _, g := range t.glyphs {
				if _, err := c.book.Code(g); err != nil {
					return nil, err
				}
			}
		}
	}
	return c.book.Cuts()
}

func family(font int) string { return "face" + strconv.Itoa(font) }

func newPDF(a about) *fpdf.Fpdf {
	p := fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: pageWidth, Ht: pageHeight}})
	p.SetMargins(0, 0, 0)
	p.SetAutoPageBreak(false, 0)
	p.SetCatalogSort(true)
	p.SetCreationDate(a.created)
	p.SetModificationDate(a.created)
	p.SetTitle(basic(a.title), true)
	p.SetAuthor(basic(a.author), true)
	p.SetProducer("Akashi", false)
	p.SetLang("ja")
	return p
}

// basic puts the geta mark (〓) in place of characters that fpdf's metadata
// cannot hold: it panics on them.
func basic(s string) string {
	return strings.Map(func(r rune) rune {
		if r > 0xFFFF || r == utf8.RuneError {
			return '〓'
		}
		return r
	}, s)
}

func (a area) draw(w *writer) {
	how := "F"
	w.pdf.SetFillColor(rgb(a.fill))
	if a.stroke {
		how = "D"
		w.pdf.SetDrawColor(rgb(a.fill))
		w.pdf.SetLineWidth(0.8)
	}
	if a.radius > 0 {
		w.pdf.RoundedRect(a.x, a.y, a.w, a.h, a.radius, "1234", how)
		return
	}
	w.pdf.Rect(a.x, a.y, a.w, a.h, how)
}

func (l line) draw(w *writer) {
	w.pdf.SetDrawColor(rgb(l.colour))
	w.pdf.SetLineWidth(l.thick)
	w.pdf.Line(l.x1, l.y1, l.x2, l.y2)
}

// draw writes the modules as one path of row runs: abutting rectangles of one
// path leave no seams when a screen smooths them.
func (s symbol) draw(w *writer) {
	var b strings.Builder
	s.runs(func(col, row, n int) {
		y := float64(3508-s.y-(row+1)*s.module) * dot
		fmt.Fprintf(&b, "%.2f %.2f %.2f %.2f re\n", float64(s.x+col*s.module)*dot, y, float64(n*s.module)*dot, float64(s.module)*dot)
	})
	w.pdf.RawWriteStr("q 0 g\n" + b.String() + "f Q\n")
}

// draw writes the runs of each font one after the other.
func (t text) draw(w *writer) {
	w.pdf.SetTextColor(rgb(t.style.colour))
	if t.style.tracking != 0 {
		w.pdf.RawWriteStr(fmt.Sprintf("%.3f Tc\n", t.style.tracking*t.style.size))
		defer w.pdf.RawWriteStr("0 Tc\n")
	}
	x := t.x
	for g := t.glyphs; len(g) > 0; {
		n := 1
		for n < len(g) && g[n].Font() == g[0].Font() {
			n++
		}
		w.run(x, t.y, t.style, g[:n])
		x += extent(g[:n], t.style) + t.style.tracking*t.style.size
		g = g[n:]
	}
}

// run writes glyphs of one font under their codes.
func (w *writer) run(x, y float64, st style, g []glyph.Glyph) {
	var codes []rune
	for _, one := range g {
		c, err := w.book.Code(one)
		if err != nil {
			w.err = err
			return
		}
		codes = append(codes, c)
	}
	w.pdf.SetFont(family(g[0].Font()), "", st.size)
	w.pdf.Text(x, y, string(codes))
}

func rgb(c colour) (r, g, b int) { return int(c[0]), int(c[1]), int(c[2]) }
