package glyph

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// originals opens the packages' fonts, or ends the test where they are not.
func originals(t *testing.T) []*font {
	t.Helper()
	fonts(t)
	found, err := locate("/usr/share/fonts")
	var out []*font
	for _, s := range Sources() {
		if err != nil || found[s.Font] == "" {
			if os.Getenv("CI") == "true" {
				t.Fatalf("%s is not installed (%v)", s.Package, err)
			}
			t.Skipf("%s is not installed (%v)", s.Package, err)
		}
		b, err := os.ReadFile(found[s.Font])
		if err != nil {
			t.Fatal(err)
		}
		f, err := openFont(s.Font, bytes.NewReader(b))
		if err != nil || f.charmap() != nil {
			t.Fatal(s.Font, err)
		}
		out = append(out, f)
	}
	return out
}

// TestPrepareLosesNothing holds the assets against their sources: every
// character and sequence that a source draws, the set draws.
func TestPrepareLosesNothing(t *testing.T) {
	s := fonts(t)
	plain, pairs := 0, 0
	for i, f := range originals(t) {
		if Face(i) == Gothic || Face(i) == Bold {
			continue // their sequences are the Mincho's
		}
		for it := f.cmap.Iter(); it.Next(); {
			r, _ := it.Char()
			if _, ok, _ := f.lookup(r, 0); !ok || blank(r) {
				continue
			}
			plain++
			if _, ok, err := s.find(Mincho, cluster{base: r, whole: true}); !ok || err != nil {
				t.Fatalf("%s draws %U, the set does not (%v)", f.name, r, err)
			}
		}
		err := f.sequences(func(base, vs rune, id uint16) {
			if _, n, _ := f.place(id); n == 0 {
				return
			}
			pairs++
			if _, ok, err := s.find(Mincho, cluster{base: base, vs: vs, whole: true}); !ok || err != nil {
				t.Errorf("%s draws %U %U, the set does not (%v)", f.name, base, vs, err)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if plain < 100000 || pairs < 40000 {
		t.Errorf("only %d characters and %d sequences were held against each other", plain, pairs)
	}
}

func TestPrepareAllNamesWhatIsMissing(t *testing.T) {
	from, out := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(from, "ipamjm.ttf"), []byte("not a font"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := PrepareAll(from, out, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "apt-get install") || !strings.Contains(err.Error(), "fonts-hanazono") ||
		strings.Contains(err.Error(), "ipamj") || strings.Count(err.Error(), "fonts-morisawa-bizud-gothic") != 1 {
		t.Errorf("%v", err)
	}
}

func TestPrepareRefusesWhatIsNoFont(t *testing.T) {
	from, out := t.TempDir(), t.TempDir()
	for _, s := range Sources() {
		if err := os.WriteFile(filepath.Join(from, s.Font), []byte("not a font"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := PrepareAll(from, out, io.Discard); err == nil {
		t.Error("a file that is no font was prepared")
	}
	if left, _ := os.ReadDir(out); len(left) != 0 {
		t.Error("a part was left")
	}
	if err := PrepareAll(filepath.Join(from, "none"), out, io.Discard); err == nil {
		t.Error("a folder that is not there")
	}
}
