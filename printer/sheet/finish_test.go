package sheet

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"akashi/printer/glyph"
	"akashi/verifier/credential"
)

func TestFinishRefusesAnotherShape(t *testing.T) {
	pdf := render(t, sample(credential.Domestic, "山田　花子", 1))
	for name, bad := range map[string][]byte{
		"empty":     nil,
		"no end":    pdf[:len(pdf)-3],
		"offset":    bytes.Replace(pdf, []byte("startxref\n"), []byte("startxref\n9"), 1),
		"shifted":   append([]byte(" "), pdf...),
		"no table":  bytes.Replace(pdf, []byte("\nxref\n"), []byte("\nxxef\n"), 1),
		"bad row":   bytes.Replace(pdf, []byte(" 00000 n \n"), []byte(" 0\n\n\n\n\n\n\n\n"), 1),
		"no object": bytes.Replace(pdf, []byte("3 0 obj\n"), []byte("3 0 xbj\n"), 1),
	} {
		if _, err := finish(bad, nil); !errors.Is(err, errShape) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := finish(pdf, []glyph.Cut{{Font: 0}}); !errors.Is(err, errShape) {
		t.Errorf("a font that the file does not have: %v", err)
	}
}

// TestFontsAreSubsetsWithTheirOwnMap holds the fonts as pdffonts sees them.
func TestFontsAreSubsetsWithTheirOwnMap(t *testing.T) {
	out := tool(t, render(t, sample(credential.Domestic, "𠮷田　花子", 1)), "pdffonts", "PDF")
	lines := strings.Split(strings.TrimSpace(out), "\n")[2:]
	if len(lines) != 4 {
		t.Errorf("%d fonts, want Mincho, Gothic, Bold and a fallback:\n%s", len(lines), out)
	}
	for _, l := range lines {
		if !strings.HasPrefix(l, "AKASH") || !strings.Contains(l, "yes yes yes") {
			t.Errorf("not an embedded subset with a map to Unicode: %s", l)
		}
	}
}

func TestNoCharacterIsLeftToIdentity(t *testing.T) {
	pdf := render(t, sample(credential.Domestic, "𠮷田　花子", 1))
	if bytes.Contains(pdf, []byte("beginbfrange")) || bytes.Contains(pdf, []byte("utf8face")) {
		t.Error("fpdf's own map or name is left in the file")
	}
}
