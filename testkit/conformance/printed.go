package conformance

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"akashi/testkit/paper"
	"akashi/verifier/credential"
)

// blemish is what happens to a page between printer and reader.
type blemish struct {
	name string
	do   func(*image.Gray) *image.Gray
}

// blemishes are those of an office scanner and a counter's camera.
var blemishes = []blemish{
	{"as rendered", func(p *image.Gray) *image.Gray { return p }},
	{"turned 2°", func(p *image.Gray) *image.Gray { return rotate(p, 2) }},
	{"turned 10°", func(p *image.Gray) *image.Gray { return rotate(p, 10) }},
	{"turned 90°", func(p *image.Gray) *image.Gray { return rotate(p, 90) }},
	{"blurred", blur},
	{"noisy", noise},
}

// dpis are the resolutions at which pages are rendered.
var dpis = []int{200, 300, 600}

// reader reads the codes of a picture file.
type reader struct {
	name string
	read func(ctx context.Context, file string) ([]string, error)
}

// printed renders papers with poppler, blemishes them, and records how many
// codes others' readers find.
func (b *bench) printed(ctx context.Context) ([]Figure, error) {
	if err := b.start(); err != nil {
		return nil, err
	}
	readers, missing := b.readers()
	var out []Figure
	for _, m := range missing {
		out = append(out, Figure{Name: "printed codes", State: Unmeasured, Told: m})
	}
	if len(readers) == 0 {
		return out, nil
	}
	dir, err := b.folder("printed")
	if err != nil {
		return nil, err
	}
	rate := map[string]map[string][2]int{} // reader, circumstance: found, all
	for i := range b.Printed {
		d, err := paper.Delivery(b.order(b.people[i], credential.Overseas))
		if err != nil {
			return nil, err
		}
		if err := b.scanPaper(ctx, dir, d.PDF, d.Codes, readers, rate); err != nil {
			return nil, err
		}
	}
	for _, r := range readers {
		out = append(out, rates(r.name, rate[r.name], b.Printed))
	}
	return out, nil
}

// scanPaper renders one paper at every resolution and reads it in every
// condition.
func (b *bench) scanPaper(ctx context.Context, dir string, pdf []byte, codes []string, readers []reader, rate map[string]map[string][2]int) error {
	if err := os.WriteFile(filepath.Join(dir, "paper.pdf"), pdf, 0o600); err != nil {
		return err
	}
	for _, dpi := range dpis {
		if _, err := b.command(ctx, "pdftoppm", "-r", strconv.Itoa(dpi), "-gray", "-png", filepath.Join(dir, "paper.pdf"), filepath.Join(dir, "page")); err != nil {
			return fmt.Errorf("pdftoppm: %w", err)
		}
		pages, err := filepath.Glob(filepath.Join(dir, "page-*.png"))
		if err != nil {
			return err
		}
		for _, m := range blemishes {
			found := map[string][]string{}
			for _, page := range pages {
				file, err := blemished(page, m.do)
				if err != nil {
					return err
				}
				for _, r := range readers {
					texts, err := r.read(ctx, file)
					if err != nil {
						return fmt.Errorf("%s: %w", r.name, err)
					}
					found[r.name] = append(found[r.name], texts...)
				}
			}
			count(rate, fmt.Sprintf("%d dpi, %s", dpi, m.name), readers, found, codes)
		}
		for _, page := range pages {
			if err := os.Remove(page); err != nil {
				return err
			}
		}
	}
	return nil
}

func count(rate map[string]map[string][2]int, where string, readers []reader, found map[string][]string, codes []string) {
	for _, r := range readers {
		if rate[r.name] == nil {
			rate[r.name] = map[string][2]int{}
		}
		n := rate[r.name][where]
		for _, c := range codes {
			if n[1]++; slices.Contains(found[r.name], c) {
				n[0]++
			}
		}
		rate[r.name][where] = n
	}
}

// rates tells what one reader found. Only as rendered, upright, must every
// code be read: the rest is recorded.
func rates(name string, all map[string][2]int, papers int) Figure {
	f := Figure{Name: "codes read by " + name, State: Met}
	total := [2]int{}
	for _, dpi := range dpis {
		line := ""
		for _, m := range blemishes {
			n := all[fmt.Sprintf("%d dpi, %s", dpi, m.name)]
			total[0], total[1] = total[0]+n[0], total[1]+n[1]
			line += fmt.Sprintf("%s %d/%d  ", m.name, n[0], n[1])
			if m.name == blemishes[0].name && n[0] != n[1] {
				f.State = Missed
			}
		}
		f.Detail = append(f.Detail, fmt.Sprintf("%d dpi: %s", dpi, strings.TrimSpace(line)))
	}
	f.Told = fmt.Sprintf("%d of %d on %d papers; as rendered all must be", total[0], total[1], papers)
	return f
}

