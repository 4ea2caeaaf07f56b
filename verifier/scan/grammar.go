package scan

import "slices"

// A certificate's page is a closed set of marks in painting order, and what is
// not in it is foreign:
//
//   - text: filled, upright, of a readable size, with its font in the file,
//     inside the page; dark on light paper or light on a dark bar that was
//     painted before; over no other text, no code, and under nothing;
//   - codes that were read from the pixels, each on its own white ground;
//   - bars: rules and boxes with corners at their corners, wider than any
//     stroke of a letter and lower than any code;
//   - at most two pale shapes, the specimen's mark, too pale for a code.
//
// Nothing is clipped, transparent, marked as optional or an annotation, and
// outside these marks' boxes no pixel of the page is dark. So nothing covers
// text, nothing but text is read as text, and a code that another reader might
// find (askew, mirrored, inverted, small, coloured) has no place to stand.
//
// What a glyph looks like is not looked at: a font may draw B for A.

// Bounds of the grammar, in points unless said otherwise.
const (
	leastText, mostText = 4.0, 40.0      // size of a text: the sheet has 4.5 to 25
	leastBar            = 80.0           // width of a bar: the sheet's narrowest has 159
	mostBar             = 36.0           // height of a bar: the highest has 34
	mostTint            = 60.0           // height of a pale one: the highest has 48
	cornerSize          = 4.0            // rounding of a bar's corners
	mostCorners         = 20             // segments of a bar: a rounded outline has 17
	mostShapes          = 2              // pale shapes: two words
	mostShape           = 260            // segments of each: SPECIMEN has 253
	groundSize          = 24.0           // quiet zone of the largest module, and some
	a4Width, a4Height   = 595.28, 841.89 // and 3 points each way
	slack               = 1.0            // by which boxes may touch
)

// Shades, from 0 black to 255 white.
const (
	darkInk  = 140 // dark text is no lighter, the sheet's grey is 95
	lightInk = 200 // light text is no darker
	paleEach = 228 // least of each colour of a pale shape: below the contrast that phones' readers ask for
)

// box is a rectangle of a page in points, y up.
type box struct{ left, bottom, right, top float64 }

func (b box) grown(d float64) box { return box{b.left - d, b.bottom - d, b.right + d, b.top + d} }

func (b box) width() float64  { return b.right - b.left }
func (b box) height() float64 { return b.top - b.bottom }

// empty is the box of a text that is only space.
func (b box) empty() bool { return b.width() <= 0 || b.height() <= 0 }

func (b box) holds(o box) bool {
	return o.left >= b.left && o.right <= b.right && o.bottom >= b.bottom && o.top <= b.top
}

// meets reports whether two boxes share more than an edge.
func (b box) meets(o box) bool {
	return min(b.right, o.right)-max(b.left, o.left) > slack && min(b.top, o.top)-max(b.bottom, o.bottom) > slack
}

// ink is an opaque colour.
type ink struct{ r, g, b byte }

func (i ink) shade() byte {
	return mix(uint32(i.r)*0x101, uint32(i.g)*0x101, uint32(i.b)*0x101, 0xFFFF)
}

func (i ink) pale() bool { return min(i.r, i.g, i.b) >= paleEach }

// object is one mark of a page.
type object struct {
	box
	text     bool
	ink      ink
	outline  bool    // a path that is stroked, not filled
	size     float64 // of text
	segments int     // of a path
	cornered bool    // each of a path's points is near a corner of its box
}

// grammar judges a page's objects in painting order.
type grammar struct {
	page   box
	codes  []box
	texts  []box
	dark   []box // filled bars
	light  []object
	known  []box // everything that may be dark
	shapes int
}

// foreign counts the objects that no certificate has.
func (g *grammar) foreign(objects []object) int {
	n := 0
	for _, o := range objects {
		ok := false
		switch {
		case o.text:
			ok = g.takesText(o)
		default:
			ok = g.takesPath(o)
		}
		if !ok {
			n++
		}
	}
	return n
}

