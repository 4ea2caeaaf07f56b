package sheet

// Lengths are points (1/72 inch) from the page's upper left corner, y down.
// The page is a whole number of 300-dpi dots, so that a QR code placed on a dot
// stays on it from every corner; it differs from A4 by 0.03 mm.
const (
	dot        = 72.0 / 300 // exactly 0.24: two decimals of the PDF hold any grid point
	mm         = 72.0 / 25.4
	pageWidth  = 2480 * dot
	pageHeight = 3508 * dot

	left  = 15 * mm
	right = pageWidth - 15*mm
	width = right - left
)

// toDots gives the nearest grid line.
func toDots(points float64) int { return int(points/dot + 0.5) }

// box is a rectangle of the page.
type box struct{ x, y, w, h float64 }

// inset gives the box without a margin on the left and right.
func (b box) inset(d float64) box { return box{b.x + d, b.y, b.w - 2*d, b.h} }
