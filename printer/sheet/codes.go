package sheet

import "akashi/printer/glyph"

// Room for the codes, quiet zones included, in dots: a SMART Health Card of
// version 22 with modules of 6 dots (57.4 mm) and a VDS-NC of version 37 with
// modules of 5 (73.2 mm). Smaller codes get bigger modules.
const (
	sideSHC    = (105 + 2*quiet) * 6
	sideVDSNC  = (165 + 2*quiet) * 5
	leastSHC   = 6
	leastVDSNC = 4 // up to version 40, in the same room
	// captionRoom is the height of the two lines over a code.
	captionRoom = 9.2 * mm
)

// room gives a format's room and its smallest module, in dots.
func room(label string) (side, least int) {
	if label == LabelVDSNC {
		return sideVDSNC, leastVDSNC
	}
	return sideSHC, leastSHC
}

func symbolFor(c Code) (symbol, error) {
	side, least := room(c.Label)
	return newSymbol(c.Text, side, least)
}

// codes sets the QR codes, the first at the left edge, the second at the
// right, and how to verify in what is left. Dark modules align with the form's
// edges; their quiet zones reach into the page's margins.
func (f *form) codes(y float64) error {
	from, to := left, right
	for i, code := range f.in.Codes {
		s, err := symbolFor(code)
		if err != nil {
			return err
		}
		side := float64(s.side()) * dot
		if i == 0 {
			f.code(left, y, s, code)
			from = left + side + 8*mm
		} else {
			f.code(right-side, y, s, code)
			to = right - side - 7*mm
		}
	}
	f.verify(box{from, y, to - from, 70 * mm}, len(f.in.Codes) == 1)
	return f.err
}

// code sets one symbol, its first dark module at x, under its label. White
// paper lies under it, so that no mark of the page reaches its quiet zone.
func (f *form) code(x, y float64, s symbol, code Code) {
	f.heads(x, y, float64(s.side())*dot, label{code.Label, use[code.Label].ja + "  " + use[code.Label].en})
	margin := s.module * quiet
	s.x, s.y = toDots(x), toDots(y+captionRoom)
	whole := float64(s.side()+2*margin) * dot
	f.fill(box{float64(s.x-margin) * dot, float64(s.y-margin) * dot, whole, whole}, white)
	f.add(s)
}

// heads sets a heading of two lines.
func (f *form) heads(x, y, w float64, l label) {
	bold := style{face: glyph.Bold, size: 8.5, min: 6, colour: f.theme.accent}
	sub := style{face: glyph.Gothic, size: 7, min: 5, colour: grey}
	f.at(l.en, x, y+2.6*mm, w, bold, alignLeft, l.ja)
	f.at(l.en, x, y+5.8*mm, w, sub, alignLeft, l.en)
}

// verify sets how anybody checks the paper.
func (f *form) verify(b box, wide bool) {
	f.heads(b.x, b.y, b.w, labelVerify)
	ja := style{face: glyph.Gothic, size: 7.8, colour: ink}
	en := style{face: glyph.Gothic, size: 6.6, colour: grey}
	if wide {
		ja.size, en.size = 9, 7.4
	}
	y := b.y + captionRoom + ja.size
	for _, step := range append(verifySteps[:len(verifySteps):len(verifySteps)], labelShown) {
		y = f.paragraph(b.x, y, b.w, ja, step.ja)
		y = f.paragraph(b.x, y+0.4*mm, b.w, en, step.en) + 2.6*mm
	}
	en.min = 4.5
	f.at(labelShown.en, b.x, y-2*mm, b.w, en, alignLeft, f.in.Certificate.Issuer.URL)
}

// paragraph sets a text with marked pauses in lines and gives the baseline after them.
func (f *form) paragraph(x, y, w float64, st style, s string) float64 {
	const lead = 1.5
	for _, l := range f.phrases(s, w, st) {
		f.line(box{x, y - st.size, w, st.size * 1.3}, y, st, alignLeft, l)
		y += st.size * lead
	}
	return y
}
