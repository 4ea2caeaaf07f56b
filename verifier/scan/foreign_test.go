package scan

import (
	"bytes"
	"strings"
	"testing"

	"github.com/go-pdf/fpdf"
	qr "github.com/skip2/go-qrcode"
)

// What a page draws beside filled text and paths is counted, so that a reader
// who trusts the text knows that nothing lies over it.
func TestForeign(t *testing.T) {
	for name, draw := range map[string]func(*fpdf.Fpdf){
		"picture": func(f *fpdf.Fpdf) {
			f.RegisterImageOptionsReader("p", fpdf.ImageOptions{ImageType: "png"}, bytes.NewReader(encoded(t, white(30, 30))))
			f.ImageOptions("p", 10, 10, 100, 100, false, fpdf.ImageOptions{}, 0, "")
		},
		"hidden text":  func(f *fpdf.Fpdf) { f.SetTextRenderingMode(3); f.Text(20, 40, "hidden"); f.SetTextRenderingMode(0) },
		"stroked text": func(f *fpdf.Fpdf) { f.SetTextRenderingMode(1); f.Text(20, 40, "stroked"); f.SetTextRenderingMode(0) },
		"shading":      func(f *fpdf.Fpdf) { f.LinearGradient(10, 10, 50, 50, 0, 0, 0, 255, 255, 255, 0, 0, 1, 1) },
		"form": func(f *fpdf.Fpdf) {
			f.UseTemplate(f.CreateTemplate(func(tpl *fpdf.Tpl) { tpl.SetFont("Helvetica", "", 11); tpl.Text(20, 60, "form") }))
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := fpdf.New("P", "mm", "A4", "")
			f.SetFont("Helvetica", "", 11)
			f.AddPage()
			f.Text(20, 20, "own")
			f.Rect(20, 30, 5, 5, "F")
			var plain, spoilt bytes.Buffer
			draw(f)
			if err := f.Output(&spoilt); err != nil {
				t.Fatal(err)
			}
			p, err := scanner(t).PDF(spoilt.Bytes())
			if err != nil || p[0].Foreign == 0 || !strings.Contains(p[0].Text, "own") {
				t.Errorf("%+v, %v", p, err)
			}
			g := fpdf.New("P", "mm", "A4", "")
			g.SetFont("Helvetica", "", 11)
			g.AddPage()
			g.Text(20, 20, "own")
			g.Rect(20, 30, 5, 5, "F")
			if err := g.Output(&plain); err != nil {
				t.Fatal(err)
			}
			if p, err := scanner(t).PDF(plain.Bytes()); err != nil || p[0].Foreign != 0 {
				t.Errorf("a plain page: %+v, %v", p, err)
			}
		})
	}
}

// A second code in pale ink does not pass unseen.
func TestPaleCode(t *testing.T) {
	for _, grey := range []int{0, 143, 190} {
		f := fpdf.New("P", "mm", "A4", "")
		f.AddPage()
		drawPDF(f, bitmap(t, "the first code", qr.Low), 200, 300, 12)
		inkPDF(f, bitmap(t, "the second code", qr.Low), 1200, 300, 12, grey)
		var b bytes.Buffer
		if err := f.Output(&b); err != nil {
			t.Fatal(err)
		}
		p, err := scanner(t).PDF(b.Bytes())
		if err != nil || len(p[0].Codes)+p[0].Unread != 2 || (grey > midGrey) != (p[0].Unread == 1) {
			t.Errorf("ink %d: %+v, %v", grey, p, err)
		}
	}
}
