package names_test

import (
	"errors"
	"os"
	"slices"
	"testing"
	"unicode/utf8"

	"akashi/printer/glyph"
	"akashi/testkit/names"
)

func fonts(t *testing.T) *glyph.Set {
	t.Helper()
	s, err := glyph.Load()
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skip(err)
	}
	return s
}

func TestCorpus(t *testing.T) {
	all, seen, of := names.All(), map[string]bool{}, map[names.Class]int{}
	for _, n := range all {
		if seen[n.Text] || !utf8.ValidString(n.Text) {
			t.Errorf("%s: %+q stands twice or is not text", n.Class, n.Text)
		}
		seen[n.Text] = true
		of[n.Class]++
		if l := utf8.RuneCountInString(n.Text); n.Class == names.Roman39 && l != 39 || n.Class == names.Long && l < 40 {
			t.Errorf("%s: %q has %d characters", n.Class, n.Text, l)
		}
	}
	if len(all) < 2000 || len(of) != 12 || of[names.Adobe] < 390 || of[names.Moji] < 400 || of[names.Beyond] < 400 {
		t.Errorf("%d names: %v", len(all), of)
	}
	if !slices.Equal(all, names.All()) {
		t.Error("another call gives another corpus")
	}
	t.Logf("%d names: %v", len(all), of)
}

// Every name can be shown; and what cannot is refused with its reason, before
// anything is laid out.
func TestCoverage(t *testing.T) {
	s := fonts(t)
	for _, n := range names.All() {
		if err := s.Check(n.Text); err != nil {
			t.Errorf("%s: %+q: %v", n.Class, n.Text, err)
		}
	}
	why := map[glyph.Class]int{}
	for _, u := range names.Refused() {
		err := s.Check(u.Text)
		var missing *glyph.Missing
		var refused *glyph.Refused
		switch {
		case u.Missing != "" && errors.As(err, &missing) && missing.Class == u.Missing:
		case u.Refused != "" && errors.As(err, &refused) && refused.Class == u.Refused:
		default:
			t.Errorf("%+q: %v, want %s%s", u.Text, err, u.Missing, u.Refused)
		}
		why[u.Missing+u.Refused]++
	}
	if len(why) < 11 {
		t.Errorf("only these reasons: %v", why)
	}
}
