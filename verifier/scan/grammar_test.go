package scan

import "testing"

var (
	black    = ink{}
	blankInk = ink{255, 255, 255}
	tint     = ink{0xEF, 0xF4, 0xFA}
)

func word(x, y, w, h float64, k ink) object {
	return object{box: box{x, y, x + w, y + h}, text: true, ink: k, size: 10}
}

func bar(x, y, w, h float64, k ink) object {
	return object{box: box{x, y, x + w, y + h}, ink: k, segments: 5, cornered: true}
}

// TestGrammar takes one page that is whole and bends one thing of it at a time.
func TestGrammar(t *testing.T) {
	code := box{100, 100, 200, 200}
	mark := object{box: box{100, 400, 400, 600}, ink: tint, segments: 250}
	whole := func() []object {
		return []object{
			bar(40, 630, 510, 26, tint), mark, mark, bar(40, 800, 510, 3, black), bar(390, 750, 160, 34, black),
			word(395, 760, 100, 10, blankInk), word(50, 635, 100, 10, black),
			bar(90, 90, 120, 120, blankInk), {box: code, ink: black, segments: 4000}, word(50, 500, 300, 20, black), word(0, 0, 0, 0, blankInk),
		}
	}
	judge := func(all []object) int {
		g := &grammar{page: box{0, 0, 595, 842}, codes: []box{code}}
		return g.foreign(all)
	}
	if n := judge(whole()); n != 0 {
		t.Fatalf("a whole page has %d foreign objects", n)
	}
	small, big, wavy, lines, striped := word(50, 300, 9, 9, black), word(50, 300, 9, 9, black), bar(50, 300, 200, 9, black), mark, bar(390, 700, 160, 20, black)
	small.size, big.size, wavy.cornered, lines.outline, striped.outline = 3.9, 41, false, true, true
	for name, more := range map[string][]object{
		"text too small":           {small},
		"text too large":           {big},
		"text outside the page":    {word(590, 300, 20, 10, black)},
		"text over text":           {word(60, 505, 20, 10, black)},
		"text over a code":         {word(150, 150, 20, 10, black)},
		"grey text":                {word(50, 300, 20, 10, ink{170, 170, 170})},
		"white text on paper":      {word(50, 300, 20, 10, blankInk)},
		"white text in an outline": {striped, word(400, 705, 20, 10, blankInk)},
		"white text beside a bar":  {word(380, 770, 30, 10, blankInk)},
		"dark text on a bar":       {word(500, 760, 30, 10, black)},
		"a bar over text":          {bar(40, 505, 510, 3, tint)},
		"a bar as a stroke":        {bar(50, 300, 60, 3, black)},
		"a bar as a block":         {bar(50, 300, 200, 40, black)},
		"a tint as a block":        {bar(50, 220, 200, 70, tint)},
		"a bar of another form":    {wavy},
		"a third pale shape":       {mark},
		"a drawn pale shape":       {lines},
		"a shape in colour":        {{box: box{300, 300, 310, 310}, ink: ink{255, 255, 0}, segments: 5}},
		"something beside a code":  {{box: box{190, 190, 220, 220}, ink: black, segments: 5}},
		"white paper too large":    {bar(60, 60, 200, 200, blankInk)},
	} {
		if n := judge(append(whole(), more...)); n != 1 {
			t.Errorf("%s: %d foreign objects, want 1", name, n)
		}
	}
}

// FuzzGrammar: no page makes the judge fail, and a page with an object that is
// foreign by itself has one.
func FuzzGrammar(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8})
	f.Fuzz(func(t *testing.T, b []byte) {
		var all []object
		for ; len(b) >= 8; b = b[8:] {
			x, y := float64(b[0])*3, float64(b[1])*4
			all = append(all, object{
				box: box{x, y, x + float64(b[2]), y + float64(int8(b[3]))}, text: b[4]&1 > 0, outline: b[4]&2 > 0, cornered: b[4]&4 > 0,
				ink: ink{b[5], b[5], b[5]}, size: float64(b[6]), segments: int(b[7]),
			})
		}
		g := &grammar{page: box{0, 0, 595, 842}, codes: []box{{100, 100, 200, 200}}}
		n := g.foreign(append(all, bar(50, 300, 9, 99, black)))
		if n < 1 || n > len(all)+1 {
			t.Errorf("%d of %d objects are foreign", n, len(all)+1)
		}
		g.stains(&raster{10, 10, make([]byte, 100)})
	})
}
