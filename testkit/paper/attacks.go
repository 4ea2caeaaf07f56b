package paper

import (
	"fmt"
	"math"
	"regexp"
	"strings"

	qrcode "github.com/skip2/go-qrcode"
)

// Attack makes a page show something else than its text layer and its codes
// say. It works on an unsigned sheet, so that a test can have it signed.
type Attack struct {
	Name string
	Draw func(pdf []byte) ([]byte, error)
}

// Attacks lists what a person, a phone or a printer would see and a reader of
// the text layer would not. The sheet must be a first page as printer/sheet
// makes it: the name stands at (44, 680), the paper right of it is free.
func Attacks() []Attack {
	over := func(name, operators string) Attack {
		return Attack{name, func(pdf []byte) ([]byte, error) { return Paint(pdf, withFont(pdf, operators)) }}
	}
	page := func(name, entry string) Attack {
		return Attack{name, func(pdf []byte) ([]byte, error) { return Amend(pdf, "/Contents ", entry+" /Contents ") }}
	}
	// with adds one object to the page's resources.
	with := func(name, old, new, object, operators string) Attack {
		return Attack{name, func(pdf []byte) ([]byte, error) {
			pdf, err := Amend(pdf, old, new, object)
			if err != nil {
				return nil, err
			}
			return Paint(pdf, withFont(pdf, operators))
		}}
	}
	const words = "<003100320033>" // 123, which every sheet's fonts have
	square := symbol("https://example.invalid/another")
	return []Attack{
		over("white over the name", "1 g 40 676 120 28 re f"),
		over("white over half of it, other text after", "1 g 90 676 70 28 re f 0 g BT @F 21 Tf 90 682 Td "+words+" Tj ET"),
		over("a coloured bar over the birth date", "0.1 0.3 0.5 rg 400 677 155 12 re f"),
		over("a pale bar over the birth date", "0.94 0.96 0.98 rg 400 677 155 12 re f"),
		over("text over text", "0 g BT @F 21 Tf 44 684 Td "+words+" Tj ET"),
		over("text over a code", "0 g BT @F 12 Tf 60 180 Td "+words+" Tj ET"),
		{"a dark bar under the name", func(pdf []byte) ([]byte, error) { return under(pdf, "0.1 g 40 678 120 26 re f") }},
		over("a code inverted", "0 g 200 680 60 60 re f 1 g "+modules(square, 208, 688, 1.4)+" f"),
		over("a code mirrored", "q -1 0 0 1 460 0 cm 0 g "+modules(square, 200, 680, 1.4)+" f Q"),
		over("a code turned", "q "+turned(20, 250, 680)+" cm 0 g "+modules(square, 0, 0, 1.4)+" f Q"),
		over("a code very small", "0 g "+modules(square, 200, 680, 0.3)+" f"),
		over("a code in yellow", "1 1 0 rg "+modules(square, 200, 680, 1.4)+" f"),
		over("a code in pale grey", "0.9 g "+modules(square, 200, 680, 1.4)+" f"),
		over("letters of strokes", "0 G 2 w 200 684 m 206 700 l 212 684 l S"),
		over("letters of bars", "0 g 200 684 2 16 re f 200 684 10 2 re f"),
		over("text too small to see", "0 g BT @F 1 Tf 200 690 Td "+words+" Tj ET"),
		over("text by a matrix too small to see", "0 g BT @F 12 Tf 0.05 0 0 0.05 200 690 Tm "+words+" Tj ET"),
		over("text over the page", "0.1 g BT @F 90 Tf 200 590 Td "+words+" Tj ET"),
		over("text turned", "0 g BT @F 12 Tf 0 1 -1 0 220 680 Tm "+words+" Tj ET"),
		over("text outside the page", "0 g BT @F 12 Tf 200 -60 Td "+words+" Tj ET"),
		over("white text on white", "1 g BT @F 12 Tf 200 690 Td "+words+" Tj ET"),
		over("pale text", "0.7 g BT @F 12 Tf 200 690 Td "+words+" Tj ET"),
		over("invisible text", "0 g BT 3 Tr @F 12 Tf 200 690 Td "+words+" Tj ET"),
		over("text that only clips", "0 g BT 7 Tr @F 12 Tf 200 690 Td "+words+" Tj ET"),
		over("text clipped away", "300 300 1 1 re W n 0 g BT @F 12 Tf 200 690 Td "+words+" Tj ET"),
		with("optional content", "/ProcSet", "/Properties <</Off @1 0 R>> /ProcSet", "<</Type/OCG /Name (x)>>", "/OC /Off BDC 0 g BT @F 12 Tf 200 690 Td "+words+" Tj ET EMC"),
		over("a picture", "q 60 0 0 40 200 680 cm BI /W 1 /H 1 /CS /G /BPC 8 ID x EI Q"),
		page("a cropped page", "/CropBox [0 0 595.2 600]"),
		page("a turned page", "/Rotate 180"),
		with("see-through white", "/ProcSet", "/ExtGState <</G1 @1 0 R>> /ProcSet", "<</ca 0.9 /BM /Multiply>>",
			"/G1 gs 0.9 g 200 680 100 20 re f"),
		with("a font of drawings", "/Font <<", "/Font <<\n/T3 <</Type/Font /Subtype/Type3 /BaseFont/AKASHB+BIZUDPGothic /FontBBox [0 0 9 9] "+
			"/FontMatrix [0.1 0 0 0.1 0 0] /FirstChar 65 /LastChar 65 /Widths [9] /Encoding <</Differences [65 /a]>> /CharProcs <</a @1 0 R>>>>",
			Stream("", "9 0 0 0 9 9 d1 0 0 9 9 re f"), "0 g BT /T3 12 Tf 200 690 Td (A) Tj ET"),
		with("a font that the reader chooses", "/Font <<", "/Font <<\n/H1 @1 0 R", "<</Type/Font /Subtype/Type1 /BaseFont/Helvetica>>",
			"0 g BT /H1 12 Tf 200 690 Td (ANOTHER) Tj ET"),
		with("a form", "/XObject <<", "/XObject <<\n/X1 @1 0 R", Stream("/Type/XObject /Subtype/Form /BBox [0 0 100 20]", "0 g 0 0 100 5 re f"), "1 0 0 1 200 690 cm /X1 Do"),
		with("a pattern in a bar", "/ProcSet", "/Pattern <</P1 @1 0 R>> /ProcSet", tile(1), "/Pattern cs /P1 scn 200 675 100 30 re f"),
		with("a pattern of one colour in a bar", "/ColorSpace <<", "/Pattern <</P1 @1 0 R>>\n/ColorSpace <<\n/C1 [/Pattern /DeviceGray]", tile(2),
			"/C1 cs 0 /P1 scn 200 675 100 30 re f"),
		with("a pattern in text", "/ColorSpace <<", "/Pattern <</P1 @1 0 R>>\n/ColorSpace <<\n/C1 [/Pattern /DeviceGray]", tile(2),
			"/C1 cs 0 /P1 scn BT @F 12 Tf 200 690 Td "+words+" Tj ET"),
		with("a shading in a bar", "/ProcSet", "/Pattern <</P1 @1 0 R>> /ProcSet", shading, "/Pattern cs /P1 scn 200 675 100 30 re f"),
		with("a shading in light text", "/ProcSet", "/Pattern <</P1 @1 0 R>> /ProcSet", shading,
			"0.1 g 200 675 120 30 re f /Pattern cs /P1 scn BT @F 12 Tf 204 690 Td "+words+" Tj ET"),
	}
}

