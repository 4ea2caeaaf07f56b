package scan

import (
	"math"

	"github.com/makiuchi-d/gozxing"
)

// DefaultMaxTries bounds how many triples of finders are sampled in one image.
const DefaultMaxTries = 200

// symbol is where a QR code lies: the pixel of its top left corner, one
// module's step along its rows and down its columns, and its modules a side.
type symbol struct {
	x, y   float64
	ax, ay float64
	dx, dy float64
	size   int
}

// point gives the pixel in the middle of a module.
func (s symbol) point(column, row int) (x, y float64) {
	c, r := float64(column)+0.5, float64(row)+0.5
	return s.x + c*s.ax + r*s.dx, s.y + c*s.ay + r*s.dy
}

// box gives the upright rectangle about the symbol.
func (s symbol) box() (left, top, right, bottom float64) {
	n := float64(s.size)
	left, right = s.x+min(0, n*s.ax)+min(0, n*s.dx), s.x+max(0, n*s.ax)+max(0, n*s.dx)
	top, bottom = s.y+min(0, n*s.ay)+min(0, n*s.dy), s.y+max(0, n*s.ay)+max(0, n*s.dy)
	return left, top, right, bottom
}

// holds reports whether a pixel lies in the symbol's box.
func (s symbol) holds(x, y float64) bool {
	left, top, right, bottom := s.box()
	return x > left && x < right && y > top && y < bottom
}

// symbols finds every triple of finders that timing patterns connect. No
// finder serves two symbols.
func (h *hunt) symbols(found []finder) []symbol {
	var out []symbol
	tries := 0
	taken := func(f finder) bool {
		for _, s := range out {
			if s.holds(f.x, f.y) {
				return true
			}
		}
		return false
	}
	for _, corner := range found {
		for _, right := range found {
			if tries >= DefaultMaxTries || !h.spend(1+len(out)) {
				return out
			}
			if taken(corner) {
				break
			}
			if !alike(corner, right) || taken(right) {
				continue
			}
			if !h.spend(len(found)) {
				return out
			}
			for _, below := range found {
				if !square(corner, right, below) || taken(below) {
					continue
				}
				tries++
				if s, ok := h.place(corner, right, below); ok {
					out = append(out, s)
					break
				}
			}
		}
	}
	return out
}

// alike reports whether two finders may belong to one symbol: modules of one
// size, and far enough apart for the smallest version.
func alike(a, b finder) bool {
	ratio := a.module() / b.module()
	if ratio > 1.25 || ratio < 0.8 {
		return false
	}
	return math.Hypot(a.x-b.x, a.y-b.y) > 12*a.module()
}

// square reports whether the three stand as corner, the one along the first
// row, the one down the first column: a right angle, equal sides, clockwise.
func square(corner, right, below finder) bool {
	ax, ay := right.x-corner.x, right.y-corner.y
	dx, dy := below.x-corner.x, below.y-corner.y
	along, down := math.Hypot(ax, ay), math.Hypot(dx, dy)
	return alike(corner, below) &&
		math.Abs(along-down) < 0.04*along && // both ways the same number of modules
		math.Abs(ax*dx+ay*dy) < 0.04*along*down && // about 2 degrees off a right angle
		ax*dy-ay*dx > 0
}

// place finds how many modules a side lie between the three finders: the
// number for which both timing patterns alternate.
func (h *hunt) place(corner, right, below finder) (symbol, bool) {
	along := math.Hypot(right.x-corner.x, right.y-corner.y)
	module := (corner.module() + right.module() + below.module()) / 3
	guess := int(math.Round((along/module + 7 - 17) / 4))
	best, match := symbol{}, 0.9 // a wrong number matches by half
	for version := max(1, guess-3); version <= min(40, guess+3); version++ {
		s := between(corner, right, below, 17+4*version)
		if m := h.timing(s); m > match {
			best, match = s, m
		}
	}
	return best, best.size != 0
}

// between spans the symbol's grid: finder centres stand 3.5 modules from the
// edges.
func between(corner, right, below finder, size int) symbol {
	n := float64(size - 7)
	s := symbol{
		ax: (right.x - corner.x) / n, ay: (right.y - corner.y) / n,
		dx: (below.x - corner.x) / n, dy: (below.y - corner.y) / n,
		size: size,
	}
	s.x = corner.x - 3.5*(s.ax+s.dx)
	s.y = corner.y - 3.5*(s.ay+s.dy)
	return s
}

// timing gives which part of the modules of both timing patterns (row and
// column 6, between the finders) is as it must be: even ones dark.
func (h *hunt) timing(s symbol) float64 {
	right, all := 0, 0
	for i := 8; i < s.size-8; i++ {
		for _, dark := range [2]bool{h.module(s, i, 6), h.module(s, 6, i)} {
			all++
			if dark == (i%2 == 0) {
				right++
			}
		}
	}
	return float64(right) / float64(max(all, 1))
}

// module samples a module: the mean shade of its middle. Outside the image all
// is light.
func (h *hunt) module(s symbol, column, row int) bool {
	x, y := s.point(column, row)
	sum := h.shade(x, y) * 2
	const q = 0.2 // of a module, from the middle
	for _, o := range [4][2]float64{{-q, -q}, {q, -q}, {-q, q}, {q, q}} {
		sum += h.shade(x+o[0]*s.ax+o[1]*s.dx, y+o[0]*s.ay+o[1]*s.dy)
	}
	return sum < 6*int(h.threshold)
}

func (h *hunt) shade(x, y float64) int {
	if px, py := int(x), int(y); x >= 0 && y >= 0 && h.inside(px, py) {
		return int(h.at(px, py))
	}
	return 255
}

// bits samples the whole symbol.
func (h *hunt) bits(s symbol) (*gozxing.BitMatrix, error) {
	m, err := gozxing.NewSquareBitMatrix(s.size)
	if err != nil {
		return nil, err
	}
	for row := range s.size {
		for column := range s.size {
			if h.module(s, column, row) {
				m.Set(column, row)
			}
		}
	}
	return m, nil
}
