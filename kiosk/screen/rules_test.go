package screen_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"akashi/centre/wire"
	"akashi/kiosk/face"
	"akashi/kiosk/screen"
	"akashi/testkit/browser"
	"akashi/testkit/gallery"
)

// wait is that of a session's ask, in milliseconds.
const wait = 120_000

func ask(s face.Screen) face.Tell { return face.Tell{Screen: s, Ask: true, Cancel: true, Wait: wait} }

// heard keeps what is said, for the tests to look at.
const heard = `() => { globalThis.heard = []; document.addEventListener('utterance', e => globalThis.heard.push(e.detail)) }`

type utterance struct {
	Key, Text, Language string
	Volume              int
	Pieces              []struct{ Key string }
}

func utterances(t *testing.T, p *browser.Page) []utterance {
	t.Helper()
	return get[[]utterance](t, p, `() => globalThis.heard.splice(0)`, nil)
}

// UI-06 and UI-20: the digits go to the worker and stay nowhere in the page,
// are neither shown nor said, and the tries left are there before the first.
func TestPINStaysNowhere(t *testing.T) {
	s, p := stage(t, browser.Open{})
	do(t, s.Begin(p, "ja"), p.Eval(nil, heard, nil))
	tell := ask(face.PIN)
	tell.Tries = 3
	do(t, s.Show(p, tell))
	if text := get[string](t, p, `() => document.querySelector('main').innerText`, nil); !strings.Contains(text, "あと3回") {
		t.Errorf("the tries left are not there: %s", text)
	}
	if said := utterances(t, p); len(said) == 0 || !strings.Contains(said[len(said)-1].Text, "あと3回") {
		t.Errorf("the tries left are not said: %+v", said)
	}
	before := get[string](t, p, page, nil)
	for _, k := range []int{7, 2, 6} {
		do(t, p.Tap(fmt.Sprintf(".keys button:nth-child(%d)", k)))
	}
	do(t, p.Press("3"), p.Wait(`() => document.querySelectorAll('.dots .in').length === 4`, nil))
	after := get[string](t, p, page, nil)
	if trace := strings.NewReplacer(` class="in"`, "", ` class=""`, "", ` disabled=""`, "", "4桁", "桁", "0桁", "桁", ` data-keypad=""`, ""); trace.Replace(before) != trace.Replace(after) {
		t.Errorf("typing changed more than the count:\n%s\n%s", before, after)
	}
	if at := get[string](t, p, `() => document.activeElement.tagName`, nil); at == "BUTTON" {
		t.Error("the key that was pressed last has the focus")
	}
	for _, u := range utterances(t, p) {
		if u.Key == "pin.count" && !regexp.MustCompile(`^[1-4]桁入力しました$`).MatchString(u.Text) {
			t.Errorf("said %q", u.Text)
		}
	}
	do(t, p.Tap(".keys .enter"))
	if a, err := s.Answer(); err != nil || string(a.PIN) != "7263" {
		t.Errorf("the worker got %q, %v", a.PIN, err)
	}
	seen, err := p.Seen()
	do(t, err)
	if len(seen.Console) > 0 {
		t.Errorf("the page said %q", seen.Console)
	}
}

const page = `() => document.documentElement.outerHTML`

// UI-11: the page asks in time, one press is enough, ten times and more; slow
// residents are asked after three times as long.
func TestIdleIsAskedAndProlonged(t *testing.T) {
	s, p := stage(t, browser.Open{Clock: true})
	do(t, s.Begin(p, "ja"), p.Eval(nil, heard, nil), s.Show(p, ask(face.Consent)))
	open := func() bool { return get[bool](t, p, `() => Boolean(document.getElementById('sheet-idle'))`, nil) }
	for i := range 12 {
		do(t, p.Advance(wait*2/3-1000))
		if open() {
			t.Fatalf("asked too soon the %d. time", i+1)
		}
		do(t, p.Advance(1500))
		if !open() {
			t.Fatalf("not asked the %d. time", i+1)
		}
		if i == 0 {
			said := utterances(t, p)
			if u := said[len(said)-1]; u.Key != "idle" || !strings.Contains(u.Text, "40秒") {
				t.Errorf("said %+v", u)
			}
		}
		do(t, p.Tap(`[data-answer="stay"]`), p.Wait(`() => !document.querySelector('dialog')`, nil))
	}
	do(t, p.Tap("#help"), p.Tap(`[data-do="slow"]`), p.Tap(`dialog .primary`))
	do(t, p.Advance(wait))
	if open() {
		t.Error("who asked for more time is not given it")
	}
	do(t, p.Advance(wait*5/3))
	if !open() {
		t.Error("who asked for more time is never asked")
	}
}

