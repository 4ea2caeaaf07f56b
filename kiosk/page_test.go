package kiosk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"akashi/centre/wire"
	"akashi/kiosk"
	"akashi/kiosk/screen"
	"akashi/testkit/browser"
	"akashi/testkit/gallery"
)

// withPage is a kiosk with its own page in front.
func withPage(k *kiosk.Config) {
	k.Origin, k.Screen.Listen = "", "127.0.0.1:0"
}

// finger is a resident at the page.
type finger struct {
	t *testing.T
	p *browser.Page
}

func (c *town) finger() finger {
	c.t.Helper()
	b := browser.Need(c.t)
	w, h := gallery.Size(screen.DefaultPanel, true)
	p, err := b.Open(browser.Open{URL: c.page + "/", Width: w, Height: h})
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { p.Close() })
	return finger{c.t.(*testing.T), p}
}

// at waits for a screen.
func (f finger) at(name string) finger {
	f.t.Helper()
	if err := f.p.Wait(`name => document.querySelector('main')?.dataset.screen === name`, name); err != nil {
		var is string
		f.p.Eval(&is, `() => document.querySelector('main').innerText`, nil)
		f.t.Fatalf("waiting for %s: %v; it shows %s", name, err, is)
	}
	return f
}

func (f finger) tap(selectors ...string) finger {
	f.t.Helper()
	for _, s := range selectors {
		if err := f.p.Tap(s); err != nil {
			f.t.Fatal(err)
		}
	}
	return f
}

func (f finger) press(keys ...string) finger {
	f.t.Helper()
	for _, k := range keys {
		if err := f.p.Press(k); err != nil {
			f.t.Fatal(err)
		}
	}
	return f
}

// key taps a digit of the PIN pad.
func key(d byte) string {
	if d == '0' {
		return ".keys button:nth-child(11)"
	}
	return fmt.Sprintf(".keys button:nth-child(%c)", d)
}

const primary = "#actions .primary"

// A resident who only touches gets an overseas certificate of one city and a
// domestic one of another out of the real agent, its workers and the page; the
// card is asked for once.
func TestWholeSessionByTouch(t *testing.T) {
	browser.Need(t)
	c := newTown(t, withPage)
	c.await(wire.OK)
	_, beside := c.card("hokke")
	r, card := c.card("traveller")
	f := c.finger()
	if err := f.at("start").p.Wait(`markup => !document.getElementById('bold') &&
		document.querySelector('#notices p')?.textContent === markup && document.querySelector('main .lead').textContent === markup`, markup); err != nil {
		t.Errorf("the release's texts do not stand there as they are: %v", err)
	}
	f.watch().tap(`main [data-language="ja"]`)
	f.at("purpose").tap(primary).at("terms").tap(primary)
	f.at("insert")
	c.tray.Lay(beside, card)
	f.at("trouble").reads("615")
	c.tray.Clear()
	f.tap(primary).at("insert")
	c.tray.Lay(card)
	f.at("pin")
	for _, d := range []byte(r.PIN) {
		f.tap(key(d))
	}
	f.tap(`.keys .enter`).at("takecard")
	c.tray.Clear()
	f.buys("ら", "overseas", "120円")
	f.tap(`[data-do="another"]`).buys("ま", "domestic", "120円")
	if m := c.unit.Snapshot(); len(c.papers()) != 2 || m.Charged() != 240 {
		t.Errorf("%d papers, %d yen", len(c.papers()), m.Charged())
	}
	f.tap(primary).at("thanks")
	f.nobody(r.Card.Name)
	f.tap(primary).at("start")
	c.quiet(f)
}

// buys goes from the choice of a place, by the first letter of its row, to the
// paper, and on to the question whether there is more to do.
func (f finger) buys(kana, kind, fee string) finger {
	f.t.Helper()
	f.at("place").tap(`[data-do="kana"]`).at("kana").tap(fmt.Sprintf(`[data-do=%q]`, kana))
	f.at("list").tap(`main .choice`).at("kind").tap(fmt.Sprintf(`[data-do=%q]`, kind))
	f.at("copies").tap(primary).at("preview").tap(primary).at("confirm")
	if err := f.p.Wait(`fee => document.querySelector('main .facts').innerText.includes(fee)`, fee); err != nil {
		f.t.Errorf("what it costs is not shown: %v", err)
	}
	return f.tap(primary).at("takepaper").tap(primary).at("more")
}

// reads holds that a code of trouble stands there.
func (f finger) reads(code string) {
	f.t.Helper()
	var text string
	if err := f.p.Eval(&text, `() => document.querySelector('main .code').innerText`, nil); err != nil || !strings.Contains(text, code) {
		f.t.Errorf("it shows %q, %v; want code %s", text, err, code)
	}
}

