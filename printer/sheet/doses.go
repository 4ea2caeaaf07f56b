package sheet

import (
	"strconv"

	"akashi/printer/glyph"
	"akashi/verifier/credential"
)

// column is one column of the table of doses.
type column struct {
	label label
	share float64 // mm
	cell  func(d credential.Dose) (ja, en string)
}

// columns lists the table's columns; an overseas certificate has one more.
func columns(k credential.Kind) []column {
	all := []column{
		{labelDose, 10, func(d credential.Dose) (string, string) { return strconv.Itoa(d.Number), "" }},
		{labelDate, 30.5, func(d credential.Dose) (string, string) { return longDate(d.Date), isoDate(d.Date) }},
		{labelType, 36, func(d credential.Dose) (string, string) { return d.Vaccine.TypeJA, d.Vaccine.TypeEN }},
		{labelMaker, 38, func(d credential.Dose) (string, string) { return d.Vaccine.MakerJA, d.Vaccine.MakerEN }},
		{labelProduct, 43, func(d credential.Dose) (string, string) { return d.Vaccine.ProductJA, d.Vaccine.ProductEN }},
		{labelLot, 22.5, func(d credential.Dose) (string, string) { return d.Lot, "" }},
	}
	if k != credential.Overseas {
		return all
	}
	for i, share := range []float64{9, 27.5, 32, 34, 40, 21.5} {
		all[i].share = share
	}
	return append(all, column{labelCountry, 16, func(d credential.Dose) (string, string) { return d.Country, "" }})
}

// tableHead is the height of the table's head.
const tableHead = 9 * mm

// rowHeight lets seven rows fill the room that the holder's block leaves.
func rowHeight(k credential.Kind) float64 {
	if k == credential.Overseas {
		return 10.2 * mm
	}
	return 12.8 * mm
}

// doses sets the table; end says that no row follows on another page.
func (f *form) doses(y float64, doses []credential.Dose, end bool) {
	cols, row := columns(f.in.Certificate.Kind), rowHeight(f.in.Certificate.Kind)
	f.tint(box{left, y, width, tableHead}, f.theme.tint)
	f.hline(left, right, y, 0.9, f.theme.accent)
	f.eachColumn(cols, y, tableHead, func(b box, c column) { f.columnHead(b, c.label) })
	y += tableHead
	f.hline(left, right, y, 0.4, f.theme.accent)
	for _, d := range doses {
		f.eachColumn(cols, y, row, func(b box, c column) {
			ja, en := c.cell(d)
			f.cell(b, c.label.en, ja, en)
		})
		y += row
		f.hline(left, right, y, 0.3, rule)
	}
	last := labelEnd
	if !end {
		last = labelNext
	}
	note := style{face: glyph.Gothic, size: 7, colour: grey, tracking: 0.06}
	f.at(last.en, left, y+4.4*mm, width, note, alignCentre, last.ja+"  "+last.en)
}

// eachColumn gives every column's box in a row.
func (f *form) eachColumn(cols []column, y, h float64, visit func(box, column)) {
	x, total := left, 0.0
	for _, c := range cols {
		total += c.share
	}
	for _, c := range cols {
		w := width * c.share / total
		visit(box{x, y, w, h}.inset(1.4*mm), c)
		x += w
	}
}

func (f *form) columnHead(b box, l label) {
	ja := style{face: glyph.Bold, size: 7.5, min: 5, colour: f.theme.accent}
	en := style{face: glyph.Gothic, size: 6.2, min: 4.5, colour: grey}
	f.at(l.en, b.x, b.y+4*mm, b.w, ja, alignLeft, l.ja)
	f.at(l.en, b.x, b.y+7*mm, b.w, en, alignLeft, l.en)
}

// cell sets a value over its English form; a value that is the same in both,
// or has one form only, stands alone.
func (f *form) cell(b box, field, ja, en string) {
	value := style{face: glyph.Gothic, size: 9.2, min: 5.5, colour: ink}
	small := style{face: glyph.Gothic, size: 6.8, colour: grey}
	if en == "" || en == ja {
		f.put(field, b, value, alignLeft, ja)
		return
	}
	f.stack(field, b, [2]style{value, small}, f.lay(value.face, ja), f.lay(small.face, en))
}