// tile is a tiling pattern of a letter's strokes, with colours (1) or without.
func tile(paint int) string {
	return Stream(fmt.Sprintf("/Type/Pattern /PatternType 1 /PaintType %d /TilingType 1 /BBox [0 0 90 30] /XStep 90 /YStep 30 /Resources <<>>", paint),
		"5 5 4 20 re f 5 5 20 4 re f")
}

// shading is a pattern that is dark wherever it paints.
const shading = "<</Type/Pattern /PatternType 2 /Shading <</ShadingType 2 /ColorSpace /DeviceGray /Coords [0 0 600 0] /Extend [true true] " +
	"/Function <</FunctionType 2 /Domain [0 1] /C0 [0.1] /C1 [0.1] /N 1>>>>>>"

// withFont puts the name of one of the sheet's fonts in place of @F.
func withFont(pdf []byte, operators string) string {
	return strings.ReplaceAll(operators, "@F", string(regexp.MustCompile(`/F[0-9a-f]{40}`).Find(pdf)))
}

// under adds a content stream before that of the first page.
func under(pdf []byte, operators string) ([]byte, error) {
	return Amend(pdf, "/Contents 4 0 R", "/Contents [@1 0 R 4 0 R]", Stream("", "q\n"+operators+"\nQ"))
}

func symbol(text string) [][]bool {
	q, err := qrcode.New(text, qrcode.Low)
	if err != nil {
		panic(err) // a constant text
	}
	q.DisableBorder = true
	return q.Bitmap()
}

// modules draws a symbol's dark modules from its lower left corner.
func modules(bits [][]bool, x, y, side float64) string {
	var b strings.Builder
	for row := range bits {
		for column, dark := range bits[row] {
			if dark {
				fmt.Fprintf(&b, "%.2f %.2f %.2f %.2f re\n", x+float64(column)*side, y+float64(len(bits)-1-row)*side, side, side)
			}
		}
	}
	return b.String()
}

func turned(degrees, x, y float64) string {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	return fmt.Sprintf("%.4f %.4f %.4f %.4f %.2f %.2f", cos, sin, -sin, cos, x, y)
}
