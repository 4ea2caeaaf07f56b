package scan

import (
	"slices"
	"unicode/utf8"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
)

// midGrey parts ink from paper on a rendering and a good scan, and leaves
// light grey marks in the background light.
const midGrey = 128

// paleGrey is the lightest ink in which a phone's camera still reads a code;
// specimen marks are lighter.
const paleGrey = 200

// search reads every code of an image. Where nothing is found at midGrey, the
// image's own middle between dark and light is tried. A further code in paler
// ink counts as Unread: it is there for another reader's eyes. An image that
// takes more than DefaultMaxWork is ErrCrowded.
func search(r *raster) (Page, error) {
	p, err := searchAt(r, midGrey)
	if err != nil {
		return Page{}, err
	}
	second := byte(paleGrey)
	if len(p.Codes) == 0 {
		second = otsu(r)
	}
	q, err := searchAt(r, second)
	switch {
	case err != nil:
		return Page{}, err
	case len(p.Codes) == 0 && len(q.Codes) > 0:
		return q, nil
	case len(p.Codes) > 0:
		for _, c := range q.Codes {
			if !slices.Contains(p.Codes, c) {
				p.Unread++
			}
		}
	}
	return p, nil
}

func searchAt(r *raster, threshold byte) (Page, error) {
	h := &hunt{raster: r, threshold: threshold}
	p := Page{Width: r.w, Height: r.h}
	type read struct {
		symbol
		text string
	}
	var codes []read
	placed := h.symbols(h.finders())
	if h.work > DefaultMaxWork {
		return Page{}, ErrCrowded
	}
	for _, s := range placed {
		if text, ok := h.decode(s); ok {
			codes = append(codes, read{s, text})
		} else {
			p.Unread++
		}
	}
	slices.SortFunc(codes, func(a, b read) int { return order(a.symbol, b.symbol) })
	for _, c := range codes {
		p.Codes, p.symbols = append(p.Codes, c.text), append(p.symbols, c.symbol)
	}
	return p, nil
}

// boxes gives where the codes lie on a page of that height in points.
func (p Page) boxes(height float64) []box {
	var all []box
	for _, s := range p.symbols {
		left, top, right, bottom := s.box()
		all = append(all, box{left / pixel, height - bottom/pixel, right / pixel, height - top/pixel})
	}
	return all
}

// order sorts by lines, then from the left.
func order(a, b symbol) int {
	aLeft, aTop, _, aBottom := a.box()
	bLeft, bTop, _, bBottom := b.box()
	shared := min(aBottom, bBottom) - max(aTop, bTop)
	if shared > min(aBottom-aTop, bBottom-bTop)/2 {
		return sign(aLeft - bLeft)
	}
	return sign(aTop - bTop)
}

func sign(f float64) int {
	switch {
	case f < 0:
		return -1
	case f > 0:
		return 1
	}
	return 0
}

// decode reads a sampled symbol. Its bytes must be UTF-8, which all formats
// here are; the decoder would otherwise guess a character set.
func (h *hunt) decode(s symbol) (text string, ok bool) {
	defer func() {
		if recover() != nil { // a decoder of others, on input of anybody
			text, ok = "", false
		}
	}()
	bits, err := h.bits(s)
	if err != nil {
		return "", false
	}
	r, err := decoder.NewDecoder().Decode(bits, map[gozxing.DecodeHintType]any{
		gozxing.DecodeHintType_CHARACTER_SET: "UTF-8",
	})
	if err != nil {
		return "", false
	}
	for _, b := range r.GetByteSegments() {
		if !utf8.Valid(b) {
			return "", false
		}
	}
	return r.GetText(), true
}

// otsu gives the shade that parts the image's shades into two groups with the
// greatest distance (N. Otsu, 1979).
func otsu(r *raster) byte {
	var count [256]int
	for _, p := range r.pix {
		count[p]++
	}
	var total, sum float64 = float64(len(r.pix)), 0
	for shade, n := range count {
		sum += float64(shade) * float64(n)
	}
	best, at := 0.0, byte(midGrey)
	var below, belowSum float64
	for shade, n := range count[:255] {
		below += float64(n)
		belowSum += float64(shade) * float64(n)
		if below == 0 || below == total {
			continue
		}
		d := belowSum/below - (sum-belowSum)/(total-below)
		if v := below * (total - below) * d * d; v > best {
			best, at = v, byte(shade+1)
		}
	}
	return at
}
