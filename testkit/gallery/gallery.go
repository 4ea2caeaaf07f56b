package gallery

import (
	"fmt"
	"slices"
	"time"

	"akashi/centre/wire"
	"akashi/kiosk/face"
	"akashi/kiosk/screen"
	"akashi/testkit/browser"
	"akashi/verifier/credential"
)

// Shot is one thing that can stand on the screen.
type Shot struct {
	Name  string
	Tell  face.Tell     // its zero Screen: a screen before a session
	Start wire.Code     // before a session: what keeps it from beginning
	Notes []screen.Note // before a session: what does not work though one can begin
	Taps  []string      // pressed one after the other, from the screen as it came
	Until string        // screen that the last of them leads to, when it takes a moment
	Large bool          // in text of 400 %
	Fault bool
}

// Menu is what can be chosen on the stage: invented places with long names.
func Menu() []face.Offer {
	both := []credential.Kind{credential.Domestic, credential.Overseas}
	offer := func(code, ja, kana, en, pja, pen string, wards ...face.Ward) face.Offer {
		return face.Offer{
			Code: code, NameJA: ja, NameEN: en, Kana: kana, PrefectureJA: pja, PrefectureEN: pen,
			Phone: "000-0000-0" + code[2:5], Kinds: both, Fee: 120, Wards: wards,
		}
	}
	return []face.Offer{
		offer("992011", "見本市", "みほんし", "Mihon City", "見本県", "Mihon Prefecture"),
		offer("991007", "例示市", "れいじし", "Reiji City", "見本県", "Mihon Prefecture",
			face.Ward{NameJA: "例示市北区", NameEN: "Kita Ward, Reiji City", Kana: "れいじしきたく"},
			face.Ward{NameJA: "例示市南区", NameEN: "Minami Ward, Reiji City", Kana: "れいじしみなみく"}),
		offer("993018", "試験町", "しけんちょう", "Shiken Town", "模擬県", "Mogi Prefecture"),
		offer("994014", "模造南大試作町", "もぞうみなみおおしさくちょう", "Mozo Minami-Oshisaku Town", "模擬県", "Mogi Prefecture"),
		offer("995011", "仮置村", "かりおきむら", "Karioki Village", "仮定県", "Katei Prefecture"),
	}
}

// Choice is what the stage's resident chose.
var Choice = &face.Choice{Municipality: "992011", Kind: credential.Overseas, Copies: 2}

// left of the time that cannot be prolonged, on the stage.
const left = int(9 * time.Minute / time.Millisecond)

// wait of each ask on the stage: as a session's.
const wait = int(2 * time.Minute / time.Millisecond)

func ask(s face.Screen) face.Tell { return face.Tell{Screen: s, Ask: true, Cancel: true, Wait: wait} }
func tell(s face.Screen) face.Tell {
	return face.Tell{Screen: s, Cancel: true}
}

func with(t face.Tell, f func(*face.Tell)) face.Tell { f(&t); return t }

// number types a reprint number of 16 digits.
var number = slices.Repeat([]string{`.keys button:nth-child(3)`, `.keys button:nth-child(7)`}, 8)

