package sheet

import (
	"errors"

	qrcode "github.com/skip2/go-qrcode"
)

// quiet is the margin that a QR code needs on each side, in modules.
const quiet = 4

// maxDots bounds a module: beyond it a small code would only look coarse.
const maxDots = 8

// Errors of a code.
var (
	errCodeLong = errors.New("sheet: the text of a code is longer than a QR code holds at level L; issue with fewer doses")
	errCodeFit  = errors.New("sheet: a code does not fit its place at a size that scanners read; issue with fewer doses")
)

// symbol is a QR code on the 300-dpi grid: x, y and side in whole dots.
type symbol struct {
	x, y   int // of the first module, quiet zone outside
	module int // dots
	bits   [][]bool
}

// newSymbol encodes a text at level L in the fewest modules (SMART Health
// Cards asks for a byte and a numeric segment, which the encoder finds) and
// makes the modules as many whole dots as a box of so many dots holds; at
// least min.
func newSymbol(s string, side, min int) (symbol, error) {
	q, err := qrcode.New(s, qrcode.Low)
	if err != nil {
		return symbol{}, errCodeLong
	}
	q.DisableBorder = true
	bits := q.Bitmap()
	module := side / (len(bits) + 2*quiet)
	if module < min {
		return symbol{}, errCodeFit
	}
	if module > maxDots {
		module = maxDots
	}
	return symbol{module: module, bits: bits}, nil
}

// side is the symbol's width without quiet zone, in dots.
func (s symbol) side() int { return s.module * len(s.bits) }

// runs calls visit for each run of dark modules, in module units.
func (s symbol) runs(visit func(col, row, n int)) {
	for row, bits := range s.bits {
		for col := 0; col < len(bits); {
			n := 0
			for col+n < len(bits) && bits[col+n] {
				n++
			}
			if n > 0 {
				visit(col, row, n)
			}
			col += n + 1
		}
	}
}