// UI-11: time that nobody can prolong is shown from the first and told again
// before it is over, on the screen and by voice, once, with what it means; a
// screen without such a time shows none.
func TestTimeThatCannotBeProlonged(t *testing.T) {
	s, p := stage(t, browser.Open{Clock: true})
	choose := ask(face.Choose)
	choose.Menu, choose.MaxCopies, choose.Left, choose.Wait = gallery.Menu(), 10, 300_000, 3_600_000
	do(t, s.Begin(p, "ja"), p.Eval(nil, heard, nil), s.Show(p, choose))
	strip := func() string {
		return get[string](t, p, `() => { const e = document.getElementById('left'); return e.hidden ? '' : e.innerText }`, nil)
	}
	ending := func() bool { return get[bool](t, p, `() => Boolean(document.getElementById('sheet-ending'))`, nil) }
	if s := strip(); !strings.Contains(s, "5分") {
		t.Errorf("at first it shows %q", s)
	}
	do(t, p.Advance(130_000))
	if s := strip(); !strings.Contains(s, "3分") || ending() {
		t.Errorf("later it shows %q, and tells of the end: %v", s, ending())
	}
	utterances(t, p)
	do(t, p.Advance(55_000))
	if said := utterances(t, p); !ending() || len(said) != 1 || said[0].Key != "ending" || !strings.Contains(said[0].Text, "2分") {
		t.Errorf("it tells of the end: %v, and says %+v", ending(), said)
	}
	do(t, p.Tap("dialog .primary"), p.Advance(20_000))
	if ending() {
		t.Error("it tells of the end twice")
	}
	do(t, s.Show(p, ask(face.InsertCard)))
	if s := strip(); s != "" {
		t.Errorf("a screen without such a time shows %q", s)
	}
}

// A key that is held down or stuck is one press: it neither goes through the
// screens nor keeps a session alive.
func TestStuckKey(t *testing.T) {
	s, p := stage(t, browser.Open{Clock: true})
	do(t, s.Begin(p, "ja"), s.Show(p, ask(face.Consent)), p.Advance(wait/2))
	do(t, p.Eval(nil, `() => document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', repeat: true, cancelable: true }))`, nil), p.Advance(wait/5))
	if at := get[string](t, p, `() => document.querySelector('main').dataset.screen`, nil); at != "purpose" {
		t.Errorf("it led to %s", at)
	}
	if !get[bool](t, p, `() => Boolean(document.getElementById('sheet-idle'))`, nil) {
		t.Error("it passes for somebody who is there")
	}
}

// order gives the parts of the frame from above; they fill it.
const order = `() => {
	const parts = ['top', 'main', 'actions', 'tools'].map(id => [id, document.getElementById(id)]), at = e => e.getBoundingClientRect().top
	const hidden = e => !e.checkVisibility()
	return parts.sort(([, a], [, b]) => hidden(a) || hidden(b) ? 0 : at(a) - at(b)).map(([id]) => id)
}`

