package sheet_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"akashi/printer/glyph"
	"akashi/printer/sheet"
	"akashi/testkit/names"
	"akashi/verifier/credential"
)

// one of so many names is laid out here; make conformance sets AKASHI_NAMES to
// all of them.
const one = 29

// The names of the corpus have their room on both kinds of paper: they shrink,
// then wrap, and touch nothing.
func TestCorpusInItsBox(t *testing.T) {
	sheet.NeedFonts(t)
	roman, laid := "SPECIMEN HANAKO", 0
	for i, n := range names.All() {
		if n.Class == names.Roman39 {
			roman = n.Text
		}
		if i%one > 0 && os.Getenv("AKASHI_NAMES") != "all" && n.Class != names.Long {
			continue
		}
		laid++
		in := sheet.Sample([]credential.Kind{credential.Domestic, credential.Overseas}[i%2], n.Text, 1)
		for i := range in.Codes {
			in.Codes[i].Text = in.Codes[i].Text[:200] // a small code takes less time
		}
		if t := in.Certificate.Holder.Travel; t != nil {
			t.RomanName = roman
		}
		wrong, err := sheet.Strays(in)
		if err != nil || len(wrong) > 0 {
			t.Errorf("%s: %+q: %v %q", n.Class, n.Text, err, wrong)
		}
	}
	t.Logf("%d names laid out", laid)
}

// What cannot be shown is an error of the layout too, and no page.
func TestRefusedNamesMakeNoPage(t *testing.T) {
	sheet.NeedFonts(t)
	for _, u := range names.Refused() {
		pdf, err := sheet.Render(sheet.Sample(credential.Domestic, u.Text, 1))
		var missing *glyph.Missing
		var refused *glyph.Refused
		if pdf != nil || !errors.As(err, &missing) && !errors.As(err, &refused) {
			t.Errorf("%+q: %d bytes, %v", u.Text, len(pdf), err)
		}
		if err != nil && strings.ContainsAny(err.Error(), "辻朝葵") {
			t.Errorf("the error tells of the name: %v", err)
		}
	}
}