func (g *grammar) takesText(o object) bool {
	if o.empty() {
		return true
	}
	under := func(b box) bool { return b.meets(o.box) }
	if !g.page.holds(o.box) || o.size < leastText || o.size > mostText ||
		slices.ContainsFunc(g.texts, under) || slices.ContainsFunc(g.codes, under) {
		return false
	}
	g.texts, g.known = append(g.texts, o.box), append(g.known, o.box)
	switch shade := o.ink.shade(); {
	case shade <= darkInk:
		return !slices.ContainsFunc(g.dark, under)
	case shade >= lightInk:
		g.light = append(g.light, o)
		return slices.ContainsFunc(g.dark, func(b box) bool { return b.holds(o.box) })
	}
	return false
}

func (g *grammar) takesPath(o object) bool {
	if slices.ContainsFunc(g.texts, func(b box) bool { return b.meets(o.box) }) {
		return false
	}
	if g.inCode(o.box) {
		return true
	}
	for _, c := range g.codes {
		if o.ground() && o.holds(c.grown(-slack)) && c.grown(groundSize).holds(o.box) {
			return true
		}
	}
	if slices.ContainsFunc(g.codes, func(c box) bool { return c.grown(-slack).meets(o.box) }) {
		return o.ink.pale() && !o.outline && g.shape(o) // below the code's ground
	}
	return g.bar(o) || g.shape(o)
}

// inCode reports whether a box is part of a code that was read.
func (g *grammar) inCode(b box) bool {
	return slices.ContainsFunc(g.codes, func(c box) bool { return c.grown(slack).holds(b) })
}

// ground is the white paper under a code.
func (o object) ground() bool {
	return !o.outline && o.cornered && o.ink == ink{255, 255, 255}
}

func (g *grammar) bar(o object) bool {
	high := mostBar
	if o.ink.pale() {
		high = mostTint
	}
	if !o.cornered || o.width() < leastBar || o.height() > high {
		return false
	}
	if !o.ink.pale() {
		g.known = append(g.known, o.box)
	}
	if !o.outline && o.ink.shade() <= darkInk {
		g.dark = append(g.dark, o.box.grown(-slack))
	}
	return true
}

func (g *grammar) shape(o object) bool {
	if o.outline || !o.ink.pale() || o.segments > mostShape {
		return false
	}
	g.shapes++
	return g.shapes <= mostShapes
}

// stains counts what the pixels show and the objects do not say: light text
// that is not light all along, and, at most once, dark pixels outside the known
// marks. It blanks these on the raster.
func (g *grammar) stains(r *raster) int {
	n := 0
	for _, o := range g.light {
		if !g.shines(r, o) {
			n++
		}
	}
	for _, b := range g.known {
		r.blank(g.pixels(b.grown(smoothing)))
	}
	for _, b := range g.codes {
		r.blank(g.pixels(b.grown(slack)))
	}
	if slices.ContainsFunc(r.pix, func(p byte) bool { return p < paleGrey }) {
		n++
	}
	return n
}

// pixel is one point in pixels; smoothing darkens some beside a mark.
const (
	pixel     = DPI / 72.0
	smoothing = 2 / pixel
)

// pixels gives the half-open rectangle of pixels that a box touches.
func (g *grammar) pixels(b box) (x0, y0, x1, y1 int) {
	return int(b.left * pixel), int((g.page.top - b.top) * pixel), int(b.right*pixel) + 1, int((g.page.top-b.bottom)*pixel) + 1
}

// shines reports whether no stretch of a light text as wide as a letter lacks
// light pixels.
func (g *grammar) shines(r *raster, o object) bool {
	x0, y0, x1, y1 := g.pixels(o.box)
	gap := 0
	for x := max(x0, 0); x < min(x1, r.w); x++ {
		gap++
		for y := max(y0, 0); y < min(y1, r.h); y++ {
			if r.at(x, y) >= lightInk {
				gap = 0
				break
			}
		}
		if float64(gap) > o.size*pixel {
			return false
		}
	}
	return true
}

// blank makes a rectangle white.
func (r *raster) blank(x0, y0, x1, y1 int) {
	x0, x1 = max(x0, 0), min(x1, r.w)
	for y := max(y0, 0); y < min(y1, r.h) && x0 < x1; y++ {
		row := r.pix[y*r.w+x0 : y*r.w+x1]
		for i := range row {
			row[i] = 255
		}
	}
}
