package web_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"akashi/printer/sheet"
	"akashi/testkit/paper"
	"akashi/testkit/pki"
	"akashi/testkit/residents"
	"akashi/verifier/credential"
	"akashi/verifier/scan"
)

// world is a folder with a trust list and one resident's papers.
type world struct {
	*pki.World
	dir   string
	list  []byte
	codes []string // of the overseas paper: SHC, VDS-NC
	name  string   // in kanji, as the domestic card has it
	roman string
	birth string

	codesInSight, left, right *image.Gray // of a camera: both codes, or one
}

func (w *world) file(name string) string { return filepath.Join(w.dir, name) }

func (w *world) write(t *testing.T, name string, b []byte) string {
	t.Helper()
	if err := os.WriteFile(w.file(name), b, 0o644); err != nil {
		t.Fatal(err)
	}
	return w.file(name)
}

// newWorld writes trust.json and trust-root.pem.
func newWorld(t *testing.T) *world {
	t.Helper()
	p, err := pki.New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{World: p, dir: t.TempDir()}
	if err := p.WriteDir(w.dir); err != nil {
		t.Fatal(err)
	}
	if w.list, err = os.ReadFile(w.file("trust.json")); err != nil {
		t.Fatal(err)
	}
	return w
}

// issue writes certificate.pdf, page.png (300 dpi), photo.png (askew and
// blurred), card.txt (of the domestic
// certificate), two.smart-health-card (it,
// twice), bad.txt (its signature changed), and camera.y4m
// (the codes before a camera, askew and blurred).
func (w *world) issue(t *testing.T) {
	t.Helper()
	r, ok := residents.Find("yoshida")
	if !ok {
		t.Fatal("no such resident")
	}
	c, err := paper.Certificate(w.Issuer, r, credential.Overseas, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	w.name, w.roman, w.birth = c.Holder.Name, c.Holder.Travel.RomanName, c.Holder.Birth.String()
	home, err := paper.Certificate(w.Issuer, r, credential.Domestic, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	card, err := paper.Codes(w.World, home, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	good := card[0].Text
	codes, err := paper.Codes(w.World, c, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range codes {
		w.codes = append(w.codes, c.Text)
	}
	pdf, err := paper.Signed(w.World, sheet.Input{Certificate: c, Codes: codes, SessionCode: "ABCD-2345"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	s, err := scan.Shared(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	page, err := s.PNG(pdf, 0, 300)
	if err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	grey := shades(m)
	w.write(t, "certificate.pdf", pdf)
	w.write(t, "page.png", page)
	w.write(t, "card.txt", []byte(good))
	jws := ""
	for i := len("shc:/"); i < len(good); i += 2 { // each character is two digits: its code less 45
		jws += string(rune(10*(good[i]-'0') + good[i+1] - '0' + 45))
	}
	w.write(t, "two.smart-health-card", fmt.Appendf(nil, `{"verifiableCredential":[%q,%q]}`, jws, jws))
	last := "2020" // "AA"
	if strings.HasSuffix(good, last) {
		last = "2120"
	}
	w.write(t, "bad.txt", []byte(good[:len(good)-4]+last))
	var photo bytes.Buffer
	if err := png.Encode(&photo, seen(grey, 2100, 2900, -7, 0.8, 0.5, 0.5)); err != nil {
		t.Fatal(err)
	}
	w.write(t, "photo.png", photo.Bytes())
	w.codesInSight = seen(grey, 1920, 1080, 9, 0.82, 0.5, codesAt)
	w.left, w.right = seen(grey, 1280, 720, 14, 0.75, 0.1, codesAt), seen(grey, 1280, 720, -12, 0.75, 0.9, codesAt)
	w.film(t, w.codesInSight)
}

// codesAt is how far down the page the codes lie.
const codesAt = 0.75

func shades(m image.Image) *image.Gray {
	out := image.NewGray(m.Bounds())
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			out.Set(x, y, m.At(x, y))
		}
	}
	return out
}

// seen is what a camera of w by h pixels sees of a page: turned by degrees,
// scaled, the point (cx, cy) of the page in its middle, on a grey table, each
// pixel the mean of nine about it.
func seen(p *image.Gray, w, h int, degrees, scale, cx, cy float64) *image.Gray {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	out := image.NewGray(image.Rect(0, 0, w, h))
	b := p.Bounds()
	for y := range h {
		for x := range w {
			dx, dy := (float64(x)-float64(w)/2)/scale, (float64(y)-float64(h)/2)/scale
			sx, sy := int(dx*cos+dy*sin+cx*float64(b.Dx())), int(-dx*sin+dy*cos+cy*float64(b.Dy()))
			if sx < 1 || sy < 1 || sx >= b.Dx()-1 || sy >= b.Dy()-1 {
				out.SetGray(x, y, color.Gray{Y: 120})
				continue
			}
			sum := 0
			for _, r := range [3]int{-1, 0, 1} {
				row := p.Pix[(sy+r)*p.Stride+sx-1:]
				sum += int(row[0]) + int(row[1]) + int(row[2])
			}
			out.SetGray(x, y, color.Gray{Y: byte(20 + sum/9*8/10)}) // duller than paper
		}
	}
	return out
}

// film writes a picture as what Chromium's stand-in camera shows.
func (w *world) film(t *testing.T, m *image.Gray) {
	t.Helper()
	var b bytes.Buffer
	fmt.Fprintf(&b, "YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420jpeg\n", m.Bounds().Dx(), m.Bounds().Dy())
	for range 2 {
		b.WriteString("FRAME\n")
		b.Write(m.Pix)
		b.Write(bytes.Repeat([]byte{128}, len(m.Pix)/2))
	}
	w.write(t, "camera.y4m", b.Bytes())
}
