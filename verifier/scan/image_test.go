package scan

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	qr "github.com/skip2/go-qrcode"
)

// numeric is a SMART Health Card's text of n characters.
func numeric(n int) string {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	b := []byte("shc:/")
	for len(b) < n {
		b = append(b, byte('0'+r.IntN(10)))
	}
	return string(b)
}

// bitmap is a symbol without its quiet zone.
func bitmap(t testing.TB, text string, level qr.RecoveryLevel) [][]bool {
	t.Helper()
	c, err := qr.New(text, level)
	if err != nil {
		t.Fatal(err)
	}
	c.DisableBorder = true
	return c.Bitmap()
}

func white(w, h int) *image.Gray {
	m := image.NewGray(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = 255
	}
	return m
}

// draw puts a symbol on a page at (x, y), turned about its corner by an angle,
// with modules of any size; each pixel is the mean of 9 samples.
func draw(m *image.Gray, bits [][]bool, x, y, module, degrees float64) {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	side := float64(len(bits)) * module
	left, top := x+min(0, side*cos)+min(0, -side*sin), y+min(0, side*sin)+min(0, side*cos)
	reach := int(side*(math.Abs(sin)+math.Abs(cos))) + 2
	for py := max(0, int(top)); py < min(m.Rect.Dy(), int(top)+reach); py++ {
		for px := max(0, int(left)); px < min(m.Rect.Dx(), int(left)+reach); px++ {
			n := 0
			for i := range 9 {
				sx, sy := float64(px)+(float64(i%3)+0.5)/3-x, float64(py)+(float64(i/3)+0.5)/3-y
				u, v := (sx*cos+sy*sin)/module, (sy*cos-sx*sin)/module
				if u >= 0 && v >= 0 && int(u) < len(bits) && int(v) < len(bits) && bits[int(v)][int(u)] {
					n++
				}
			}
			i := py*m.Stride + px
			m.Pix[i] = byte(int(m.Pix[i]) * (9 - n) / 9)
		}
	}
}

func encoded(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func scanImage(t testing.TB, b []byte) Page {
	t.Helper()
	var s Scanner
	p, err := s.Image(b)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func wantCodes(t *testing.T, p Page, want ...string) {
	t.Helper()
	if len(p.Codes) != len(want) || p.Unread != 0 {
		t.Fatalf("%d codes and %d unread, want %d", len(p.Codes), p.Unread, len(want))
	}
	for i := range want {
		if p.Codes[i] != want[i] {
			t.Errorf("code %d is another text (%d bytes, want %d)", i, len(p.Codes[i]), len(want[i]))
		}
	}
}

// TestScales reads small and large versions at many sizes of a module, whole
// and not, on whole pixels and between them.
func TestScales(t *testing.T) {
	for _, c := range []struct {
		name  string
		text  string
		level qr.RecoveryLevel
		size  int
	}{
		{"version 1", "shc", qr.Low, 21},
		{"version 15", numeric(1190), qr.Low, 77},
		{"version 22", numeric(2395), qr.Low, 105},
		{"version 34, bytes", strings.Repeat("{\"data\":", 270), qr.Low, 153},
		{"version 40, the largest", numeric(7000), qr.Low, 177},
	} {
		bits := bitmap(t, c.text, c.level)
		if len(bits) != c.size {
			t.Fatalf("%s has %d modules", c.name, len(bits))
		}
		for _, module := range []float64{3, 3.3, 3.7, 4.5, 6, 8.19} {
			t.Run(fmt.Sprintf("%s at %v", c.name, module), func(t *testing.T) {
				side := int(float64(c.size)*module) + 40
				m := white(side+17, side)
				draw(m, bits, 20.4, 19.7, module, 0)
				wantCodes(t, searched(t, m), c.text)
			})
		}
	}
}

// TestTurned reads codes on pages that were fed in slightly slanted, and on
// their side or head.
func TestTurned(t *testing.T) {
	text := numeric(2395)
	bits := bitmap(t, text, qr.Low)
	for _, degrees := range []float64{-3, 0.5, 4, 90, 181, 269} {
		m := white(1100, 1100)
		n := float64(len(bits)) * 5 / 2
		sin, cos := math.Sincos(degrees * math.Pi / 180)
		draw(m, bits, 550-n*cos+n*sin, 550-n*sin-n*cos, 5, degrees)
		t.Run(fmt.Sprint(degrees), func(t *testing.T) { wantCodes(t, searched(t, m), text) })
	}
}

// TestSeveral reads codes of different sizes in the order of reading, on a
// page with text-like noise and grey marks behind.
func TestSeveral(t *testing.T) {
	m := white(2480, 1800)
	marks(m)
	texts := []string{numeric(2395), "second " + strings.Repeat("b", 2000), "below left", "below right"}
	for i, at := range [][3]float64{{150, 180, 6}, {1200, 120, 5}, {300, 1300, 7}, {1500, 1310, 9}} {
		bits := bitmap(t, texts[i], qr.Low)
		clearAround(m, at, len(bits))
		draw(m, bits, at[0], at[1], at[2], 0)
	}
	wantCodes(t, searched(t, m), texts...)
}

// marks draws light grey diagonals all over, as a specimen's background, and
// black bars as lines of text would be.
func marks(m *image.Gray) {
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			switch {
			case (x+y)%300 < 60:
				m.SetGray(x, y, color.Gray{205})
			case y > 1000 && y < 1200 && (x*7+y/13*31)%23 < 9 && y%40 < 22:
				m.SetGray(x, y, color.Gray{0})
			}
		}
	}
}