// UI-14, UI-16: step n of m, help, and a way out (cancel, or finish where there
// is something to finish) on every screen until payment,
// back wherever there is something to go back to.
func TestStepsBackCancelHelp(t *testing.T) {
	b := browser.Need(t)
	s, err := gallery.NewStage(screen.DefaultPanel)
	do(t, err)
	defer s.Close()
	pages, err := gallery.Specimen()
	do(t, err)
	w, h := gallery.Size(screen.DefaultPanel, true)
	noBack := []string{"checking", "reading", "take-card", "choose-place", "working", "working-late", "another"}
	sheets := []string{"help", "languages", "cancel", "ending"}
	place := ""
	do(t, s.Visit(b, browser.Open{Width: w, Height: h}, "ja", gallery.Steps(pages), func(p *browser.Page, shot gallery.Shot) error {
		is := get[map[string]bool](t, p, `() => ({ back: Boolean(document.querySelector('#actions .back')), cancel: Boolean(document.querySelector('#actions .cancel, #actions [data-do="finish"]')),
			steps: /^\d \/ 8/.test(document.getElementById('steps').innerText) })`, nil)
		at := get[string](t, p, `() => { const b = document.getElementById('help').getBoundingClientRect(); return [b.right, b.top].map(Math.round).join() }`, nil)
		if place == "" {
			place = at
		}
		if at != place {
			t.Errorf("%s: help is at %s, not at %s", shot.Name, at, place)
		}
		if order := get[[]string](t, p, order, nil); !slices.Equal(order, []string{"top", "main", "actions", "tools"}) {
			t.Errorf("%s: from above there are %q", shot.Name, order)
		}
		if shot.Tell.Screen == "" || shot.Tell.Screen == face.End || slices.Contains(sheets, shot.Name) {
			return nil
		}
		paying := !shot.Tell.Cancel
		if is["steps"] != true || is["cancel"] == paying || is["back"] != (!paying && !slices.Contains(noBack, shot.Name)) {
			t.Errorf("%s: %v", shot.Name, is)
		}
		return nil
	}))
}

// UI-15 and UI-23: what is bought is shown before it is owed, the preview can
// be hidden by one press, and nobody's pages stand on the screens after it.
func TestPreviewAndConfirm(t *testing.T) {
	s, p := stage(t, browser.Open{})
	pages, err := gallery.Specimen()
	do(t, err)
	choose := ask(face.Choose)
	choose.Menu, choose.MaxCopies = gallery.Menu(), 10
	preview := ask(face.Preview)
	preview.Choice, preview.Pages, preview.Fee = gallery.Choice, pages, 240
	do(t, s.Begin(p, "ja"), p.Eval(nil, heard, nil), s.Show(p, choose), s.Show(p, preview))
	count := func() int { return get[int](t, p, `() => document.querySelectorAll('img').length`, nil) }
	if count() != 2 {
		t.Fatalf("%d pages", count())
	}
	old := get[string](t, p, `() => document.querySelector('img').src`, nil)
	do(t, p.Tap(`[data-do="hide"]`))
	if count() != 0 {
		t.Error("hidden pages are still there")
	}
	if get[bool](t, p, `u => fetch(u).then(() => true, () => false)`, old) {
		t.Error("the picture of a hidden page can still be had")
	}
	utterances(t, p)
	do(t, p.Tap("#actions .primary"))
	text := get[string](t, p, `() => document.querySelector('main').innerText`, nil)
	for _, want := range []string{"海外用と日本国内用", "見本市", "2部", "120円 × 2部 ＝ 240円"} {
		if !strings.Contains(text, want) {
			t.Errorf("before payment %q is not shown: %s", want, text)
		}
	}
	said := utterances(t, p)
	for _, want := range []string{"海外用と日本国内用", "見本市", "2部", "240円"} {
		if !strings.Contains(said[len(said)-1].Text, want) {
			t.Errorf("before payment %q is not said: %s", want, said[len(said)-1].Text)
		}
	}
	do(t, p.Tap("#help"))
	if help := get[string](t, p, `() => document.getElementById('sheet-help').innerText`, nil); !strings.Contains(help, "000-0000-0000") || !strings.Contains(help, "000-0000-0201") {
		t.Errorf("the help has not both numbers: %s", help)
	}
	do(t, p.Tap("dialog .primary"), p.Tap("#actions .primary"))
	if a, err := s.Answer(); err != nil || a.Act.Do != face.Yes {
		t.Errorf("%v, %v", a, err)
	}
	do(t, s.Show(p, face.Tell{Screen: face.Printing, Choice: gallery.Choice}))
	if count() != 0 {
		t.Error("pages on the printing screen")
	}
}

