package sheet

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"akashi/verifier/credential"
)

// TestCodesAreReadFromThePage decodes every code from the page as a 300-dpi
// printer would draw it.
func TestCodesAreReadFromThePage(t *testing.T) {
	needFonts(t)
	for _, n := range []int{1, 7, 8} {
		for _, kind := range []credential.Kind{credential.Domestic, credential.Overseas} {
			in := sample(kind, "山田　花子", n)
			got := decode(t, render(t, in))
			for _, c := range in.Codes {
				if !slices.Contains(got, c.Text) {
					t.Errorf("%v, %d doses: %s of %d characters is not read (%d codes are)", kind, n, c.Label, len(c.Text), len(got))
				}
			}
			if len(got) != len(in.Codes) {
				t.Errorf("%v, %d doses: %d codes are read, want %d", kind, n, len(got), len(in.Codes))
			}
		}
	}
}

// TestLargestCodes reads the fullest codes that the form takes.
func TestLargestCodes(t *testing.T) {
	in := sample(credential.Overseas, "山田　花子", 7)
	in.Codes = []Code{{LabelSHC, shcText(1195)}, {LabelVDSNC, vdsText(2544)}}
	got := decode(t, render(t, in))
	for _, c := range in.Codes {
		if !slices.Contains(got, c.Text) {
			t.Errorf("%s is not read", c.Label)
		}
	}
}

// decode renders the first page at 300 dpi and gives what zbarimg reads from it.
func decode(t *testing.T, pdf []byte) []string {
	t.Helper()
	if _, err := exec.LookPath("zbarimg"); err != nil {
		lacking(t, "zbarimg is not installed")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "sheet.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	tool(t, pdf, "pdftoppm", "-r", "300", "-gray", "-f", "1", "-l", "1", "-singlefile", "PDF", filepath.Join(dir, "page"))
	out, err := exec.Command("zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", filepath.Join(dir, "page.pgm")).Output()
	if err != nil {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
}

func TestSymbolsStandOnTheGrid(t *testing.T) {
	for name, in := range all(t) {
		c, err := compose(in)
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		for _, m := range c.pages[0].marks {
			s, ok := m.(symbol)
			if !ok {
				continue
			}
			seen++
			if margin := s.module * quiet; s.x < margin || s.y < margin || s.x+s.side()+margin > 2480 || s.y+s.side()+margin > 3508 {
				t.Errorf("%s: a quiet zone leaves the page", name)
			}
			if s.module < leastVDSNC || s.module > maxDots {
				t.Errorf("%s: modules of %d dots", name, s.module)
			}
		}
		if seen != len(in.Codes) {
			t.Errorf("%s: %d symbols, want %d", name, seen, len(in.Codes))
		}
	}
}

func BenchmarkQR(b *testing.B) {
	s := shcText(1195)
	for b.Loop() {
		if _, err := newSymbol(s, sideSHC, leastSHC); err != nil {
			b.Fatal(err)
		}
	}
}
