package screen_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"akashi/centre/wire"
	"akashi/kiosk/face"
	"akashi/kiosk/screen"
	"akashi/testkit/browser"
	"akashi/testkit/gallery"
)

// latin are the languages whose text is as high as a capital letter must be.
var latin = []string{"en", "pt", "es", "vi"}

// least gives the smallest font size in mm: 0.7 degrees of view, by the part
// of it that a kanji or a capital fills.
func least(language string) float64 {
	const high = 0.01222 * 600
	if slices.Contains(latin, language) {
		return high / 0.727
	}
	return high / 0.88
}

// stage gives a stage with a page on it.
func stage(t *testing.T, o browser.Open) (*gallery.Stage, *browser.Page) {
	t.Helper()
	b := browser.Need(t)
	s, err := gallery.NewStage(screen.DefaultPanel)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if o.Width == 0 {
		o.Width, o.Height = gallery.Size(screen.DefaultPanel, true)
	}
	o.URL = s.URL
	p, err := b.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return s, p
}

// do fails the test at the first error.
func do(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// get calls a function of the page.
func get[T any](t *testing.T, p *browser.Page, script string, arg any) T {
	t.Helper()
	var v T
	if err := p.Eval(&v, script, arg); err != nil {
		t.Fatal(err)
	}
	return v
}

// speak switches the language as a resident does, in the sheet for it.
const speak = `l => { if (document.documentElement.dataset.language === l) return
	document.getElementById('language').click()
	document.querySelector('#sheet-languages [data-language="' + l + '"]').click() }`

// shots are the screens on which things are measured: every step, and of the
// codes those with the longest words.
func shots(t *testing.T) []gallery.Shot {
	t.Helper()
	pages, err := gallery.Specimen()
	if err != nil {
		t.Fatal(err)
	}
	all := append(gallery.Steps(pages), slices.DeleteFunc(gallery.Faults(), func(s gallery.Shot) bool { return s.Tell.Screen == face.End })...)
	for _, c := range longest() {
		all = append(all, gallery.Shot{Name: "long-" + c.Name(), Tell: face.Tell{
			Screen: face.Trouble, Ask: true, Cancel: true, Step: 18, Again: true, Code: c, Texts: screen.Texts(c), Phone: "000-0000-0201", RetryAfter: 600,
		}})
	}
	return slices.DeleteFunc(all, func(s gallery.Shot) bool { return s.Tell.Screen == face.End })
}

// longest gives for each language the code with the most to say.
func longest() []wire.Code {
	var some []wire.Code
	for _, l := range screen.Languages {
		longest := slices.MaxFunc(wire.Codes(), func(a, b wire.Code) int { return length(l, a) - length(l, b) })
		if !slices.Contains(some, longest) {
			some = append(some, longest)
		}
	}
	return some
}

func length(l string, c wire.Code) int {
	x := screen.For(l, c)
	return len(x.What) + len(x.Why) + len(x.Next)
}

// UI-02, UI-03, UI-17 and UI-21 for every screen, in every language, upright
// and wide: text as high as it must be and inside its box, targets as large and
// as far apart as they must be, and nothing out of reach. Switching the language
// keeps what stands there.
func TestEveryScreenFits(t *testing.T) {
	b := browser.Need(t)
	s, err := gallery.NewStage(screen.DefaultPanel)
	do(t, err)
	defer s.Close()
	w, h := gallery.Size(screen.DefaultPanel, true)
	err = s.Visit(b, browser.Open{Width: w, Height: h}, "ja", shots(t), func(p *browser.Page, shot gallery.Shot) error {
		sheet := get[bool](t, p, `() => Boolean(document.querySelector('dialog[open]'))`, nil)
		was := get[string](t, p, `() => document.querySelector('main').dataset.screen`, nil)
		for _, upright := range []bool{true, false} {
			do(t, p.Resize(gallery.Size(screen.DefaultPanel, upright)))
			for _, l := range screen.Languages {
				if sheet && l != "ja" {
					continue // a sheet is closed by switching; see TestSheetsFit
				}
				fits(t, p, fmt.Sprintf("%s %s upright %v", shot.Name, l, upright), l, upright, !sheet)
				if whole := slices.Contains(unpaged, shot.Name); whole && get[bool](t, p, `() => !document.getElementById('pager').hidden`, nil) {
					t.Errorf("%s %s upright %v must be paged through", shot.Name, l, upright)
				}
			}
			if is := get[string](t, p, `() => document.querySelector('main').dataset.screen`, nil); is != was {
				t.Errorf("%s: switching the language leads from %s to %s", shot.Name, was, is)
			}
		}
		if !sheet {
			do(t, p.Eval(nil, speak, "ja"))
		}
		return p.Resize(w, h)
	})
	do(t, err)
}

// unpaged are the screens that stand there whole, in every language: those on
// which something must be done or decided at once.
var unpaged = []string{"start", "insert-card", "pin", "pin-typed", "pin-one-try", "take-card", "choose-place", "choose-kana", "choose-copies", "preview", "confirm", "pay", "printing", "take-paper", "end"}

// fits measures the screen that stands there, in a language if it is to be
// switched to.
func fits(t *testing.T, p *browser.Page, name, language string, upright, speak bool) {
	t.Helper()
	long, short := 476, 268
	if upright {
		long, short = short, long
	}
	arg := []any{long, short, least(language), ""}
	if speak {
		arg[3] = language
	}
	for _, w := range get[[]string](t, p, measure, arg) {
		t.Errorf("%s: %s", name, w)
	}
}

// The sheets over a screen, in every language.
func TestSheetsFit(t *testing.T) {
	s, p := stage(t, browser.Open{Clock: true})
	do(t, s.Begin(p, "ja"), s.Show(p, ask(face.Consent)))
	for _, upright := range []bool{true, false} {
		do(t, p.Resize(gallery.Size(screen.DefaultPanel, upright)))
		for _, l := range screen.Languages {
			do(t, p.Eval(nil, speak, l))
			if tag := get[string](t, p, `() => document.documentElement.lang`, nil); tag != strings.Replace(l, "ja-easy", "ja-x-easy", 1) {
				t.Errorf("%s is tagged %s", l, tag)
			}
			for _, open := range []string{"#language", "#help", ".cancel"} {
				do(t, p.Tap(open))
				fits(t, p, fmt.Sprintf("sheet of %s in %s, upright %v", open, l, upright), l, upright, false)
				do(t, p.Eval(nil, `() => document.querySelector('dialog[open]').close()`, nil))
			}
			do(t, s.Show(p, ask(face.PIN)), p.Tap("#help"))
			fits(t, p, fmt.Sprintf("help on the PIN in %s, upright %v", l, upright), l, upright, false)
			do(t, p.Tap("dialog .primary"))
			soon := ask(face.Consent)
			soon.Left = 100_000
			do(t, s.Show(p, ask(face.Consent)), s.Show(p, soon))
			fits(t, p, fmt.Sprintf("sheet of the end in %s, upright %v", l, upright), l, upright, false)
			do(t, p.Tap("dialog .primary"), p.Advance(wait*2/3+500))
			fits(t, p, fmt.Sprintf("sheet of idleness in %s, upright %v", l, upright), l, upright, false)
			do(t, p.Tap(`[data-answer="stay"]`))
		}
	}
}

// UI-01, UI-09 and the rest of what axe-core knows: no violation on any screen,
// in both themes.
func TestAxeFindsNothing(t *testing.T) {
	b := browser.Need(t)
	s, err := gallery.NewStage(screen.DefaultPanel)
	do(t, err)
	defer s.Close()
	w, h := gallery.Size(screen.DefaultPanel, true)
	some := slices.DeleteFunc(shots(t), func(s gallery.Shot) bool { return strings.HasPrefix(s.Name, "long-") })
	dark := false
	do(t, s.Visit(b, browser.Open{Width: w, Height: h}, "ja", some, func(p *browser.Page, shot gallery.Shot) error {
		wrong, err := p.Axe()
		for _, x := range wrong {
			t.Errorf("%s: %s", shot.Name, x)
		}
		if dark = !dark; get[bool](t, p, `() => !document.querySelector('dialog[open]')`, nil) {
			do(t, p.Eval(nil, `() => document.getElementById('tool-theme').click()`, nil))
		}
		return err
	}))
}
