package scan

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// document writes a PDF of one page by hand: objects 1 (catalog), 2 (pages),
// 3 (page) and then these.
func handmade(page string, objects ...string) []byte {
	all := append([]string{
		"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]" + page + ">>",
	}, objects...)
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	var at []int
	for i, o := range all {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, a := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", a)
	}
	fmt.Fprintf(&b, "trailer <</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, xref)
	return b.Bytes()
}

func stream(dict, content string) string {
	return fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", dict, len(content), content)
}

// TestEndless: work on a document that has no end is ended by the bound, in the
// middle of a page that is painted over and over, and the scanner works on.
func TestEndless(t *testing.T) {
	pdf := handmade("/Contents 4 0 R", stream("", strings.Repeat("0 0 595 842 re f 0 0 m 595 842 l 0 842 l f\n", 100_000)))
	s, err := Shared(background)
	if err != nil {
		t.Fatal(err)
	}
	s.engine.limit = 500 * time.Millisecond
	done := make(chan error, 1)
	go func() {
		done <- s.with(pdf, func(d *document) error {
			for {
				if _, err := d.scan(0); err != nil {
					return err
				}
			}
		})
	}()
	select {
	case err := <-done:
		if err != ErrTime {
			t.Errorf("got %v, want %v", err, ErrTime)
		}
	case <-time.After(time.Minute): // against a hang only
		t.Fatal("the page is still being painted")
	}
	defer s.Close()
	s.engine.limit = DefaultMaxTime
	if p, err := s.PDF(sheet(t, nil, []string{"next"}, []string{"code"})); err != nil || len(p[0].Codes) != 1 {
		t.Errorf("afterwards: %v", err)
	}
}

// TestAnnotationsAreSeen: what a printer would draw over the page, a last look
// must see.
func TestAnnotationsAreSeen(t *testing.T) {
	pdf := handmade("/Annots[4 0 R]",
		"<</Type/Annot/Subtype/Stamp/Rect[100 100 300 300]/F 4/AP<</N 5 0 R>>>>",
		stream("/Type/XObject/Subtype/Form/BBox[0 0 200 200]", codeOps(t, "over the page")))
	pages, err := scanner(t).PDF(pdf)
	if err != nil {
		t.Fatal(err)
	}
	wantCodes(t, pages[0], "over the page")
}

// codeOps draws a code in 200 by 200 points, white below.
func codeOps(t *testing.T, text string) string {
	var b strings.Builder
	b.WriteString("1 g 0 0 200 200 re f 0 g\n")
	bits := bitmap(t, text, 0)
	for row := range bits {
		for column, dark := range bits[row] {
			if dark {
				fmt.Fprintf(&b, "%d %d 6 6 re f\n", 20+6*column, 174-6*row)
			}
		}
	}
	return b.String()
}

// TestTextBeyondTheBasicPlane: a font's table may say that one glyph stands
// for a character beyond U+FFFF or for a variation sequence, as the project's
// sheets do.
func TestTextBeyondTheBasicPlane(t *testing.T) {
	table := "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /T def\n" +
		"1 begincodespacerange <00> <FF> endcodespacerange\n" +
		"4 beginbfchar\n<41> <D842DFB7>\n<42> <7530>\n<43> <845BDB40DD00>\n<44> <304B3099>\nendbfchar\n" +
		"endcmap end end\n"
	font := "/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 5 0 R>>>>>>"
	pdf := handmade("/Contents 4 0 R"+font, stream("", "BT /F1 12 Tf 50 700 Td (ABCD) Tj ET"), stream("", table))
	pages, err := scanner(t).PDF(pdf)
	if err != nil {
		t.Fatal(err)
	}
	if pages[0].Text != "𠮷田葛\U000E0100か\u3099" {
		t.Errorf("text %+q", pages[0].Text)
	}
}

// TestFenced runs in a process of its own: once New has returned, no file can
// be opened any more, and everything works.
func TestFenced(t *testing.T) {
	if os.Getenv("SCAN_TEST_FENCED") == "" {
		caches, err := os.UserCacheDir()
		if err != nil {
			t.Skip(err)
		}
		cache := userFolder(caches)
		s, err := Shared(background) // warms it
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
		c := exec.Command(os.Args[0], "-test.run", "^TestFenced$", "-test.v")
		c.Env = append(os.Environ(), "SCAN_TEST_FENCED="+cache)
		out, err := c.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "--- PASS: TestFenced") {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	pdf := sheet(t, nil, []string{"fenced"}, []string{"code"})
	s, err := New(background, os.Getenv("SCAN_TEST_FENCED"))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Open("/proc/self/status"); err == nil {
		t.Fatal("a file can still be opened: the fence holds nothing")
	}
	for range 2 {
		p, err := s.PDF(pdf)
		if err != nil || len(p[0].Codes) != 1 || !strings.Contains(p[0].Text, "fenced") {
			t.Fatalf("behind the fence: %v", err)
		}
		if _, err := s.PNG(pdf, 0, 72); err != nil {
			t.Fatal(err)
		}
	}
}
