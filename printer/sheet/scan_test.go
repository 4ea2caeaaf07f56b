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
	s, err := scan.New(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, name := range hurting {
		in := sample(credential.Domestic, name, 1)
		pages, err := s.PDF(render(t, in))
		if err != nil || len(pages) != 1 {
			t.Fatalf("%+q: %d pages, %v", name, len(pages), err)
		}
		for _, want := range []string{"\n" + name + "\n", in.Certificate.Holder.Birth.String(), in.SessionCode} {
			if !strings.Contains(pages[0].Text, want) {
				t.Errorf("%+q: PDFium does not give %+q:\n%.300q", name, want, pages[0].Text)
			}
		}
	}
	for _, name := range []string{strings.Repeat("寿限無𠮷　", 12), "MARIA DE LOURDES " + strings.Repeat("ＦＥＲＮＡＮＤＥＺ　", 6) + "Z"} {
		name = strings.TrimSuffix(name, "　")
		pages, err := s.PDF(render(t, sample(credential.Domestic, name, 1)))
		if err != nil || !strings.Contains(strings.ReplaceAll(pages[0].Text, "\n", ""), name) || strings.Contains(pages[0].Text, name) {
			t.Errorf("%+q: wrapped, it does not join to the name (%v)", name, err)
		}
	}
	in := sample(credential.Overseas, "𠮷田　𩸽子", 8)
	pages, err := s.PDF(render(t, in))
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
