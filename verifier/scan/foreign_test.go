package scan

import (
	"bytes"
	"testing"

	"github.com/go-pdf/fpdf"
	qr "github.com/skip2/go-qrcode"
)

// What only an annotation shows is foreign too; a field without a face is not.
func TestForeignPages(t *testing.T) {
	for name, c := range map[string]struct {
		page    string
		objects []string
		want    int
	}{
		"an empty page":        {"", nil, 0},
		"a signature's field":  {"/Annots[4 0 R]", []string{"<</Type/Annot/Subtype/Widget/FT/Sig/T(S)/Rect[0 0 0 0]/F 132>>"}, 0},
		"a field with a face":  {"/Annots[4 0 R]", []string{"<</Type/Annot/Subtype/Widget/FT/Sig/T(S)/Rect[0 0 9 9]/F 4>>"}, 1},
		"a note":               {"/Annots[4 0 R]", []string{"<</Type/Annot/Subtype/FreeText/Rect[0 0 0 0]/Contents(x)>>"}, 1},
		"a turned page":        {"/Rotate 90", nil, 1},
		"a cropped page":       {"/CropBox[0 0 595 700]", nil, 1},
		"a moved page":         {"/CropBox[9 9 595 842]", nil, 1},
		"a stain of no object": {"/Annots[4 0 R]", []string{"<</Type/Annot/Subtype/Stamp/Rect[9 9 99 99]/F 4/AP<</N 5 0 R>>>>", stream("/Type/XObject/Subtype/Form/BBox[0 0 90 90]", "0 g 0 0 90 90 re f")}, 2},
	} {
		p, err := scanner(t).PDF(handmade(c.page, c.objects...))
		if err != nil || p[0].Foreign != c.want {
			t.Errorf("%s: %+v, %v, want %d", name, p, err, c.want)
		}
	}
}

// A second code in pale ink does not pass unseen.
func TestPaleCode(t *testing.T) {
	for _, grey := range []int{0, 143, 190} {
		f := fpdf.New("P", "mm", "A4", "")
		f.AddPage()
		drawPDF(f, bitmap(t, "the first code", qr.Low), 200, 300, 12)
		inkPDF(f, bitmap(t, "the second code", qr.Low), 1200, 300, 12, grey)
		var b bytes.Buffer
		if err := f.Output(&b); err != nil {
			t.Fatal(err)
		}
		p, err := scanner(t).PDF(b.Bytes())
		if err != nil || len(p[0].Codes)+p[0].Unread != 2 || (grey > midGrey) != (p[0].Unread == 1) {
			t.Errorf("ink %d: %+v, %v", grey, p, err)
		}
	}
}
