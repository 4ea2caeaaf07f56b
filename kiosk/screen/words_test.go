package screen

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// Every catalogue has the same keys with the same places, and something in
// each; no word of one language stands in another's by oversight.
func TestCataloguesAreComplete(t *testing.T) {
	first := words.Words[Languages[0]]
	if len(Languages) != 9 || len(first) < 150 {
		t.Fatalf("%d languages of %d words", len(Languages), len(first))
	}
	for _, l := range Languages {
		w := words.Words[l]
		if got, want := slices.Sorted(maps.Keys(w)), slices.Sorted(maps.Keys(first)); !slices.Equal(got, want) {
			t.Errorf("%s has other keys", l)
		}
		for k, text := range w {
			if strings.TrimSpace(text) == "" || text != strings.TrimRight(text, " ") {
				t.Errorf("%s %s is empty or ends with space", l, k)
			}
			if got, want := places(text), places(first[k]); !slices.Equal(got, want) {
				t.Errorf("%s %s has the places %q, want %q", l, k, got, want)
			}
			kana := strings.ContainsFunc(text, func(r rune) bool { return unicode.In(r, unicode.Hiragana) })
			if kana && !strings.HasPrefix(l, "ja") && !strings.Contains(text, "証明用") && !strings.Contains(text, "補助用") {
				t.Errorf("%s %s is Japanese: %s", l, k, text)
			}
		}
	}
}

func places(text string) []string {
	all := placeholder.FindAllString(text, -1)
	slices.Sort(all)
	return all
}

// Two languages have the same words for a whole sentence only where one was
// forgotten.
func TestNoLanguageIsAnothersCopy(t *testing.T) {
	for i, a := range Languages {
		for _, b := range Languages[i+1:] {
			same := 0
			for k, text := range words.Words[a] {
				if len(text) > 24 && text == words.Words[b][k] {
					same++
				}
			}
			if same > 6 {
				t.Errorf("%s and %s share %d sentences", a, b, same)
			}
		}
	}
}