// UI-21: at 400 % everything is there, in one column, by single presses.
func TestFourTimesTheText(t *testing.T) {
	s, p := stage(t, browser.Open{})
	do(t, s.Begin(p, "ja"))
	choose := ask(face.Choose)
	choose.Menu, choose.MaxCopies = gallery.Menu(), 10
	do(t, s.Show(p, choose), p.Tap("#tool-size"), p.Tap("#tool-size"), p.Eval(nil, `() => document.getElementById('tool-size').click()`, nil))
	for _, l := range screen.Languages {
		for _, upright := range []bool{true, false} {
			do(t, p.Resize(gallery.Size(screen.DefaultPanel, upright)), p.Eval(nil, speak, l))
			fits(t, p, fmt.Sprintf("%s at 400 %%, upright %v", l, upright), l, upright, false)
			if size := get[float64](t, p, `() => parseFloat(getComputedStyle(document.querySelector('.lead')).fontSize) / (innerWidth > innerHeight ? innerWidth / 476 : innerHeight / 476)`, nil); size < 4*least(l) {
				t.Errorf("%s: text of %.1f mm", l, size)
			}
		}
	}
	do(t, p.Eval(nil, speak, "ja"))
	for range 40 { // page down until the last way to look is in sight
		if get[bool](t, p, `() => { const b = document.querySelector('[data-do="search"]').getBoundingClientRect(), h = document.getElementById('pager').getBoundingClientRect(); return b.top > 0 && b.top < h.top - 40 }`, nil) {
			break
		}
		do(t, p.Tap(`#pager [data-do="page-down"]`))
	}
	do(t, p.Tap(`[data-do="search"]`), p.Wait(`() => document.querySelector('main').dataset.screen === 'search'`, nil))
}

// And on every screen, faults included: nothing wider than the panel.
func TestFourTimesTheTextEverywhere(t *testing.T) {
	b := browser.Need(t)
	s, err := gallery.NewStage(screen.DefaultPanel)
	do(t, err)
	defer s.Close()
	w, h := gallery.Size(screen.DefaultPanel, true)
	const large = `() => { for (let i = 0; i < 4 && !document.getElementById('tool-size').innerText.includes('400'); i++) document.getElementById('tool-size').click() }`
	do(t, s.Visit(b, browser.Open{Width: w, Height: h}, "ja", shots(t), func(p *browser.Page, shot gallery.Shot) error {
		if get[bool](t, p, `() => Boolean(document.querySelector('dialog[open]'))`, nil) {
			return nil
		}
		for _, upright := range []bool{true, false} {
			do(t, p.Resize(gallery.Size(screen.DefaultPanel, upright)), p.Eval(nil, large, nil))
			for _, l := range []string{"vi", "ja"} { // the widest and the first
				fits(t, p, fmt.Sprintf("%s %s at 400 %%, upright %v", shot.Name, l, upright), l, upright, true)
			}
		}
		// Small again: what the next shot taps lies where a finger finds it.
		do(t, p.Eval(nil, `() => document.getElementById('tool-size').click()`, nil))
		return p.Resize(w, h)
	}))
}

// UI-12: whatever was chosen or shown is gone from the page with the session,
// which comes back to its start by itself.
func TestNothingStaysOnTheScreen(t *testing.T) {
	s, p := stage(t, browser.Open{Clock: true})
	pages, err := gallery.Specimen()
	do(t, err)
	choose, preview := ask(face.Choose), ask(face.Preview)
	choose.Menu, choose.MaxCopies = gallery.Menu(), 10
	preview.Choice, preview.Pages, preview.Fee = gallery.Choice, pages, 240
	do(t, s.Begin(p, "en"), s.Show(p, choose), s.Show(p, preview))
	picture := get[string](t, p, `() => document.querySelector('img').src`, nil)
	do(t, s.Show(p, face.Tell{Screen: face.End, Code: wire.TimedOut, Texts: screen.Texts(wire.TimedOut)}))
	left := get[string](t, p, page, nil)
	for _, gone := range []string{"Mihon City", "992011", "<img", "240"} {
		if strings.Contains(left, gone) {
			t.Errorf("%q stays on the page", gone)
		}
	}
	if get[bool](t, p, `u => fetch(u).then(() => true, () => false)`, picture) {
		t.Error("the picture of the certificate can still be had")
	}
	do(t, p.Advance(101_000), p.Wait(`() => document.querySelector('main').dataset.screen === 'start' && document.documentElement.lang === 'ja'`, nil))
}