// Steps gives every screen of a session in its order, faults apart. pages are
// the certificate's, as PNG.
func Steps(pages [][]byte) []Shot {
	choose := with(ask(face.Choose), func(t *face.Tell) { t.Menu, t.MaxCopies, t.Left = Menu(), 10, left })
	preview := with(ask(face.Preview), func(t *face.Tell) { t.Choice, t.Pages, t.Fee = Choice, pages, 240 })
	working := func(step int) face.Tell {
		return with(tell(face.Working), func(t *face.Tell) { t.Step, t.Choice = step, Choice })
	}
	list := []string{`[data-do="prefecture"]`, `main .choice`}
	kind := append(list[:2:2], `main .choice`)
	return []Shot{
		{Name: "start"},
		{Name: "start-notes", Notes: []screen.Note{screen.NotePaid, screen.NoteReceipt, screen.NoteKeypad, screen.NoteSound}},
		{Name: "refund", Taps: append([]string{`[data-do="refund"]`}, number[:5]...)},
		{Name: "refunded", Taps: slices.Concat([]string{`[data-do="refund"]`}, number, []string{`#actions .primary`}), Until: "refunded"},
		{Name: "purpose", Tell: with(ask(face.Consent), func(t *face.Tell) { t.Terms = "2026-11" })},
		{Name: "terms", Tell: with(ask(face.Consent), func(t *face.Tell) { t.Terms = "2026-11" }), Taps: []string{`[data-do="on"]`}},
		{Name: "insert-card", Tell: ask(face.InsertCard)},
		{Name: "checking", Tell: tell(face.Checking)},
		{Name: "pin", Tell: with(ask(face.PIN), func(t *face.Tell) { t.Tries = 3 })},
		{Name: "pin-typed", Tell: with(ask(face.PIN), func(t *face.Tell) { t.Tries = 3 }), Taps: []string{`.keys button`, `.keys button`, `.keys button`}},
		{Name: "reading", Tell: tell(face.Reading)},
		{Name: "take-card", Tell: tell(face.TakeCard)},
		{Name: "choose-place", Tell: choose},
		{Name: "choose-kana", Tell: choose, Taps: []string{`[data-do="kana"]`}},
		{Name: "choose-list", Tell: choose, Taps: list},
		{Name: "choose-prefecture", Tell: choose, Taps: []string{`[data-do="prefecture"]`}},
		{Name: "choose-search", Tell: choose, Taps: []string{`[data-do="search"]`, `.letter`}},
		{Name: "choose-ward", Tell: choose, Taps: []string{`[data-do="prefecture"]`, `main .choice`, `main .choice:nth-of-type(3)`}},
		{Name: "choose-kind", Tell: choose, Taps: kind},
		{Name: "choose-shut", Tell: with(choose, func(t *face.Tell) {
			t.Menu = Menu()
			t.Menu[0].Shut, t.Menu[0].Opens = true, 1_798_000_000
		}), Taps: kind},
		{Name: "choose-copies", Tell: choose, Taps: append(kind[:3:3], `main .choice:last-of-type`, `[data-do="more"]`)},
		{Name: "working", Tell: working(11)},
		{Name: "working-late", Tell: working(13)},
		{Name: "preview", Tell: preview},
		{Name: "preview-hidden", Tell: preview, Taps: []string{`[data-do="hide"]`}},
		{Name: "preview-near", Tell: preview, Taps: []string{`[data-do="near"]`}},
		{Name: "confirm", Tell: preview, Taps: []string{`[data-do="on"]`}},
		{Name: "right", Tell: preview, Taps: []string{`[data-do="on"]`, `[data-do="right"]`, `.keys button:nth-child(3)`, `.keys button:nth-child(7)`, `.keys button:nth-child(2)`, `.keys button:nth-child(6)`, `.keys button:nth-child(9)`}},
		{Name: "pay", Tell: face.Tell{Screen: face.Pay, Choice: Choice, Fee: 240}},
		{Name: "printing", Tell: face.Tell{Screen: face.Printing, Choice: Choice}},
		{Name: "take-paper", Tell: face.Tell{Screen: face.TakePaper, Ask: true}},
		{Name: "another", Tell: with(choose, func(t *face.Tell) { t.Again = true })},
		{Name: "help", Tell: choose, Taps: []string{`#help`}},
		{Name: "languages", Tell: choose, Taps: []string{`#language`}},
		{Name: "cancel", Tell: choose, Taps: []string{`.cancel`}},
		{Name: "ending", Tell: with(choose, func(t *face.Tell) { t.Left = 119_000 })},
		{Name: "end", Tell: face.Tell{Screen: face.End}},
	}
}

// Large gives screens in text of 400 %, which are paged through.
func Large(pages [][]byte) []Shot {
	some := slices.DeleteFunc(Steps(pages), func(s Shot) bool {
		return !slices.Contains([]string{"start", "pin", "choose-place", "preview", "preview-near", "confirm"}, s.Name)
	})
	for i := range some {
		some[i].Name, some[i].Large = some[i].Name+"-400", true
	}
	return some
}

// Faults gives the screens of what goes wrong: those with a choice, and the end
// with each code.
func Faults() []Shot {
	all := []Shot{
		{Name: "pin-last", Tell: with(ask(face.PINLast), func(t *face.Tell) { t.Tries = 1 })},
		{Name: "pin-one-try", Tell: with(ask(face.PIN), func(t *face.Tell) { t.Tries = 1 })},
		{Name: "pin-again", Tell: with(ask(face.PINAgain), func(t *face.Tell) {
			t.Tries, t.Code, t.Texts = 2, wire.PINWrong, screen.Texts(wire.PINWrong)
		})},
		{Name: "trouble-card", Tell: refused(wire.TwoCards, 2)},
		{Name: "trouble-record", Tell: refused(wire.NoRecord, 18)},
		{Name: "trouble-busy", Tell: with(refused(wire.VRSBusy, 18), func(t *face.Tell) { t.RetryAfter = 90 })},
		{Name: "trouble-hours", Tell: with(refused(wire.OutOfHours, 18), func(t *face.Tell) { t.Opens = 1_798_061_400 })},
		{Name: "right-given", Tell: with(face.Tell{Screen: face.Trouble, Ask: true, Step: 18, Again: true, Code: wire.RightGiven, Texts: screen.Texts(wire.RightGiven)}, func(t *face.Tell) {
			t.Charged, t.Right, t.Expires = 240, "1234567890123452", 1_798_000_000
		})},
		{Name: "closed", Start: wire.IssuingStopped},
	}
	for _, c := range wire.Codes() {
		all = append(all, Shot{Name: fmt.Sprintf("end-%d-%s", c, c.Name()), Tell: face.Tell{Screen: face.End, Code: c, Texts: screen.Texts(c)}})
	}
	for i := range all {
		all[i].Fault = true
	}
	return all
}

