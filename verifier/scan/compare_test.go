package scan

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// need finds a program or file that the comparison is with; without it the
// test is skipped, and fails on CI.
func need(t *testing.T, path string, err error) string {
	t.Helper()
	switch {
	case err == nil:
	case os.Getenv("CI") == "true":
		t.Fatalf("missing on CI: %v", err)
	default:
		t.Skipf("not installed: %v", err)
	}
	return path
}

func program(t *testing.T, name string) string {
	path, err := exec.LookPath(name)
	return need(t, path, err)
}

func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(program(t, name), args...).Output()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return string(out)
}

// zbar reads an image's codes with zbarimg, in no order.
func zbar(t *testing.T, image string) map[string]bool {
	t.Helper()
	out := output(t, "zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", image)
	codes := map[string]bool{}
	for _, c := range strings.Split(strings.TrimSpace(out), "\n") {
		codes[c] = true
	}
	return codes
}

// TestAgainstZbar reads the same pages with zbarimg, from our rendering and
// from poppler's.
func TestAgainstZbar(t *testing.T) {
	program(t, "zbarimg")
	program(t, "pdftoppm")
	dir := t.TempDir()
	shc, vds := numeric(2395), `{"data":{"hdr":"`+strings.Repeat("Y", 2100)+`"}}`
	pdf := sheet(t, nil, []string{"compare"}, []string{shc, vds})
	write(t, filepath.Join(dir, "in.pdf"), pdf)
	b, err := scanner(t).PNG(pdf, 0, 300)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "ours-1.png"), b)
	output(t, "pdftoppm", "-r", "300", "-png", filepath.Join(dir, "in.pdf"), filepath.Join(dir, "poppler"))
	for _, name := range []string{"ours-1.png", "poppler-1.png"} {
		path := filepath.Join(dir, name)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		p := scanImage(t, b)
		wantCodes(t, p, shc, vds)
		if got := zbar(t, path); len(got) != 2 || !got[p.Codes[0]] || !got[p.Codes[1]] {
			t.Errorf("%s: zbarimg reads %d codes, not the same two", name, len(got))
		}
	}
}

// TestJapaneseText extracts what pdftotext does.
func TestJapaneseText(t *testing.T) {
	font, err := os.ReadFile("/usr/share/fonts/opentype/ipaexfont-mincho/ipaexm.ttf")
	need(t, "", err)
	program(t, "pdftotext")
	lines := []string{"新型コロナウイルス感染症予防接種証明書", "氏名　髙﨑　德子", "生年月日　1980年2月17日", "ﾌｧｲｻﾞｰ（ﾊﾝｶｸ）"}
	pdf := sheet(t, font, lines, nil)
	path := filepath.Join(t.TempDir(), "in.pdf")
	write(t, path, pdf)
	pages, err := scanner(t).PDF(pdf)
	if err != nil {
		t.Fatal(err)
	}
	poppler := output(t, "pdftotext", "-raw", path, "-")
	for _, l := range lines {
		if !strings.Contains(pages[0].Text, l) {
			t.Errorf("%q is not in the text %q", l, pages[0].Text)
		}
		if !strings.Contains(narrow(poppler), narrow(l)) {
			t.Errorf("pdftotext does not find %q: the page is not what this test thinks", l)
		}
	}
}

// narrow makes one plain space of any white space: pdftotext does so with
// U+3000, PDFium does not.
func narrow(s string) string { return strings.Join(strings.Fields(s), " ") }

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
