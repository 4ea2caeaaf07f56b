package kiosk_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"akashi/kiosk/voice"
	"akashi/testkit/residents"
)

// ear is a resident who goes by what is said.
type ear struct{ finger }

func (f finger) ear() ear {
	f.t.Helper()
	const listen = `() => { globalThis.said = []; globalThis.played = []
		document.addEventListener('utterance', e => globalThis.said.push(e.detail)); document.addEventListener('voice', e => globalThis.played.push(e.detail)) }`
	if err := f.p.Eval(nil, listen, nil); err != nil {
		f.t.Fatal(err)
	}
	return ear{f}
}

// facts holds that a whole session said what the resident must know to agree,
// pay and go on (UI-10), and on the loudspeaker nothing that is on the card
// (UI-07); and that sounds of it were heard, if any are built in.
func (e ear) facts(r residents.Resident) {
	e.t.Helper()
	var said []struct{ Key, Text string }
	var played []struct{ What string }
	e.p.Eval(&said, `() => globalThis.said`, nil)
	e.p.Eval(&played, `() => globalThis.played`, nil)
	var all []string
	for _, u := range said {
		all = append(all, u.Key+": "+u.Text)
	}
	text := strings.Join(all, "\n")
	for _, want := range []string{
		"カードの本人", "利用規約", "マイナンバーカードを置いて", "暗証番号", "あと3回", "4桁入力しました", "カードをお取り", "接種日に住民票があった", "1 五十音で探す", "1 見本市", "1 日本国内用",
		"日本国内用", "見本市", "1部", "120円", "取り消せません", "印刷しています", "証明書をお取り", "決定キーを押すと",
	} {
		if !strings.Contains(text, want) {
			e.t.Errorf("nobody hears %q", want)
		}
	}
	c := r.Card
	for _, secret := range []string{c.Name, strings.Fields(c.Name)[0], c.Address, c.Number, c.Birth, c.Birth[:4] + "年", r.PIN} {
		if strings.Contains(text, secret) {
			e.t.Errorf("everybody hears %q", secret)
		}
	}
	began := false
	for _, p := range played {
		began = began || p.What == "begin"
	}
	if _, err := voice.Sounds(); began != (err == nil) {
		e.t.Errorf("heard %v, with sounds that are there: %v", began, err == nil)
	}
	if e.t.Failed() {
		e.t.Log(text)
	}
}

// loudspeaker puts the switch of a loudspeaker beside the kiosk, and a headset's
// socket with nothing in it.
func (c *town) loudspeaker() {
	c.t.Helper()
	c.socket("0")
	path := filepath.Join(c.dir, "loudspeaker")
	if err := os.WriteFile(path, []byte("1\n"), 0o600); err != nil {
		c.t.Fatal(err)
	}
	if err := os.Chmod(path, 0o666); err != nil { // the agent's user writes to it
		c.t.Fatal(err)
	}
}

// socket says whether a headset is plugged in.
func (c *town) socket(says string) {
	c.t.Helper()
	if err := os.WriteFile(filepath.Join(c.dir, "headset"), []byte(says+"\n"), 0o644); err != nil {
		c.t.Fatal(err)
	}
}

// loud reports whether the loudspeaker is switched on.
func (c *town) loud() bool {
	c.t.Helper()
	b, err := os.ReadFile(filepath.Join(c.dir, "loudspeaker"))
	if err != nil {
		c.t.Fatal(err)
	}
	return len(b) > 0 && b[0] == '1'
}

// heard is what sounded, and whether only a headset could hear it.
type heard struct {
	What  string
	Aside bool
}

func (e ear) heard() []heard {
	e.t.Helper()
	var all []heard
	if err := e.p.Eval(&all, `() => globalThis.played`, nil); err != nil {
		e.t.Fatal(err)
	}
	return all
}

// aside puts a headset in where the certificate is shown, and pulls it out again
// while what is on it is said: no moment of that is the loudspeaker's.
func (e ear) aside(c *town) {
	e.t.Helper()
	if _, err := voice.Sounds(); err != nil {
		return // facts holds that nothing was heard
	}
	if all := e.heard(); !c.loud() || slices.ContainsFunc(all, func(h heard) bool { return h.Aside }) {
		e.t.Errorf("without a headset the loudspeaker is on: %v; heard is %+v", c.loud(), all)
	}
	c.socket("1")
	if err := e.p.Wait(`() => globalThis.played.some(h => h.what === 'begin' && h.aside)`, nil); err != nil {
		e.t.Fatal(err)
	}
	if c.loud() {
		e.t.Error("what is on the certificate sounds while the loudspeaker does")
	}
	c.socket("0")
	for begun := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		loud := c.loud() // before the page is asked: what it says is later
		over := slices.ContainsFunc(e.heard(), func(h heard) bool { return h.Aside && h.What != "begin" })
		switch {
		case loud && !over:
			e.t.Fatal("the loudspeaker came back while what is on the certificate was said")
		case loud:
			return
		case time.Since(begun) > hang:
			e.t.Fatal("the loudspeaker does not come back")
		}
	}
}
