package sheet

import (
	"fmt"
	"strings"

	"akashi/printer/glyph"
)

// align places a text in its box.
type align uint8

const (
	alignLeft align = iota
	alignCentre
	alignRight
)

// TooLong says that a text does not fit its box even at the smallest size and
// wrapped. Field is a label of the form, never the text.
type TooLong struct{ Field string }

func (e *TooLong) Error() string {
	return fmt.Sprintf("sheet: %s does not fit its place on the paper; the municipality's counter can issue by hand", e.Field)
}

// leading is the distance of two baselines in sizes.
const leading = 1.22

// put sets a text of the form into a box, its first baseline so that the block
// stands in the box's middle. It shrinks to the style's smallest size, and then
// wraps into as many lines as the box holds.
func (c *canvas) put(field string, b box, st style, a align, s string) {
	g := c.lay(st.face, s)
	if c.err != nil || len(g) == 0 {
		return
	}
	lines, size, ok := fit(g, b, st)
	if !ok {
		c.err = &TooLong{field}
		return
	}
	st.size = size
	block := size * (capHeight + leading*float64(len(lines)-1))
	y := b.y + (b.h-block)/2 + size*capHeight
	for i, l := range lines {
		c.line(b, y+float64(i)*size*leading, st, a, l)
	}
}

// capHeight is the optical height of a line in sizes: kanji of these faces
// reach from -0.12 to 0.88, and sit best around 0.76 over the baseline.
const capHeight = 0.76

// line adds one line of glyphs on a baseline.
func (c *canvas) line(b box, y float64, st style, a align, g []glyph.Glyph) {
	x := b.x
	switch a {
	case alignCentre:
		x += (b.w - extent(g, st)) / 2
	case alignRight:
		x += b.w - extent(g, st)
	}
	c.add(text{x: x, y: y, within: b, style: st, glyphs: g})
}

// at sets one line at a baseline, shrinking it to the given width.
func (c *canvas) at(field string, x, y, w float64, st style, a align, s string) {
	g := c.lay(st.face, s)
	if c.err != nil || len(g) == 0 {
		return
	}
	size, ok := shrink(g, w, st)
	if !ok {
		c.err = &TooLong{field}
		return
	}
	st.size = size
	c.line(box{x, y - st.size, w, st.size * 1.3}, y, st, a, g)
}

// shrink gives the size at which glyphs fit a width on one line.
func shrink(g []glyph.Glyph, w float64, st style) (float64, bool) {
	full := extent(g, st)
	if full <= w {
		return st.size, true
	}
	size := floor2(st.size * w / full)
	return size, size >= smallest(st)
}

func smallest(st style) float64 {
	if st.min == 0 {
		return st.size
	}
	return st.min
}

// floor2 rounds down to the hundredth of a point that the PDF can say.
func floor2(v float64) float64 { return float64(int(v*100)) / 100 }

// fit chooses lines and size for a box.
func fit(g []glyph.Glyph, b box, st style) (lines [][]glyph.Glyph, size float64, ok bool) {
	if size, ok := shrink(g, b.w, st); ok && size*1.1 <= b.h {
		return [][]glyph.Glyph{g}, size, true
	}
	for size := st.size; size >= smallest(st)-1e-9; size -= 0.25 {
		st.size = floor2(size)
		lines := wrap(g, b.w, st)
		if lines != nil && st.size*(1+leading*float64(len(lines)-1)) <= b.h {
			return lines, st.size, true
		}
	}
	return nil, 0, false
}

// wrap breaks glyphs into lines of at most a width: after a space where one is
// near enough, else between any two glyphs, as Japanese is set. It gives nil
// when a single glyph is too wide.
func wrap(g []glyph.Glyph, w float64, st style) [][]glyph.Glyph {
	var lines [][]glyph.Glyph
	for len(g) > 0 {
		n := 0
		for n < len(g) && extent(g[:n+1], st) <= w+trailing(g[:n+1], st) {
			n++
		}
		if n == 0 {
			return nil
		}
		if n < len(g) {
			n = breakAt(g, n)
		}
		lines = append(lines, g[:n])
		g = g[n:]
	}
	return lines
}

// phrases breaks a text that is marked where a reader would pause (文節), so
// that no word is cut; a phrase that is too long by itself is cut as wrap does.
func (c *canvas) phrases(marked string, w float64, st style) [][]glyph.Glyph {
	var lines [][]glyph.Glyph
	held := ""
	for _, phrase := range strings.Split(marked, pause) {
		if held != "" && extent(c.lay(st.face, held+phrase), st) > w {
			lines = append(lines, wrap(c.lay(st.face, held), w, st)...)
			held = ""
		}
		held += phrase
	}
	return append(lines, wrap(c.lay(st.face, held), w, st)...)
}

// trailing is the white space that may hang over the end of a line.
func trailing(g []glyph.Glyph, st style) float64 {
	if last := g[len(g)-1]; last.Space {
		return float64(last.Advance) * st.size / 1000
	}
	return 0
}

// breakAt moves a break back behind the last space or dividing mark of the
// line's second half, or before a bracket that opens there, or else off a mark
// that may not begin a line (行頭禁則).
func breakAt(g []glyph.Glyph, n int) int {
	for i := n; i > n/2; i-- {
		if (g[i-1].Space || strings.Contains("・＝=/、。，）", g[i-1].Text)) && !hangs(g[i]) || strings.Contains("（(「『", g[i].Text) {
			return i
		}
	}
	for n > 1 && hangs(g[n]) {
		n--
	}
	return n
}

// hangs reports a mark that may not begin a line.
func hangs(g glyph.Glyph) bool {
	return strings.Contains("、。，．・）」』：；＝ー々)]:;,./=", g.Text)
}
