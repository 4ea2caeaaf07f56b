package sheet

import (
	"fmt"

	"akashi/printer/glyph"
	"akashi/verifier/credential"
)

// heading sets the title, the purpose and, for a specimen, its stamp.
func (f *form) heading() {
	c := f.in.Certificate
	f.fill(box{left, headTop, width, 1.1 * mm}, f.theme.accent)
	f.hline(left, right, headTop+2*mm, 0.4, f.theme.accent)

	const titles = 116 * mm
	small := style{face: glyph.Mincho, size: 12.5, min: 7, colour: ink, tracking: 0.04}
	large := style{face: glyph.Mincho, size: 25, colour: ink, tracking: 0.14}
	latin := style{face: glyph.Mincho, size: 11, min: 7, colour: grey}
	f.at("title", left, headTop+9.5*mm, titles, small, alignLeft, c.Disease.NameJA)
	f.at("title", left, headTop+19.6*mm, titles, large, alignLeft, "予防接種証明書")
	f.at("title", left, headTop+26*mm, titles, latin, alignLeft, "Vaccination Certificate of "+c.Disease.NameEN)
	f.purposeTag(box{right - 56*mm, headTop + 6.2*mm, 56 * mm, 12 * mm}, purpose(c.Kind))
	if c.Issuer.Specimen {
		f.stamp(box{right - 56*mm, headTop + 20.2*mm, 56 * mm, 6.6 * mm})
	}
}

func (f *form) purposeTag(b box, l label) {
	f.add(area{box: b, fill: f.theme.accent, radius: 1 * mm})
	ja := style{face: glyph.Bold, size: 12, min: 8, colour: white, tracking: 0.06}
	en := style{face: glyph.Gothic, size: 7.5, min: 6, colour: white}
	f.at("purpose", b.x+2*mm, b.y+6*mm, b.w-4*mm, ja, alignCentre, l.ja)
	f.at("purpose", b.x+2*mm, b.y+10*mm, b.w-4*mm, en, alignCentre, l.en)
}

// stamp says in words, near the title, what the mark across the page says.
func (f *form) stamp(b box) {
	f.add(area{box: b, fill: f.theme.accent, radius: 1 * mm, stroke: true})
	st := style{face: glyph.Bold, size: 9.5, colour: f.theme.accent, tracking: 0.12}
	f.at("specimen", b.x, b.y+4.6*mm, b.w, st, alignCentre, labelSpecimen.ja+" "+labelSpecimen.en)
}

// field sets a label and below it the value, in a box.
func (f *form) field(b box, l label, value style, s string) {
	f.caption(b.x, b.y+2.6*mm, b.w, l)
	f.put(l.en, box{b.x, b.y + 3.6*mm, b.w, b.h - 4.8*mm}, value, alignLeft, s)
}

// caption sets a label on one line: Japanese, then English in grey.
func (f *form) caption(x, y, w float64, l label) {
	ja := style{face: glyph.Gothic, size: 7, min: 5, colour: f.theme.accent}
	en := style{face: glyph.Gothic, size: 6.5, min: 4.5, colour: grey}
	n := extent(f.lay(ja.face, l.ja), ja)
	f.at(l.en, x, y, w, ja, alignLeft, l.ja)
	f.at(l.en, x+n+1.6*mm, y, w-n-1.6*mm, en, alignLeft, l.en)
}

// holder sets who the certificate is about and gives the block's lower edge.
func (f *form) holder(y float64) float64 {
	h := f.in.Certificate.Holder
	const low, birth = 12 * mm, 52 * mm
	tall := 16.5 * mm
	if f.in.Certificate.Kind != credential.Overseas {
		tall = 17.5 * mm
	}
	name := style{face: glyph.Mincho, size: 21, min: 8, colour: ink, tracking: 0.02}
	date := style{face: glyph.Mincho, size: 12.5, min: 8, colour: ink}
	f.field(box{left, y, width - birth - 6*mm, tall}, labelName, name, h.Name)
	f.birth(box{right - birth, y, birth, tall}, date, h.Birth)
	y += tall
	f.hline(left, right, y, 0.4, rule)
	if f.in.Certificate.Kind != credential.Overseas {
		return y
	}
	y += 1.4 * mm
	value := style{face: glyph.Mincho, size: 12.5, min: 7, colour: ink}
	f.field(box{left, y, 82 * mm, low}, labelRoman, value, h.Travel.RomanName)
	f.field(box{left + 86*mm, y, 38 * mm, low}, labelNationality, value, h.Travel.Nationality)
	f.field(box{right - birth, y, birth, low}, labelPassport, value, h.Travel.Passport)
	y += low
	f.hline(left, right, y, 0.4, rule)
	return y
}

// birth sets the date twice: as Japanese forms write it, and for everyone.
func (f *form) birth(b box, st style, d credential.Date) {
	f.caption(b.x, b.y+2.6*mm, b.w, labelBirth)
	f.at(labelBirth.en, b.x, b.y+9.2*mm, b.w, st, alignLeft, longDate(d))
	iso := style{face: glyph.Gothic, size: 8.5, min: 6, colour: grey}
	f.at(labelBirth.en, b.x, b.y+13.8*mm, b.w, iso, alignLeft, isoDate(d))
}

// foot closes a page: session code, certificate ID, page number.
func (f *form) foot(page int) {
	c := f.in.Certificate
	f.hline(left, right, footTop, 0.4, f.theme.accent)
	f.fill(box{left, footTop + 0.9*mm, width, 0.6 * mm}, f.theme.accent)
	y := footTop + 6.2*mm
	f.caption(left, y, 40*mm, labelSession)
	value := style{face: glyph.Gothic, size: 9, colour: ink, tracking: 0.04}
	f.at(labelSession.en, left+33*mm, y, 40*mm, value, alignLeft, f.in.SessionCode)
	number := style{face: glyph.Gothic, size: 8, colour: ink}
	f.at("page", right-40*mm, y, 40*mm, number, alignRight, fmt.Sprintf("%d / %d ページ   Page %d of %d", page, f.total, page, f.total))
	if c.Issuer.Specimen {
		note := style{face: glyph.Gothic, size: 6.8, colour: f.theme.accent}
		f.at("specimen", left, y+4.6*mm, width, note, alignLeft, labelNotValid.ja+"  "+labelNotValid.en)
	}
}