// UI-04: the keypad reaches everything that can be pressed, in the order of the
// screen, comes round, and does what is pressed.
func TestKeypadReachesEverything(t *testing.T) {
	s, p := stage(t, browser.Open{})
	choose := ask(face.Choose)
	choose.Menu, choose.MaxCopies, choose.Again = gallery.Menu(), 10, true
	do(t, s.Begin(p, "ja"), s.Show(p, choose))
	const name = `() => { const e = document.activeElement; return e.id || e.dataset.do || (e.className.match(/back|cancel/) ?? [e.tagName])[0] }`
	var order []string
	for range 8 {
		do(t, p.Press("ArrowDown"))
		order = append(order, get[string](t, p, name, nil))
	}
	want := []string{"another", "finish", "tool-size", "tool-theme", "tool-repeat", "tool-volume", "language", "help"}
	if !slices.Equal(order, want) {
		t.Errorf("the order is %q, want %q", order, want)
	}
	if w := get[float64](t, p, `() => parseFloat(getComputedStyle(document.activeElement).outlineWidth)`, nil); w < 4 {
		t.Errorf("the focus is %.1f px wide", w)
	}
	do(t, p.Press("ArrowDown"), p.Press("Enter"), p.Wait(`() => document.querySelector('main').dataset.screen === 'place'`, nil))
	do(t, p.Press("F1"), p.Wait(`() => document.getElementById('sheet-help')`, nil), p.Press("Escape"),
		p.Wait(`() => !document.querySelector('dialog')`, nil), p.Press("Escape"), p.Wait(`() => document.getElementById('sheet-stop')`, nil))
	do(t, p.Press("ArrowDown"), p.Press("ArrowDown"), p.Press("Enter"))
	if a, err := s.Answer(); err != nil || a.Err != wire.Cancelled {
		t.Errorf("%+v, %v", a, err)
	}
}

// UI-05: every screen says its title, in the language shown; a press ends it,
// repeat says it again, and the volume is the next resident's own.
func TestEveryScreenSpeaks(t *testing.T) {
	b := browser.Need(t)
	s, err := gallery.NewStage(screen.DefaultPanel)
	do(t, err)
	defer s.Close()
	w, h := gallery.Size(screen.DefaultPanel, true)
	do(t, s.Visit(b, browser.Open{Width: w, Height: h}, "en", shots(t), func(p *browser.Page, shot gallery.Shot) error {
		if shot.Tell.Screen == "" {
			return p.Eval(nil, heard, nil)
		}
		if get[bool](t, p, `() => globalThis.heard === undefined`, nil) { // a new page
			return p.Eval(nil, heard, nil)
		}
		said := utterances(t, p)
		if len(said) == 0 {
			t.Fatalf("%s says nothing", shot.Name)
		}
		u := said[len(said)-1]
		if shot.Name == "languages" || shot.Name == "pin-typed" || shot.Name == "right" { // a sheet without words of its own, and counts
			return nil
		}
		title := get[string](t, p, `() => (document.querySelector('dialog[open] h2') ?? document.querySelector('h1')).innerText`, nil)
		if strings.HasPrefix(shot.Name, "working-") {
			title = "Checking the finished certificate"
		}
		if u.Language != "en" || !strings.Contains(u.Text, title) || len(u.Pieces) == 0 {
			t.Errorf("%s says %+v, its title is %q", shot.Name, u, title)
		}
		for _, x := range u.Pieces {
			if x.Key == "" {
				t.Errorf("%s says a piece without a key", shot.Name)
			}
		}
		return nil
	}))
}

