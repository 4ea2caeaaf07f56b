package glyph

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
)

// load gives the fonts, or ends the test where they were not built.
func fonts(t testing.TB) *Set {
	t.Helper()
	s, err := Load()
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skip(err)
	}
	return s
}

func TestCoverage(t *testing.T) {
	s := fonts(t)
	for _, c := range []struct {
		text string
		font string // of the first glyph
	}{
		{"山", "BIZUDPMincho"}, {"髙", "BIZUDPMincho"}, {"﨑", "BIZUDPMincho"}, {"ｶ", "BIZUDPMincho"}, {"İ", "BIZUDPMincho"},
		{"𠮷", "IPAmjMincho"}, {"𩸽", "BIZUDPMincho"}, {"𣘺", "BIZUDPMincho"},
		{"葛\U000E0100", "BIZUDPMincho"}, // Adobe-Japan1
		{"辻\U000E0102", "IPAmjMincho"},  // Moji_Joho
		{"邉\U000E010F", "IPAmjMincho"},
		{"邉\U000E0102", "HanaMinA"},
		{"か\u3099", "BIZUDPMincho"},
		{"\U00020002", "HanaMinB"},
		{"龦", "HanaMinA"},
		{"\u3000", "BIZUDPMincho"},
	} {
		g, err := s.Lay(Mincho, c.text)
		if err != nil || len(g) != 1 || g[0].Text != c.text {
			t.Errorf("%+q: %v, %v", c.text, g, err)
			continue
		}
		if got := s.fonts[g[0].font].name; got != c.font {
			t.Errorf("%+q is drawn by %s, want %s", c.text, got, c.font)
		}
		if g[0].Advance <= 0 {
			t.Errorf("%+q has the advance %d", c.text, g[0].Advance)
		}
	}
}

func TestVariationSequenceIsAnotherGlyph(t *testing.T) {
	s := fonts(t)
	seen := map[string]string{}
	for _, text := range []string{"邉", "邉\U000E0102", "邉\U000E0103", "邉\U000E0104"} {
		g, err := s.Lay(Mincho, text)
		if err != nil {
			t.Errorf("%+q: %v", text, err)
			continue
		}
		key := fmt.Sprint(g[0].font, g[0].id)
		if other, ok := seen[key]; ok {
			t.Errorf("%+q is drawn as %+q", text, other)
		}
		seen[key] = text
	}
}

func TestMissing(t *testing.T) {
	s := fonts(t)
	for text, want := range map[string]Missing{
		"邉\U000E01EF":             {1, ClassVariation},
		"山\U000E0110田\U000E0120":  {2, ClassVariation},
		"か\u309A":                 {1, ClassCombining},
		"辻\u3099":                 {1, ClassCombining},
		"ابن":                     {3, ClassBMP},
		"山\U00012000":             {1, ClassBeyond},
		"あ\uFE0F":                 {1, ClassVariation},
		"山ש\U00012000か\u309A":     {3, ClassBMP},
		"山田\U0001F9FF\U00012000太": {2, ClassBeyond},
	} {
		_, err := s.Lay(Mincho, text)
		var m *Missing
		if !errors.As(err, &m) || *m != want {
			t.Errorf("%+q: %v, want %v", text, err, want)
			continue
		}
		for _, r := range text {
			if strings.ContainsRune(m.Error(), r) || strings.Contains(m.Error(), fmt.Sprintf("%04X", r)) {
				t.Errorf("the error names a character of the text: %v", m)
			}
		}
		if err := s.Check(text); !errors.As(err, &m) {
			t.Errorf("Check(%+q): %v", text, err)
		}
	}
}

func TestCheckRefuses(t *testing.T) {
	var r *Refused
	if err := fonts(t).Check("山\u202E"); !errors.As(err, &r) || r.Class != ClassControl {
		t.Errorf("%v", err)
	}
	for _, name := range []string{" 山", "山\u3000", "A  B", "A \u3000B", "A\u3000 B", "\u3000"} {
		if err := fonts(t).Check(name); !errors.As(err, &r) || r.Class != ClassSpacing {
			t.Errorf("%+q: %v", name, err)
		}
	}
	for _, name := range []string{"𠮷田　髙﨑", "A B", "山\u3000\u3000田"} {
		if err := fonts(t).Check(name); err != nil {
			t.Errorf("%+q: %v", name, err)
		}
	}
}

func TestSpacesStayWithTheirGlyph(t *testing.T) {
	s := fonts(t)
	for text, want := range map[string][]string{
		"山　花":           {"山　", "花"},
		"A B":           {"A", " ", "B"},
		"A  B":          {"A  ", "B"},
		"A \u3000B":     {"A \u3000", "B"},
		"山\u3000\u3000": {"山\u3000\u3000"},
		"\u3000山":       {"\u3000", "山"},
	} {
		g, err := s.Lay(Mincho, text)
		var got []string
		for _, one := range g {
			got = append(got, one.Text)
		}
		if err != nil || fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	one, _ := s.Lay(Mincho, "山")
	space, _ := s.Lay(Mincho, "\u3000")
	both, _ := s.Lay(Mincho, "山\u3000")
	if Width(both) != Width(one)+Width(space) {
		t.Errorf("widths %d + %d give %d", Width(one), Width(space), Width(both))
	}
}

// TestFacesCoverTheForm holds every face to the characters of the registers'
// common repertoire.
func TestFacesCoverTheForm(t *testing.T) {
	s := fonts(t)
	for _, f := range []Face{Mincho, Gothic, Bold} {
		for _, text := range []string{"ABCXYZabcxyz0123456789-+/().,:%", "あいうゞアイウヴヵヶー々〆・「」、。", "東京都千代田区霞が関"} {
			g, err := s.Lay(f, text)
			if err != nil {
				t.Errorf("face %d: %v", f, err)
			}
			for _, one := range g {
				if one.font != int(f) {
					t.Errorf("face %d takes %q from font %d", f, one.Text, one.font)
				}
			}
		}
		if _, err := s.Lay(f, "𠮷辻\U000E0102"); err != nil {
			t.Errorf("face %d has no fallback: %v", f, err)
		}
	}
}

func TestConcurrentLay(t *testing.T) {
	s := fonts(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := s.Lay(Mincho, "𠮷田　邉\U000E0102"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestAssetsMissingOrDamaged(t *testing.T) {
	if _, err := open(fstest.MapFS{}); !errors.Is(err, ErrAssets) || !strings.Contains(err.Error(), "make assets") {
		t.Errorf("without fonts: %v", err)
	}
	for _, damaged := range []string{"", "OTTO", "\x00\x01\x00\x00\x00\x09\x00\x00\x00\x00\x00\x00head"} {
		fsys := fstest.MapFS{}
		for _, f := range files {
			fsys["assets/"+f.file] = &fstest.MapFile{Data: []byte(damaged)}
		}
		if _, err := open(fsys); !errors.Is(err, errFont) || !strings.Contains(err.Error(), "make assets") {
			t.Errorf("%q: %v", damaged, err)
		}
	}
}

func BenchmarkLayFallback(b *testing.B) {
	s := fonts(b)
	for b.Loop() {
		if _, err := s.Lay(Mincho, "𠮷田　髙﨑邉\U000E0102"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFirstName is what a process that lives for one request pays for its
// first name with a fallback glyph.
func BenchmarkFirstName(b *testing.B) {
	fonts(b)
	for b.Loop() {
		s, err := open(assets)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.Lay(Mincho, "𠮷田　太郎"); err != nil {
			b.Fatal(err)
		}
	}
}
