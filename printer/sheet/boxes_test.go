package sheet

import "fmt"

// strays tells of every text of an input that leaves its box, is set too small
// to read, or covers another or a code.
func strays(in Input) (wrong []string, err error) {
	c, err := compose(in)
	if err != nil {
		return nil, err
	}
	for n, p := range c.pages {
		var bands []box
		for _, m := range p.marks {
			switch x := m.(type) {
			case text:
				wrong = append(wrong, x.strays(n+1)...)
				bands = append(bands, box{x.x, x.y - 0.7*x.style.size, x.width(), 0.7 * x.style.size})
			case symbol:
				q := float64(quiet*x.module) * dot
				side := float64(x.side())*dot + 2*q
				bands = append(bands, box{float64(x.x)*dot - q, float64(x.y)*dot - q, side, side})
			}
		}
		for i, a := range bands {
			for _, b := range bands[:i] {
				if a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h {
					wrong = append(wrong, fmt.Sprintf("page %d: marks at %.0f,%.0f and %.0f,%.0f overlap", n+1, a.x, a.y, b.x, b.y))
				}
			}
		}
	}
	return wrong, nil
}

func (x text) width() float64 { return extent(x.glyphs, x.style) - trailing(x.glyphs, x.style) }

func (x text) strays(page int) (wrong []string) {
	const slack = 0.02
	end := x.x + x.width()
	if x.x < x.within.x-slack || end > x.within.x+x.within.w+slack ||
		x.y-0.5*x.style.size < x.within.y-slack || x.y > x.within.y+x.within.h+slack {
		wrong = append(wrong, fmt.Sprintf("page %d: a text at %.1f,%.1f leaves its box %v (ends %.1f)", page, x.x, x.y, x.within, end))
	}
	if x.style.size < 3.9 {
		wrong = append(wrong, fmt.Sprintf("page %d: a text is set in %.2f points", page, x.style.size))
	}
	return wrong
}
