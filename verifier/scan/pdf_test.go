package scan

import (
	"bytes"
	"image/png"
	"strings"
	"sync"
	"testing"

	"github.com/go-pdf/fpdf"
	qr "github.com/skip2/go-qrcode"
)

// shared is one Scanner for the package's tests: starting PDFium takes time.
var shared = sync.OnceValues(func() (*Scanner, error) { return Shared(background) })

func scanner(t testing.TB) *Scanner {
	t.Helper()
	s, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const dot = 25.4 / 300 // mm

// drawPDF puts a symbol on a page in rows of rectangles, its corner and
// modules on the 300-dpi grid.
func drawPDF(f *fpdf.Fpdf, bits [][]bool, x, y, module int) { inkPDF(f, bits, x, y, module, 0) }

func inkPDF(f *fpdf.Fpdf, bits [][]bool, x, y, module, grey int) {
	f.SetFillColor(grey, grey, grey)
	for row := range bits {
		for from := 0; from < len(bits); from++ {
			to := from
			for to < len(bits) && bits[row][to] {
				to++
			}
			if to > from {
				f.Rect(float64(x+from*module)*dot, float64(y+row*module)*dot, float64((to-from)*module)*dot, float64(module)*dot, "F")
				from = to
			}
		}
	}
}

// sheet is a PDF like those of the project: text, grey marks, codes.
func sheet(t testing.TB, font []byte, lines []string, pages ...[]string) []byte {
	t.Helper()
	f := fpdf.New("P", "mm", "A4", "")
	if font != nil {
		f.AddUTF8FontFromBytes("ja", "", font)
		f.SetFont("ja", "", 11)
	} else {
		f.SetFont("Helvetica", "", 11)
	}
	for _, texts := range pages {
		f.AddPage()
		f.SetTextColor(215, 215, 215)
		for i := range 8 {
			f.Text(10+float64(i)*22, 160+float64(i)*9, "SPECIMEN")
		}
		f.SetTextColor(0, 0, 0)
		for i, l := range lines {
			f.Text(20, 20+7*float64(i), l)
		}
		for i, text := range texts {
			module := 6
			if len(text) > 2500 {
				module = 5
			}
			drawPDF(f, bitmap(t, text, qr.Low), 150+1150*(i%2), 1800+900*(i/2), module)
		}
	}
	var b bytes.Buffer
	if err := f.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPDF(t *testing.T) {
	shc, vds := numeric(2395), `{"data":{"hdr":"`+strings.Repeat("Y", 2100)+`"}}`
	pdf := sheet(t, nil, []string{"Vaccination Certificate", "Session ABCD-2345"}, []string{shc, vds}, []string{shc}, nil)
	pages, err := scanner(t).PDF(pdf)
	if err != nil {
		t.Fatal(err)
	}
	if len(pages) != 3 {
		t.Fatalf("%d pages", len(pages))
	}
	wantCodes(t, pages[0], shc, vds)
	wantCodes(t, pages[1], shc)
	wantCodes(t, pages[2])
	for i, p := range pages {
		if !strings.Contains(p.Text, "Session ABCD-2345") || !strings.Contains(p.Text, "Vaccination Certificate\n") {
			t.Errorf("page %d: text %q", i, p.Text)
		}
		if p.Width < 2480 || p.Width > 2482 || p.Height < 3507 || p.Height > 3509 {
			t.Errorf("page %d: %d by %d", i, p.Width, p.Height)
		}
	}
}

func TestPNG(t *testing.T) {
	shc := numeric(2395)
	pdf := sheet(t, nil, []string{"one page"}, []string{shc})
	for _, dpi := range []int{150, 100} {
		b, err := scanner(t).PNG(pdf, 0, dpi)
		if err != nil {
			t.Fatal(err)
		}
		c, err := png.DecodeConfig(bytes.NewReader(b))
		if err != nil || c.Width < dpi*8 || c.Width > dpi*9 {
			t.Errorf("%d dpi: %d wide, %v", dpi, c.Width, err)
		}
		if dpi == 150 { // 3 pixels a module
			wantCodes(t, scanImage(t, b), shc)
		}
	}
	for _, c := range []struct {
		page, dpi int
		want      error
	}{{1, 100, ErrPage}, {-1, 100, ErrPage}, {0, 35, ErrPixels}, {0, 601, ErrPixels}} {
		if _, err := scanner(t).PNG(pdf, c.page, c.dpi); err != c.want {
			t.Errorf("page %d at %d dpi: %v", c.page, c.dpi, err)
		}
	}
}

// TestPDFRefuses: each bound, and input that is no PDF; the scanner works on
// afterwards.
func TestPDFRefuses(t *testing.T) {
	good := sheet(t, nil, []string{"good"}, []string{"code"})
	many := make([][]string, DefaultMaxPages+1)
	wall := make([]string, 2)
	for i := range wall {
		wall[i] = strings.Repeat("text beyond a certificate ", DefaultMaxText/40)
	}
	for _, c := range []struct {
		name string
		in   []byte
		want error
	}{
		{"nothing", nil, ErrPDF},
		{"too large", make([]byte, DefaultMaxPDF+1), ErrPDF},
		{"an image", encoded(t, white(9, 9)), ErrPDF},
		{"cut in half", good[:len(good)/2], ErrPDF},
		{"header alone", []byte("%PDF-1.4\n%%EOF\n"), ErrPDF},
		{"too many pages", sheet(t, nil, nil, many...), ErrPages},
		{"too much text", sheet(t, nil, wall, nil), ErrText},
		{"a page of a kilometre", bytes.Replace(good, []byte("/MediaBox [0 0 595.28 841.89]"), []byte("/MediaBox [0 0 99999 9999999]"), 1), ErrPixels},
	} {
		t.Run(c.name, func(t *testing.T) {
			if p, err := scanner(t).PDF(c.in); err != c.want || p != nil {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
	if p, err := scanner(t).PDF(good); err != nil || len(p[0].Codes) != 1 {
		t.Errorf("afterwards: %v", err)
	}
}

func TestClosed(t *testing.T) {
	s, err := Shared(background)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := s.PDF([]byte("%PDF")); err != ErrClosed {
		t.Errorf("PDF: %v", err)
	}
	if err := s.Close(); err != ErrClosed {
		t.Errorf("Close: %v", err)
	}
	if _, err := New(background, "/dev/null/no-folder"); err == nil {
		t.Error("a folder that cannot be was taken")
	}
}

// TestNothingStays renders one document and looks for its code's text in the
// next document's pages: each has an instance of its own.
func TestNothingStays(t *testing.T) {
	first := sheet(t, nil, []string{"first resident"}, []string{numeric(900)})
	second := sheet(t, nil, []string{"second resident"}, nil)
	for _, pdf := range [][]byte{first, second} {
		pages, err := scanner(t).PDF(pdf)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Equal(pdf, second) && (strings.Contains(pages[0].Text, "first") || len(pages[0].Codes) > 0) {
			t.Error("the first document shows in the second")
		}
	}
}

func BenchmarkPDF(b *testing.B) {
	pdf := sheet(b, nil, []string{"Vaccination Certificate"}, []string{numeric(2395), `{"data":"` + strings.Repeat("Y", 2100) + `"}`})
	s := scanner(b)
	for b.Loop() {
		p, err := s.PDF(pdf)
		if err != nil || len(p[0].Codes) != 2 {
			b.Fatal(err)
		}
	}
}

// BenchmarkNew is a start with a warm folder of compiled code.
func BenchmarkNew(b *testing.B) {
	scanner(b)
	for b.Loop() {
		s, err := Shared(background)
		if err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}
