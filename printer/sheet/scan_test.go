package sheet

import (
	"context"
	"slices"
	"strings"
	"testing"

	"akashi/verifier/credential"
	"akashi/verifier/scan"
)

// TestTheLastLookReadsIt reads sheets the way the session worker does before
// the first drop of toner: text and codes of every page, by PDFium.
func TestTheLastLookReadsIt(t *testing.T) {
	needFonts(t)
	s, err := scan.Shared(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	// The hardest names, two a sheet: rendering is what costs.
	for _, names := range [][2]string{
		{"𠮷　𠮷　𩸽子", "JOSÉ MARÍA\u3000\u3000DE LA CRUZ"},
		{"邉\U000E0102田　か\u3099く\u3099", "辻\U000E0102　𣘺太ﾀﾞ"},
	} {
		in := sample(credential.Overseas, names[0], 1)
		in.Certificate.Holder.Travel.RomanName, in.Codes = names[1], in.Codes[:1]
		pages, err := s.PDF(render(t, in))
		if err != nil || len(pages) != 1 {
			t.Fatalf("%+q: %d pages, %v", names, len(pages), err)
		}
		for _, want := range []string{"\n" + names[0] + "\n", names[1], in.Certificate.Holder.Birth.String(), in.SessionCode} {
			if !strings.Contains(pages[0].Text, want) {
				t.Errorf("PDFium does not give %+q:\n%.400q", want, pages[0].Text)
			}
		}
	}
	long := strings.Repeat("寿限無𠮷　ＦＥＲＮＡＮＤＥＺ　DE LA ", 3) + "Z"
	pages, err := s.PDF(render(t, sample(credential.Domestic, long, 1)))
	if err != nil || !strings.Contains(strings.ReplaceAll(pages[0].Text, "\n", ""), long) || strings.Contains(pages[0].Text, long) {
		t.Errorf("%+q: wrapped, it does not join to the name (%v)", long, err)
	}
	in := sample(credential.Overseas, "𠮷田　𩸽子", 8)
	pages, err = s.PDF(render(t, in))
	if err != nil || len(pages) != 2 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	if want := []string{in.Codes[0].Text, in.Codes[1].Text}; !slices.Equal(pages[0].Codes, want) || len(pages[1].Codes) != 0 {
		t.Errorf("%d and %d codes are read, not the input's", len(pages[0].Codes), len(pages[1].Codes))
	}
	for i, p := range pages {
		for _, want := range []string{in.Certificate.Holder.Name, in.Certificate.Holder.Travel.RomanName, in.SessionCode} {
			if !strings.Contains(p.Text, want) {
				t.Errorf("page %d lacks %+q", i+1, want)
			}
		}
	}
}
