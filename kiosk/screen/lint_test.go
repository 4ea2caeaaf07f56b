package screen

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"akashi/centre/wire"
)

// linted are the languages whose words are spoken: their style is held to more.
var linted = []string{"ja", "en"}

// bounds are in characters: a screen shows all three parts at once, and a
// voice reads them aloud.
var bounds = map[string]struct{ what, why, next int }{
	"ja": {32, 56, 90},
	"en": {80, 140, 190},
}

// actions are the words with which an English sentence tells somebody what to
// do. A Japanese one ends with 「ください。」.
var actions = []string{
	"Apply", "Ask", "Call", "Check", "Choose", "Come", "Have", "If", "Leave", "Look", "Make", "Pay", "Put",
	"Register", "Renew", "Staff:", "Start", "Take", "Tell", "Try", "Use", "Wait",
}

// Each text ends with what to do, so that nobody is left standing with a
// reason and no way on.
func TestEveryTextEndsWithAnAction(t *testing.T) {
	for _, c := range wire.Codes() {
		if next := For("ja", c).Next; !strings.HasSuffix(next, "ください。") {
			t.Errorf("ja %s ends with no action: %s", c.Name(), next)
		}
		said := sentences(For("en", c).Next)
		last := said[len(said)-1]
		if first, _, _ := strings.Cut(last, " "); !slices.Contains(actions, first) {
			t.Errorf("en %s ends with no action: %s", c.Name(), last)
		}
	}
}

func sentences(s string) []string { return strings.SplitAfter(strings.TrimSpace(s), ". ") }

func TestNoTextIsTooLong(t *testing.T) {
	for _, l := range linted {
		b := bounds[l]
		for _, c := range wire.Codes() {
			x := For(l, c)
			for _, p := range []struct {
				part, text string
				most       int
			}{{"what", x.What, b.what}, {"why", x.Why, b.why}, {"next", x.Next, b.next}} {
				if n := utf8.RuneCountInString(p.text); n > p.most {
					t.Errorf("%s %s %s has %d characters, at most %d are read at a glance", l, c.Name(), p.part, n, p.most)
				}
				if !strings.HasSuffix(p.text, map[string]string{"ja": "。", "en": "."}[l]) {
					t.Errorf("%s %s %s is no whole sentence: %q", l, c.Name(), p.part, p.text)
				}
			}
		}
	}
}

var placeholder = regexp.MustCompile(`\{[^}]*\}|%[a-z]`)

func TestLanguagesHaveTheSamePlaces(t *testing.T) {
	places := func(x Text) []string {
		all := placeholder.FindAllString(x.What+x.Why+x.Next, -1)
		slices.Sort(all)
		return all
	}
	first := Languages[0]
	for _, l := range Languages[1:] {
		for name, x := range catalogues[l] {
			other, ok := catalogues[first][name]
			if !ok {
				t.Errorf("%s has %s, %s has not", l, name, first)
			}
			if got, want := places(x), places(other); !slices.Equal(got, want) {
				t.Errorf("%s %s has the places %q, %s has %q", l, name, got, first, want)
			}
		}
	}
}

// Words that a resident does not know, or that send them to what is not there.
func TestNoJargon(t *testing.T) {
	banned := map[string][]string{
		"ja": {"アプリ", "版が", "VRS", "照会", "未払い", "料金もかかりません", "回線断", "フォント", "エラー"},
		"en": {" app.", " app ", "font", "VRS", "lint", "nonce", "audit", "ID-entry", "error"},
	}
	for _, l := range linted {
		for _, c := range wire.Codes() {
			x := For(l, c)
			for _, w := range banned[l] {
				if strings.Contains(x.What+x.Why+x.Next, w) {
					t.Errorf("%s %s says %q", l, c.Name(), w)
				}
			}
		}
	}
}

// The card has two PINs of four digits, and people type the other one.
func TestThePINThatIsWanted(t *testing.T) {
	for _, l := range linted {
		wrong, locked := For(l, wire.PINWrong), For(l, wire.PINLocked)
		for _, name := range []string{"券面事項入力補助用", "利用者証明用"} {
			if !strings.Contains(wrong.Why, name) {
				t.Errorf("%s: a wrong PIN does not name %s", l, name)
			}
		}
		if !strings.Contains(locked.Why, "券面事項入力補助用") {
			t.Errorf("%s: a locked PIN is not named", l)
		}
	}
}