func (b *bench) readers() (all []reader, missing []string) {
	if _, err := exec.LookPath("pdftoppm"); err != nil {
		return nil, []string{"pdftoppm is not installed: make testdeps"}
	}
	if _, err := exec.LookPath("zbarimg"); err == nil {
		all = append(all, reader{"zbarimg", b.zbar})
	} else {
		missing = append(missing, "zbarimg is not installed: make testdeps")
	}
	if _, err := os.Stat(filepath.Join(b.Root, "testkit/zxing/node_modules/zxing-wasm")); err == nil {
		all = append(all, reader{"zxing-wasm", b.zxing})
	} else {
		missing = append(missing, "zxing-wasm is not installed: make zxing")
	}
	return all, missing
}

// zbar asks zbarimg, which ends with 4 when it finds nothing.
func (b *bench) zbar(ctx context.Context, file string) ([]string, error) {
	out, err := exec.CommandContext(ctx, "zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", file).Output()
	if e, ok := err.(*exec.ExitError); ok && e.ExitCode() == 4 {
		return nil, nil
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n"), err
}

// zxing asks zxing-wasm in a node process.
func (b *bench) zxing(ctx context.Context, file string) ([]string, error) {
	out, err := exec.CommandContext(ctx, "node", filepath.Join(b.Root, "testkit/zxing/read.mjs"), file).Output()
	if len(out) == 0 {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n"), err
}

// blemished writes a page as something made it, beside the page.
func blemished(page string, do func(*image.Gray) *image.Gray) (string, error) {
	b, err := os.ReadFile(page)
	if err != nil {
		return "", err
	}
	p, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return "", err
	}
	grey, ok := p.(*image.Gray)
	if !ok {
		grey = image.NewGray(p.Bounds())
		for y := range p.Bounds().Dy() {
			for x := range p.Bounds().Dx() {
				grey.Set(x, y, p.At(x, y))
			}
		}
	}
	var out bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := e.Encode(&out, do(grey)); err != nil {
		return "", err
	}
	file := strings.Replace(page, "page-", "seen-", 1)
	return file, os.WriteFile(file, out.Bytes(), 0o600)
}

// rotate turns a page about its middle, on white.
func rotate(p *image.Gray, degrees float64) *image.Gray {
	w, h := p.Bounds().Dx(), p.Bounds().Dy()
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	nw, nh := int(math.Abs(float64(w)*cos)+math.Abs(float64(h)*sin)+2), int(math.Abs(float64(w)*sin)+math.Abs(float64(h)*cos)+2)
	out := image.NewGray(image.Rect(0, 0, nw, nh))
	for y := range nh {
		for x := range nw {
			dx, dy := float64(x)-float64(nw)/2, float64(y)-float64(nh)/2
			sx, sy := int(dx*cos+dy*sin+float64(w)/2), int(-dx*sin+dy*cos+float64(h)/2)
			c := color.Gray{Y: 255}
			if sx >= 0 && sx < w && sy >= 0 && sy < h {
				c = p.GrayAt(sx, sy)
			}
			out.SetGray(x, y, c)
		}
	}
	return out
}

// blur averages 3 by 3 pixels.
func blur(p *image.Gray) *image.Gray {
	w, h := p.Bounds().Dx(), p.Bounds().Dy()
	out := image.NewGray(p.Bounds())
	copy(out.Pix, p.Pix)
	for y := 1; y < h-1; y++ {
		for x := 1; x < w-1; x++ {
			sum := 0
			for _, dy := range []int{-1, 0, 1} {
				row := p.Pix[(y+dy)*p.Stride+x-1:]
				sum += int(row[0]) + int(row[1]) + int(row[2])
			}
			out.Pix[y*out.Stride+x] = byte(sum / 9)
		}
	}
	return out
}

// noise adds up to a quarter of the range to each pixel, and speckles one of
// 200. It is the same at each run.
func noise(p *image.Gray) *image.Gray {
	g := rand.New(rand.NewPCG(1, 2))
	out := image.NewGray(p.Bounds())
	for i, v := range p.Pix {
		n := int(v) + g.IntN(128) - 64
		if g.IntN(200) == 0 {
			n = 255 - int(v)
		}
		out.Pix[i] = byte(min(max(n, 0), 255))
	}
	return out
}
