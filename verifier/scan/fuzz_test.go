package scan

import (
	"testing"

	qr "github.com/skip2/go-qrcode"
)

// FuzzSearch: whatever the pixels are, the search ends, and nothing is read
// that is no text.
func FuzzSearch(f *testing.F) {
	m := white(90, 90)
	draw(m, bitmap(f, "seed", qr.Low), 12, 12, 3, 0)
	f.Add(uint16(90), m.Pix)
	f.Add(uint16(1), []byte{0})
	f.Add(uint16(7), []byte{0, 255, 0, 0, 0, 255, 0, 0, 255, 0, 0, 0, 255, 0})
	f.Fuzz(func(t *testing.T, width uint16, pix []byte) {
		w := max(1, int(width))
		r := &raster{w, len(pix) / w, pix[:len(pix)/w*w]}
		p, err := search(r)
		if err == ErrCrowded {
			return
		}
		if p.Width != w || len(p.Codes)+p.Unread > DefaultMaxTries {
			t.Fatalf("%d codes, %d unread", len(p.Codes), p.Unread)
		}
	})
}

// FuzzImage: files of any content.
func FuzzImage(f *testing.F) {
	f.Add(encoded(f, white(3, 3)))
	f.Add(header(4, 4))
	f.Add([]byte{0xFF, 0xD8, 0xFF})
	f.Fuzz(func(t *testing.T, b []byte) {
		var s Scanner
		if p, err := s.Image(b); err == nil && (p.Width < 1 || p.Width*p.Height > DefaultMaxPixels) {
			t.Fatalf("%d by %d", p.Width, p.Height)
		}
	})
}

// FuzzPDF: PDFium meets anything; the scanner answers with its own errors and
// works on.
func FuzzPDF(f *testing.F) {
	f.Add(handmade("/Contents 4 0 R", stream("", "0 0 9 9 re f")))
	f.Add([]byte("%PDF-1.7\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		pages, err := scanner(t).PDF(b)
		switch err {
		case nil, ErrPDF, ErrPages, ErrPixels, ErrText, ErrObjects, ErrTime:
		default:
			t.Fatalf("another error: %v", err)
		}
		if (err == nil) != (len(pages) > 0) {
			t.Fatalf("%d pages, %v", len(pages), err)
		}
	})
}
