package scan

import (
	"math"
	"slices"
)

// A QR code bears in three corners a square whose section through the middle
// is dark, light, dark, light, dark in 1:1:3:1:1 modules (ISO/IEC 18004).
// hunt looks for that section along rows and measures each find both ways.

// DefaultMaxFinders bounds the candidates of one image: a page has a few
// codes with three finders each, and chance finds among their modules.
const DefaultMaxFinders = 300

// DefaultMaxWork bounds the search of one image for codes at one threshold, in
// finds that are measured and candidates that are compared. A sheet takes
// 2,000, the worst good picture of the tests 3,200; one full of what looks like
// finders would take some hundred million, and many seconds. 150 finders of one
// size stay below it.
const DefaultMaxWork = 4_000_000

// minModule is the smallest module in pixels that is looked for. Below that a
// module's middle is no longer surely its own.
const minModule = 2.2

// finder is the centre of a candidate, in pixels (a pixel's middle is at .5),
// with the sides of a module across and down.
type finder struct {
	x, y   float64
	mx, my float64
	hits   int // rows that found it
}

func (f finder) module() float64 { return (f.mx + f.my) / 2 }

type hunt struct {
	*raster
	threshold byte // darker is dark
	found     []finder
	work      int // done so far, held against DefaultMaxWork
}

// spend counts work and reports whether it may be done.
func (h *hunt) spend(n int) bool {
	h.work += n
	return h.work <= DefaultMaxWork
}

func (h *hunt) dark(x, y int) bool { return h.at(x, y) < h.threshold }

// finders lists the candidates, the most often found first.
func (h *hunt) finders() []finder {
	for y := 0; y < h.h && h.work <= DefaultMaxWork; y += 2 { // a finder's middle is 3 modules high
		h.row(y)
	}
	slices.SortStableFunc(h.found, func(a, b finder) int { return b.hits - a.hits })
	return h.found[:min(len(h.found), DefaultMaxFinders)]
}

// row looks for sections along one row.
func (h *hunt) row(y int) {
	row := h.pix[y*h.w : (y+1)*h.w]
	var runs [5]int // the last five runs
	dark, start := false, 0
	for x, shade := range row {
		if (shade < h.threshold) == dark {
			continue
		}
		h.run(&runs, x-start, dark, x, y)
		dark, start = !dark, x
	}
	h.run(&runs, h.w-start, dark, h.w, y)
}

// run takes one more run, which ends before x.
func (h *hunt) run(runs *[5]int, n int, dark bool, x, y int) {
	copy(runs[:], runs[1:])
	runs[4] = n
	if !dark {
		return
	}
	if m, ok := ratio(runs); ok && h.spend(1) {
		h.check(x-runs[4]-runs[3]-(runs[2]+1)/2, y, m)
	}
}

// ratio reports whether five runs are 1:1:3:1:1, and the module. Edges may be
// off by half a module: ink spreads, and pixels do not split.
func ratio(runs *[5]int) (module float64, ok bool) {
	total := 0
	for _, n := range runs {
		total += n
	}
	m := float64(total) / 7
	if m < minModule {
		return 0, false
	}
	for i, n := range runs {
		want := m
		if i == 2 {
			want = 3 * m
		}
		if math.Abs(float64(n)-want) > want/2 {
			return 0, false
		}
	}
	return m, true
}

// check measures a find down through (x, y) and across at the middle of that,
// and keeps it if it is a finder both ways and in its corners.
func (h *hunt) check(x, y int, module float64) {
	cy, my, ok := h.section(x, y, 0, 1, module)
	if !ok {
		return
	}
	cx, mx, ok := h.section(x, int(cy), 1, 0, module)
	if !ok || mx > 1.3*my || my > 1.3*mx {
		return
	}
	f := finder{cx, cy, mx, my, 1}
	if h.ringed(f) {
		h.keep(f)
	}
}

// section measures the section through (x, y), which must be in the middle,
// in the direction (dx, dy), one of them 1 and the other 0. It gives the
// centre's coordinate in that direction and the module.
func (h *hunt) section(x, y, dx, dy int, module float64) (centre, m float64, ok bool) {
	if !h.inside(x, y) || !h.dark(x, y) {
		return 0, 0, false
	}
	limit := int(5*module) + 2
	var before, after [3]int // runs from the middle outwards
	if !h.walk(x, y, -dx, -dy, limit, &before) || !h.walk(x+dx, y+dy, dx, dy, limit, &after) {
		return 0, 0, false
	}
	runs := [5]int{before[2], before[1], before[0] + after[0], after[1], after[2]}
	if m, ok = ratio(&runs); !ok || m > 1.5*module || module > 1.5*m {
		return 0, 0, false
	}
	edge := func(from, to int) float64 { return h.edge(x+from*dx, y+from*dy, x+to*dx, y+to*dy) }
	low, high := -before[0]+1, after[0] // first and last of the middle, from (x, y)
	inner := edge(low, low-1) + edge(high, high+1)
	low, high = low-before[1]-before[2], high+after[1]+after[2]
	outerLow, outerHigh := edge(low, low-1), edge(high, high+1)
	return (inner + outerLow + outerHigh) / 4, (outerHigh - outerLow) / 7, true
}

// walk counts the runs dark, light, dark from (x, y) on.
func (h *hunt) walk(x, y, dx, dy, limit int, runs *[3]int) bool {
	for i := range runs {
		for h.inside(x, y) && h.dark(x, y) == (i != 1) {
			if runs[i]++; runs[i] > limit {
				return false
			}
			x, y = x+dx, y+dy
		}
		if runs[i] == 0 && i > 0 {
			return false
		}
	}
	return true
}

// edge gives where between two neighbours, the first dark and the second
// light, the threshold is crossed, as the coordinate in which they differ. The
// image's border is an edge of its own.
func (h *hunt) edge(x, y, nx, ny int) float64 {
	from, step := float64(x)+0.5, float64(nx-x)
	if ny != y {
		from, step = float64(y)+0.5, float64(ny-y)
	}
	if !h.inside(nx, ny) {
		return from + step/2
	}
	a, b := float64(h.at(x, y)), float64(h.at(nx, ny))
	return from + step*(float64(h.threshold)-a)/(b-a)
}

// ringed looks at the corners of the three squares, which no section along or
// across sees: dark in the middle one, light in the ring, dark in the outer.
func (h *hunt) ringed(f finder) bool {
	for _, c := range [3]struct {
		modules float64
		dark    bool
	}{{0.8, true}, {2, false}, {3, true}} {
		for _, s := range [4][2]float64{{-1, -1}, {1, -1}, {-1, 1}, {1, 1}} {
			x, y := int(f.x+s[0]*c.modules*f.mx), int(f.y+s[1]*c.modules*f.my)
			if !h.inside(x, y) || h.dark(x, y) != c.dark {
				return false
			}
		}
	}
	return true
}

// keep merges a find with an earlier one of the same place, or appends it.
func (h *hunt) keep(f finder) {
	if !h.spend(len(h.found)) {
		return
	}
	for i := range h.found {
		g := &h.found[i]
		if math.Abs(g.x-f.x) < f.mx && math.Abs(g.y-f.y) < f.my {
			n := float64(g.hits)
			mean := func(a, b float64) float64 { return (a*n + b) / (n + 1) }
			*g = finder{mean(g.x, f.x), mean(g.y, f.y), mean(g.mx, f.mx), mean(g.my, f.my), g.hits + 1}
			return
		}
	}
	if len(h.found) < 4*DefaultMaxFinders {
		h.found = append(h.found, f)
	}
}