// watch keeps every word that the page shows or says from now on.
func (f finger) watch() finger {
	f.t.Helper()
	if err := f.p.Eval(nil, `() => {
		globalThis.words = []
		document.addEventListener('utterance', e => globalThis.words.push(e.detail.text))
		new MutationObserver(() => globalThis.words.push(document.body.textContent)).observe(document.body, { childList: true, subtree: true, characterData: true })
	}`, nil); err != nil {
		f.t.Fatal(err)
	}
	return f
}

// nobody holds UI-07 and UI-23: the resident's name was on no screen as text, and
// in nothing that was said.
func (f finger) nobody(name string) {
	f.t.Helper()
	var words []string
	if err := f.p.Eval(&words, `() => globalThis.words`, nil); err != nil || len(words) < 20 {
		f.t.Fatalf("%d things were shown and said, %v", len(words), err)
	}
	all := strings.Join(words, "\n")
	for _, part := range strings.Split(name, "\u3000") {
		if strings.Contains(all, part) {
			f.t.Errorf("%s was shown or said", part)
		}
	}
}

// quiet holds that the page logged nothing and asked no other host.
func (c *town) quiet(f finger) {
	c.t.Helper()
	seen, err := f.p.Seen()
	if err != nil {
		c.t.Fatal(err)
	}
	for _, s := range seen.Console {
		c.t.Errorf("the page said %q", s)
	}
	for _, r := range seen.Requests {
		if !strings.HasPrefix(r, c.page+"/") && !strings.HasPrefix(r, "ws://127.0.0.1:") && !strings.HasPrefix(r, "blob:"+c.page) {
			c.t.Errorf("the page asked %s", r)
		}
	}
}

// Keys alone are enough: no digit needs sight of the panel.
func TestWholeSessionByKeypad(t *testing.T) {
	browser.Need(t)
	c := newTown(t, withPage, func(k *kiosk.Config) { k.Screen.Headset, k.Screen.Loudspeaker = "headset", "loudspeaker" }, withTray)
	c.loudspeaker()
	c.await(wire.OK)
	r, card := c.card("takasaki")
	f := c.finger()
	presses := 0
	press := func(keys ...string) finger { presses += len(keys); return f.press(keys...) }
	f.at("start")
	e := f.ear()
	press("1").at("purpose")
	press("Enter").at("terms")
	press("Enter").at("insert")
	c.tray.Lay(card)
	f.at("pin")
	press(strings.Split(r.PIN, "")...)
	press("Enter").at("takecard")
	c.tray.Clear()
	f.at("place")
	press("1").at("kana")
	press("ArrowDown", "Enter").at("list") // the only letters that lead somewhere are ma and ra
	press("1").at("kind")
	press("1").at("copies")
	press("ArrowUp", "ArrowUp") // past the first thing there is: to the last, and one before it
	press("F2").at("copies")
	f.press("Escape")
	if err := f.p.Wait(`() => document.querySelector('dialog[open] h2') === document.activeElement`, nil); err != nil {
		t.Fatal(err)
	}
	f.press("Escape").at("copies")
	f.p.Eval(nil, `() => document.querySelector('h1').focus()`, nil)
	press("Enter").at("preview")
	e.aside(c)
	press("Enter").at("confirm")
	c.sensor("1") // as soon as anything lies there
	press("Enter").at("takepaper")
	c.sensor("0") // taken: nobody presses anything
	f.at("more")
	press("Enter").at("thanks")
	if n := len(c.papers()); n != 1 {
		t.Errorf("%d papers", n)
	}
	e.facts(r)
	t.Logf("%d key presses", presses)
}

// A page that vanishes ends the session: nothing is read any more, and the
// next resident can begin.
func TestPageThatVanishes(t *testing.T) {
	browser.Need(t)
	c := newTown(t, withPage)
	c.await(wire.OK)
	f := c.finger()
	f.at("start").tap(`main [data-language="ja"]`).at("purpose")
	if err := f.p.Close(); err != nil {
		t.Fatal(err)
	}
	f = c.finger()
	for begun := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		f.at("start").tap(`main [data-language="en"]`)
		f.p.Wait(`() => ['purpose', 'end'].includes(document.querySelector('main').dataset.screen)`, nil)
		var at string
		f.p.Eval(&at, `() => document.querySelector('main').dataset.screen`, nil)
		if at == "purpose" {
			break
		}
		if f.tap(primary); time.Since(begun) > hang {
			t.Fatal("the kiosk stays busy")
		}
	}
	if len(c.papers()) != 0 {
		t.Error("a paper came out")
	}
}
