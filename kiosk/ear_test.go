package kiosk_test

import (
	"strings"

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
	heard := false
	for _, p := range played {
		heard = heard || p.What == "begin"
	}
	if _, err := voice.Sounds(); heard != (err == nil) {
		e.t.Errorf("heard %v, with sounds that are there: %v", heard, err == nil)
	}
	if e.t.Failed() {
		e.t.Log(text)
	}
}