func refused(c wire.Code, step int) face.Tell {
	return with(ask(face.Trouble), func(t *face.Tell) {
		t.Step, t.Again, t.Code, t.Texts, t.Phone = step, true, c, screen.Texts(c), "000-0000-0201"
	})
}

// Size gives a panel in CSS pixels at 4 to the millimetre.
func Size(p screen.Panel, upright bool) (width, height int) {
	long, short := 4*max(p.Width, p.Height), 4*min(p.Width, p.Height)
	if upright {
		return short, long
	}
	return long, short
}

// Visit opens a page and shows one shot after the other on it; seen is called
// with each. A page that a shot ended is opened anew.
func (s *Stage) Visit(b *browser.Browser, o browser.Open, language string, shots []Shot, seen func(*browser.Page, Shot) error) error {
	o.URL = s.URL
	var p *browser.Page
	var err error
	defer func() {
		s.Hang()
		if p != nil {
			p.Close()
		}
	}()
	for _, shot := range shots {
		if shot.Tell.Screen == "" && s.Conn != nil {
			if err := s.back(p); err != nil {
				return err
			}
		}
		if p == nil {
			if p, err = b.Open(o); err != nil {
				return err
			}
		}
		if err := s.show(p, language, shot); err != nil {
			said, _ := p.Seen()
			return fmt.Errorf("%s %s: %w; the page said %q", language, shot.Name, err, said.Console)
		}
		if err := seen(p, shot); err != nil {
			return fmt.Errorf("%s %s: %w", language, shot.Name, err)
		}
		if len(shot.Taps) > 0 {
			p.Eval(nil, `() => document.querySelector('dialog[open]')?.close()`, nil)
		}
		if shot.Large {
			if err := p.Eval(nil, larger, "100"); err != nil {
				return err
			}
		}
		s.Note()
		if shot.Tell.Screen == face.End || shot.Start != wire.OK || shot.Notes != nil || shot.Tell.Screen == "" && len(shot.Taps) > 0 {
			s.Refuse(wire.OK)
			if err := s.back(p); err != nil {
				return err
			}
		}
	}
	return nil
}

// back brings the page to before a session.
func (s *Stage) back(p *browser.Page) error {
	s.Hang()
	if err := p.Eval(nil, `() => { document.querySelector('main').dataset.screen = 'gone'; location.replace('/') }`, nil); err != nil {
		return err
	}
	return p.Wait(`() => document.querySelector('main')?.dataset.screen === 'start'`, nil)
}

func (s *Stage) show(p *browser.Page, language string, shot Shot) error {
	s.Refuse(shot.Start)
	if shot.Start != wire.OK {
		if err := p.Eval(nil, `() => location.replace('/')`, nil); err != nil {
			return err
		}
		if err := p.Wait(at, "closed"); err != nil {
			return err
		}
		return p.Eval(nil, switched, language)
	}
	if shot.Tell.Screen == "" {
		if err := s.greet(p, language, shot.Notes); err != nil {
			return err
		}
	} else {
		if s.Conn == nil {
			if err := s.Begin(p, language); err != nil {
				return err
			}
		}
		if err := s.Show(p, shot.Tell); err != nil {
			return err
		}
	}
	for _, t := range shot.Taps {
		if err := p.Tap(t); err != nil {
			return err
		}
	}
	if shot.Until != "" {
		return p.Wait(at, shot.Until)
	}
	if shot.Large {
		return p.Eval(nil, larger, "400")
	}
	return nil
}

// greet brings the start screen up in a language, with notes if there are any:
// a page that is loaded anew asks for them at once.
func (s *Stage) greet(p *browser.Page, language string, notes []screen.Note) error {
	if notes != nil {
		s.Note(notes...)
		if err := s.back(p); err != nil {
			return err
		}
		if err := p.Wait(`n => document.querySelectorAll('[data-note]').length === n`, len(notes)); err != nil {
			return err
		}
	}
	if err := p.Wait(at, "start"); err != nil {
		return err
	}
	return p.Eval(nil, switched, language)
}

// switched changes the language as a resident does, in the sheet for it.
const switched = `l => { if (document.documentElement.dataset.language === l) return
	document.getElementById('language').click()
	document.querySelector('#sheet-languages [data-language="' + l + '"]').click() }`

// larger presses the size of the text until it is so many per cent.
const larger = `n => { for (let i = 0; i < 4 && !document.getElementById('tool-size').innerText.includes(n + '%'); i++) document.getElementById('tool-size').click() }`

// at asks whether a screen stands there.
const at = `name => document.querySelector('main')?.dataset.screen === name`
