package sheet

import "akashi/printer/glyph"

// How a cell of two texts is fitted.
const (
	stackStep  = 0.04
	stackOne   = 0.70 // down to this a text shrinks to stay on one line
	stackLeast = 0.55 // down to this a wrapped one shrinks
	stackLines = 2
	stackLead  = 1.2 // baseline to baseline, in sizes
	stackGap   = 1.0 // points between the texts
)

// stack sets a text and below it its second form, as one block in the middle
// of a box. Each stays on one line if it can; a block that is too high shrinks
// as a whole.
func (f *form) stack(field string, b box, st [2]style, upper, lower []glyph.Glyph) {
	for k := 1.0; f.err == nil && k >= stackLeast; k -= stackStep {
		a, c := part(upper, b.w, st[0], k), part(lower, b.w, st[1], k)
		height := a.height() + c.height() + stackGap
		if a.lines == nil || c.lines == nil || height > b.h-1*mm {
			continue
		}
		y := b.y + (b.h-height)/2
		f.block(b, y, a)
		f.block(b, y+a.height()+stackGap, c)
		return
	}
	if f.err == nil {
		f.err = &TooLong{field}
	}
}

// lines is a text broken at a size.
type lines struct {
	style style
	lines [][]glyph.Glyph
}

func (l lines) height() float64 { return float64(len(l.lines)) * l.style.size * stackLead }

// part breaks a text at k times its size, or gives no lines.
func part(g []glyph.Glyph, w float64, st style, k float64) lines {
	one := st.size * w / extent(g, st)
	if one >= st.size*stackOne {
		st.size = floor2(min(one, st.size*k))
		return lines{st, [][]glyph.Glyph{g}}
	}
	st.size = floor2(st.size * k)
	broken := wrap(g, w, st)
	if len(broken) > stackLines {
		broken = nil
	}
	return lines{st, broken}
}

// block sets lines from an upper edge on.
func (f *form) block(b box, y float64, l lines) {
	for i, one := range l.lines {
		f.line(b, y+(float64(i)*stackLead+0.96)*l.style.size, l.style, alignLeft, one)
	}
}