func TestRepeatAndVolume(t *testing.T) {
	s, p := stage(t, browser.Open{})
	do(t, s.Begin(p, "ja"), p.Eval(nil, heard, nil), s.Show(p, ask(face.InsertCard)))
	first := utterances(t, p)
	do(t, p.Tap("#tool-repeat"))
	if again := utterances(t, p); len(again) != 1 || again[0].Text != first[0].Text {
		t.Errorf("repeated %+v", again)
	}
	do(t, p.Tap("#tool-volume"), p.Tap("#tool-volume"))
	if u := utterances(t, p); u[0].Volume != 3 || u[1].Volume != 0 {
		t.Errorf("volumes %+v", u)
	}
	do(t, s.Show(p, face.Tell{Screen: face.End}), p.Tap("#actions .primary"), p.Wait(`() => document.querySelector('main').dataset.screen === 'start'`, nil))
	if v := get[string](t, p, `() => document.getElementById('tool-volume').innerText`, nil); !strings.Contains(v, "2") {
		t.Errorf("the next resident's volume is %q", v)
	}
}

// UI-13: one animation in all style sheets, of one change a second, that the
// resident or a setting of the machine stops; nothing else moves.
func TestNothingMoves(t *testing.T) {
	files, err := filepath.Glob("web/css/*.css")
	if err != nil || len(files) < 3 {
		t.Fatal(files, err)
	}
	var all string
	for _, f := range files {
		b, err := os.ReadFile(f)
		do(t, err)
		all += string(b)
	}
	moving := regexp.MustCompile(`(?m)(animation|transition)[^;}]*[;}]`).FindAllString(all, -1)
	want := []string{"animation: call 2s steps(1) infinite;", "animation: none;"}
	if !slices.Equal(moving, want) {
		t.Errorf("moves %q, want %q", moving, want)
	}
	s, p := stage(t, browser.Open{})
	do(t, s.Begin(p, "ja"), s.Show(p, face.Tell{Screen: face.TakeCard, Cancel: true}))
	calls := func() bool { return get[bool](t, p, `() => document.documentElement.hasAttribute('data-call')`, nil) }
	if !calls() {
		t.Error("a card that is forgotten calls nobody")
	}
	do(t, p.Tap(`[data-do="quiet"]`))
	if calls() {
		t.Error("the call cannot be stopped")
	}
}

// A worker that dies without a word leaves no screen behind.
func TestWorkerThatVanishes(t *testing.T) {
	s, p := stage(t, browser.Open{})
	do(t, s.Begin(p, "en"), s.Show(p, ask(face.Consent)))
	s.Hang()
	do(t, p.Wait(`() => document.querySelector('main').dataset.screen === 'end'`, nil))
	if text := get[string](t, p, `() => document.querySelector('main').innerText`, nil); !strings.Contains(text, "nothing about your record") {
		t.Errorf("it shows %s", text)
	}
}

// A reprint number is typed digit by digit, by touch or keys, and given with
// the yes; fewer digits than it has cannot be given.
func TestReprintNumberIsTaken(t *testing.T) {
	s, p := stage(t, browser.Open{})
	choose, preview := ask(face.Choose), ask(face.Preview)
	choose.Menu, choose.MaxCopies = gallery.Menu(), 10
	preview.Choice, preview.Fee = gallery.Choice, 240
	pages, err := gallery.Specimen()
	do(t, err)
	preview.Pages = pages[:1]
	do(t, s.Begin(p, "ja"), s.Show(p, choose), s.Show(p, preview), p.Tap("#actions .primary"), p.Tap(`[data-do="right"]`))
	for _, k := range strings.Split("123456789012345", "") {
		do(t, p.Press(k))
	}
	if !get[bool](t, p, `() => document.querySelector('#actions .primary').disabled`, nil) {
		t.Error("15 digits can be given")
	}
	do(t, p.Tap(".keys button:nth-child(2)"), p.Tap("#actions .primary"))
	if a, err := s.Answer(); err != nil || a.Act.Do != face.Yes || a.Act.Right != "1234567890123452" {
		t.Errorf("%+v, %v", a, err)
	}
}