// clearAround leaves the grey under a code and its quiet zone, and takes the
// black away.
func clearAround(m *image.Gray, at [3]float64, modules int) {
	side := int(float64(modules+8) * at[2])
	for y := int(at[1] - 4*at[2]); y < int(at[1])+side; y++ {
		for x := int(at[0] - 4*at[2]); x < int(at[0])+side; x++ {
			if (image.Point{x, y}).In(m.Rect) && m.GrayAt(x, y).Y == 0 {
				m.SetGray(x, y, color.Gray{255})
			}
		}
	}
}

func TestKindsOfImage(t *testing.T) {
	text := numeric(900)
	bits := bitmap(t, text, qr.Medium)
	m := white(700, 700)
	draw(m, bits, 50, 60, 7, 0)
	var jpg bytes.Buffer
	if err := jpeg.Encode(&jpg, m, &jpeg.Options{Quality: 70}); err != nil {
		t.Fatal(err)
	}
	wantCodes(t, scanImage(t, jpg.Bytes()), text)

	transparent := image.NewNRGBA(m.Rect)
	dim := image.NewRGBA(image.Rect(-5, -7, 695, 693)) // grey ink on grey paper, off the origin
	for y := range 700 {
		for x := range 700 {
			ink := m.GrayAt(x, y).Y
			transparent.SetNRGBA(x, y, color.NRGBA{0, 0, 60, 255 - ink})
			dim.SetRGBA(x-5, y-7, color.RGBA{20 + ink/5, 30 + ink/5, 10 + ink/5, 255})
		}
	}
	wantCodes(t, scanImage(t, encoded(t, transparent)), text)
	wantCodes(t, scanImage(t, encoded(t, dim)), text)
}

// TestNotRead: what is not read is said, not guessed.
func TestNotRead(t *testing.T) {
	bits := bitmap(t, numeric(2395), qr.Low)
	page := func() *image.Gray {
		m := white(800, 800)
		draw(m, bits, 80, 80, 6, 0)
		return m
	}
	scribbled := page()
	for y := 300; y < 500; y++ {
		for x := 300; x < 600; x++ {
			scribbled.SetGray(x, y, color.Gray{0})
		}
	}
	if p := scanImage(t, encoded(t, scribbled)); len(p.Codes) != 0 || p.Unread != 1 {
		t.Errorf("scribbled over: %d codes, %d unread", len(p.Codes), p.Unread)
	}
	cornerless := page()
	for y := 80; y < 122; y++ {
		for x := 80; x < 122; x++ {
			cornerless.SetGray(x, y, color.Gray{255})
		}
	}
	for name, m := range map[string]image.Image{
		"a finder missing": cornerless, "white": white(300, 300), "one pixel": white(1, 1),
		"cut in half": page().SubImage(image.Rect(0, 0, 400, 800)), "black": image.NewGray(image.Rect(0, 0, 300, 300)),
	} {
		if p := scanImage(t, encoded(t, m)); len(p.Codes) != 0 || p.Unread != 0 {
			t.Errorf("%s: %d codes, %d unread", name, len(p.Codes), p.Unread)
		}
	}
}

// TestNoFinder: squares and crosses are no finders, and finders alone are no
// code.
func TestNoFinder(t *testing.T) {
	bits := bitmap(t, "alone", qr.Low)
	alone := make([][]bool, len(bits))
	for row := range bits {
		alone[row] = make([]bool, len(bits))
		for column := range bits {
			left, top := column < 7, row < 7
			right, bottom := column >= len(bits)-7, row >= len(bits)-7
			alone[row][column] = bits[row][column] && (left && top || right && top || left && bottom)
		}
	}
	m := white(300, 300)
	draw(m, alone, 30, 30, 8, 0)
	if p := searched(t, m); len(p.Codes) != 0 || p.Unread != 0 {
		t.Errorf("finders alone: %d codes, %d unread", len(p.Codes), p.Unread)
	}
	cross := make([][]bool, 7) // dark, light, dark along and down, and no ring
	for row := range cross {
		cross[row] = make([]bool, 7)
		for column := range cross {
			outer := row == 0 || column == 0 || row == 6 || column == 6
			middle := row >= 2 && row <= 4 && column >= 2 && column <= 4
			cross[row][column] = middle || outer && (row == 3 || column == 3)
		}
	}
	m = white(200, 200)
	draw(m, cross, 50, 50, 8, 0)
	h := &hunt{raster: grey(m), threshold: midGrey}
	if found := h.finders(); len(found) != 0 {
		t.Errorf("a cross is taken for a finder: %d", len(found))
	}
}

