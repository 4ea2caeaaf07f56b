package sheet

import "akashi/printer/glyph"

// issueHeight is the height of the issue block.
const issueHeight = 17 * mm

// issue sets what identifies the certificate and who answers for it.
func (f *form) issue(y float64) {
	c := f.in.Certificate
	f.tint(box{left, y, width, issueHeight}, f.theme.tint)
	cell := func(at, w float64) box { return box{left + at*mm, y, w * mm, issueHeight} }
	f.entry(cell(2.5, 33), labelID, string(c.ID))
	f.entry(cell(38, 38), labelIssued, longDate(c.IssuedOn), isoDate(c.IssuedOn))
	f.entry(cell(79, 52), labelMunicipality, c.Municipality.NameJA, c.Municipality.NameEN, "電話 Tel. "+c.Municipality.Phone)
	f.entry(cell(134, 43.5), labelIssuer, c.Issuer.NameJA, c.Issuer.NameEN)
}

// entry sets a caption, a value and further lines about it.
func (f *form) entry(b box, l label, value string, more ...string) {
	f.caption(b.x, b.y+4*mm, b.w, l)
	large := style{face: glyph.Gothic, size: 9.5, min: 5.5, colour: ink}
	small := style{face: glyph.Gothic, size: 7, min: 4.5, colour: grey}
	y := b.y + 8.7*mm
	f.at(l.en, b.x, y, b.w, large, alignLeft, value)
	for _, s := range more {
		y += 3.3 * mm
		f.at(l.en, b.x, y, b.w, small, alignLeft, s)
	}
}
