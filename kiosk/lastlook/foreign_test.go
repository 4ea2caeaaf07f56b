package lastlook_test

import (
	"bytes"
	"testing"

	"github.com/go-pdf/fpdf"

	"akashi/kiosk/lastlook"
	"akashi/testkit/paper"
	"akashi/verifier/credential"
)

// A page that a centre has signed for, but that shows a picture: whatever its
// text layer says, the picture may be another person's paper.
func TestPictureOfAnotherPaper(t *testing.T) {
	bench := needAll(t)
	a, b := arrive(t, "takasaki", credential.Domestic), arrive(t, "yoshida", credential.Domestic)
	picture, err := bench.scanner.PNG(b.in.Delivery.PDF, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	f := fpdf.New("P", "mm", "A4", "")
	f.AddPage()
	f.RegisterImageOptionsReader("p", fpdf.ImageOptions{ImageType: "png"}, bytes.NewReader(picture))
	f.ImageOptions("p", 0, 0, 210, 297, false, fpdf.ImageOptions{}, 0, "")
	var page bytes.Buffer
	if err := f.Output(&page); err != nil {
		t.Fatal(err)
	}
	if a.in.Delivery.PDF, err = paper.SignPDF(a.order.World, page.Bytes(), a.order.Now); err != nil {
		t.Fatal(err)
	}
	a.seal(t)
	if _, err := look(t, a.in); lastlook.ReasonOf(err) != lastlook.Foreign {
		t.Errorf("reason %d, want %d", lastlook.ReasonOf(err), lastlook.Foreign)
	}
}