// TestNotUTF8: a code whose bytes are no UTF-8 is unread, not guessed at.
func TestNotUTF8(t *testing.T) {
	m := white(400, 400)
	draw(m, bitmap(t, "caf\xe9 \xff\xfe", qr.Low), 50, 50, 8, 0)
	if p := scanImage(t, encoded(t, m)); len(p.Codes) != 0 || p.Unread != 1 {
		t.Errorf("%q, %d unread", p.Codes, p.Unread)
	}
	m = white(400, 400)
	draw(m, bitmap(t, "接種証明 𠮷", qr.Low), 50, 50, 8, 0)
	wantCodes(t, scanImage(t, encoded(t, m)), "接種証明 𠮷")
}

func TestImageRefuses(t *testing.T) {
	good := encoded(t, white(20, 20))
	for _, c := range []struct {
		name string
		in   []byte
		want error
	}{
		{"nothing", nil, ErrImage},
		{"a PDF", []byte("%PDF-1.4\n"), ErrImage},
		{"cut short", good[:len(good)-20], ErrImage},
		{"JPEG cut short", []byte{0xFF, 0xD8, 0xFF, 0xE0}, ErrImage},
		{"file too large", make([]byte, DefaultMaxImage+1), ErrPixels},
	} {
		var s Scanner
		if _, err := s.Image(c.in); err != c.want {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	var s Scanner
	if _, err := s.Image(header(8_000, 5_001)); err != ErrPixels {
		t.Errorf("many pixels in few bytes: %v", err)
	}
	if _, err := s.Image(header(0xFFFFFFF, 0xFFFFFFF)); err == nil {
		t.Error("more pixels than an int32 counts were taken")
	}
}

// header is a PNG that ends behind its header.
func header(w, h uint32) []byte {
	b := []byte("IHDR")
	b = binary.BigEndian.AppendUint32(b, w)
	b = binary.BigEndian.AppendUint32(b, h)
	b = append(b, 8, 0, 0, 0, 0)
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	return append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), b...)
}

func BenchmarkImageA4(b *testing.B) {
	m := white(2480, 3508)
	draw(m, bitmap(b, numeric(2395), qr.Low), 300, 2500, 6, 0)
	r := grey(m)
	for b.Loop() {
		if p, err := search(r); err != nil || len(p.Codes) != 1 {
			b.Fatal("not read")
		}
	}
}

func searched(t *testing.T, m image.Image) Page {
	t.Helper()
	p, err := search(grey(m))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// crowd is full of finders in a grid that no code has.
func crowd() *image.Gray {
	const module, pitch = 3, 24
	m := white(1000, 1000)
	for y := range 1000 {
		for x := range 1000 {
			across, down := x%pitch/module-3, y%pitch/module-3
			if ring := max(across, -across, down, -down); ring < 4 && ring != 2 {
				m.SetGray(x, y, color.Gray{})
			}
		}
	}
	return m
}

// A picture full of finders is given up after a bounded work, whichever
// threshold shows them; one with a hundred of them beside a code is read.
func TestCrowded(t *testing.T) {
	r := grey(crowd())
	h := &hunt{raster: r, threshold: midGrey}
	h.symbols(h.finders())
	if most := DefaultMaxWork + 4*DefaultMaxFinders + 1; h.work <= DefaultMaxWork || h.work > most {
		t.Errorf("work %d, want more than %d and at most %d", h.work, DefaultMaxWork, most)
	}
	for name, change := range map[string]func(byte) byte{
		"dark": func(b byte) byte { return b },
		"pale": func(b byte) byte { return max(b, 180) },
	} {
		m := crowd()
		for i, b := range m.Pix {
			m.Pix[i] = change(b)
		}
		if _, err := search(grey(m)); err != ErrCrowded {
			t.Errorf("%s: %v", name, err)
		}
	}
	m := crowd()
	for i := 72 * m.Stride; i < len(m.Pix); i++ {
		m.Pix[i] = 255
	}
	draw(m, bitmap(t, "beside", qr.Low), 40, 400, 6, 0)
	wantCodes(t, searched(t, m), "beside")
}
