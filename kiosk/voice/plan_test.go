package voice_test

import (
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"akashi/kiosk/screen"
	"akashi/kiosk/voice"
)

// rendered is what `make voices` renders.
var rendered = sync.OnceValues(func() (map[voice.ID]voice.Clip, error) {
	b, err := os.ReadFile("specimen.tsv")
	if err != nil {
		return nil, err
	}
	names, err := voice.ParseNames(b)
	all := map[voice.ID]voice.Clip{}
	for _, c := range voice.List(screen.Spoken(), names) {
		all[c.ID()] = c
	}
	return all, err
})

func clips(t testing.TB) map[voice.ID]voice.Clip {
	t.Helper()
	all, err := rendered()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// book has every sound that is rendered, without the sounds.
func book(t testing.TB) voice.Book {
	all := clips(t)
	return voice.Book{Has: func(id voice.ID) bool { _, ok := all[id]; return ok }, Texts: func(string, string) (string, bool) { return "", false }}
}

// values fills every place that a text of the catalogues has.
var values = map[string]map[string]string{
	"ja": {"n": "3", "m": "12", "most": "10", "seconds": "40", "sum": "1,240円", "each": "120円", "date": "2026年12月23日", "time": "12月23日(水) 6:30", "phone": "000-0000-0201", "code": "601", "version": "2026-11", "name": "さくら", "passport": "TR1234567", "vaccine": "コミナティ", "place": "見本市", "city": "例示市", "ward": "例示市北区"},
	"en": {"n": "3", "m": "12", "most": "10", "seconds": "40", "sum": "¥1,240", "each": "¥120", "date": "December 23, 2026", "time": "Wed, December 23 at 6:30 AM", "phone": "000-0000-0201", "code": "601", "version": "2026-11", "name": "Sakura", "passport": "TR1234567", "vaccine": "COMIRNATY", "place": "Mihon City", "city": "Reiji City", "ward": "Kita Ward, Reiji City"},
}

var notOnButtons = regexp.MustCompile(`\{(city|place|phone|version|code|time|name|passport|vaccine)\}`)

// Every text of every spoken language has a plan of which no piece is missing,
// filled with values and, as it stands on a button, as one text.
func TestEveryTextIsSaid(t *testing.T) {
	b := book(t)
	b.Private = true
	n := 0
	for language, texts := range screen.Spoken() {
		v := values[voice.Of(language)]
		for _, text := range texts {
			n++
			b.Texts = func(string, string) (string, bool) { return text, true }
			filled := text
			for name, value := range v {
				filled = strings.ReplaceAll(filled, "{"+name+"}", value)
			}
			for _, p := range []voice.Piece{{Key: "key", Values: v}, {Text: filled}} {
				if p.Text != "" && notOnButtons.MatchString(text) {
					continue // never a button's
				}
				parts, unsaid, err := b.Say(language, []voice.Piece{p})
				if err != nil || len(unsaid) > 0 || len(parts) == 0 {
					t.Errorf("%s %q: %d parts, not said %q, %v", language, text, len(parts), unsaid, err)
				}
			}
		}
	}
	if n < 3*350 {
		t.Errorf("only %d texts", n)
	}
}

// said gives the readings of what a text becomes.
func said(t *testing.T, language, text string, kana map[string]string) string {
	t.Helper()
	b := book(t)
	b.Names = kana
	parts, unsaid, err := b.Say(language, []voice.Piece{{Text: text}})
	if err != nil || len(unsaid) > 0 {
		t.Errorf("%s %q: not said %q, %v", language, text, unsaid, err)
	}
	var all []string
	for _, p := range parts {
		c := clips(t)[p.Clip.ID()]
		s := c.Kana
		if s == "" {
			s = c.Says()
		}
		all = append(all, s)
	}
	return strings.Join(all, " ")
}

func TestNumbersDatesMoneyAreJoined(t *testing.T) {
	for _, c := range []struct{ language, text, want string }{
		{"ja", "0回", "ゼロカイ"}, {"ja", "1回", "イッカイ"}, {"ja", "3回", "サンカイ"}, {"ja", "6回", "ロッカイ"}, {"ja", "10回", "ジュッカイ"}, {"ja", "23回", "ニジュウ サンカイ"}, {"ja", "20回", "ニジュッカイ"},
		{"ja", "1分", "イップン"}, {"ja", "3分", "サンプン"}, {"ja", "8分", "ハップン"}, {"ja", "14分", "ジュウ ヨンプン"},
		{"ja", "1桁", "ヒトケタ"}, {"ja", "16桁", "ジュウ ロッケタ"}, {"ja", "1けた", "ヒトケタ"}, {"ja", "2けた", "フタケタ"}, {"ja", "4けた", "ヨンケタ"}, {"ja", "11けた", "ジュウイッケタ"}, {"ja", "16けた", "ジュウ ロッケタ"},
		{"ja-easy", "1つ", "ヒトツ"}, {"ja-easy", "9つ", "ココノツ"}, {"ja-easy", "10つ", "トオ"}, {"ja-easy", "12つ", "ジュウ ニ"},
		{"ja", "4円", "ヨエン"}, {"ja", "240円", "ニヒャク ヨンジューエン"}, {"ja", "1,300円", "セン サンビャクエン"}, {"ja", "3,600円", "サンゼン ロッピャクエン"}, {"ja", "8,801円", "ハッセン ハッピャク イチエン"},
		{"ja", "10,000円", "イチマン エン"}, {"ja", "120,004円", "ジュウ ニマン ヨエン"}, {"ja", "200,000円", "ニジューマン エン"},
		{"ja", "2021年6月1日", "ニセン ニジュウ イチネン ロクガツ ツイタチ"}, {"ja", "2024年4月20日", "ニセン ニジュウ ヨネン シガツ ハツカ"}, {"ja", "1999年9月14日", "セン キュウヒャク キュウジュウ キュウネン クガツ ジュウヨッカ"}, {"ja", "2000年12月24日", "ニセンネン ジュウニガツ ニジュウヨッカ"}, {"ja", "1975年7月", "セン キュウヒャク ナナジュウ ゴネン シチガツ"},
		{"ja", "100%", "ヒャクパーセント"}, {"ja", "2部", "ニブ"}, {"ja", "99,999,999円", "キュウセン キュウヒャク キュウジュウ キュウマン キュウセン キュウヒャク キュウジュウ キュウエン"},
		{"en", "¥0", "zero yen"}, {"en", "¥240", "two hundred forty yen"}, {"en", "¥1,200", "one thousand two hundred yen"}, {"en", "¥12,345", "twelve thousand three hundred forty five yen"}, {"en", "¥200,000", "two hundred thousand yen"},
		{"en", "June 1, 2021", "June first twenty twenty one"}, {"en", "December 23, 2026", "December twenty third twenty twenty six"}, {"en", "May 31, 2005", "May thirty first two thousand five"}, {"en", "August 12, 1908", "August twelfth nineteen oh eight"}, {"en", "March 3, 1900", "March third nineteen hundred"}, {"en", "April 2000", "April two thousand"},
		{"ja", "12月23日(水) 6:30", "ジュウニガツ ニジュウサンニチ スイヨウビ ロクジ サンジュップン"}, {"ja", "4月1日(金) 14:00", "シガツ ツイタチ キンヨウビ ジュウ ヨジ"}, {"ja", "1月20日(日) 0:05", "イチガツ ハツカ ニチヨウビ レイジ ゴフン"},
		{"en", "Wed, December 23 at 6:30 AM", "Wednesday December twenty third at six thirty ay em"}, {"en", "Sun, May 1 at 12:05\u202fPM", "Sunday May first at twelve oh five pee em"}, {"en", "Fri, June 2 at 9:00 PM", "Friday June second at nine pee em"},
		{"en", "400%", "four hundred percent"}, {"en", "13", "thirteen"},
		{"ja", "240円を支払う", "ニヒャク ヨンジューエン を支払う"}, {"en", "Pay ¥240", "Pay two hundred forty yen"},
		{"ja", "見本市", "みほんし"}, {"en", "Mihon City", "Mihon City"},
	} {
		if got := said(t, c.language, c.text, nil); got != c.want {
			t.Errorf("%s %s is said %q, want %q", c.language, c.text, got, c.want)
		}
	}
}

// A name that no sound was made of is spelt, in Japanese by its reading from
// the menu; without one its kanji are not guessed.
func TestUnknownNamesAreSpelt(t *testing.T) {
	if got := said(t, "ja", "架空町", map[string]string{"架空町": "かくうちょう"}); got != "カ ク ウ チョ ウ" {
		t.Errorf("said %q", got)
	}
	if got := said(t, "en", "Kaku", map[string]string{"Kaku": ""}); got != "kay ay kay you" {
		t.Errorf("said %q", got)
	}
	b := book(t)
	if _, unsaid, err := b.Say("ja", []voice.Piece{{Text: "架空町"}}); err != nil || !slices.Equal(unsaid, []string{"架空町"}) {
		t.Errorf("not said %q, %v", unsaid, err)
	}
}

// Names on a card: kana and Latin letters are spelt, kanji never.
// A name is spelt in a book of private speech only, and a passport's number by
// its letters and digits.
func TestNamesAreSpeltPrivately(t *testing.T) {
	b := book(t)
	b.Texts = func(_, key string) (string, bool) { return "{" + key + "}", true }
	for _, c := range []struct {
		place, value string
		sounds       int
	}{{"name", "さくら", 3}, {"name", "きょうか", 3}, {"name", "SAKURA", 6}, {"name", "桜", 0}, {"passport", "TR12", 4}, {"passport", "tr-1", 0}} {
		for _, private := range []bool{true, false} {
			b.Private = private
			want := c.sounds
			if !private {
				want = 0
			}
			parts, unsaid, err := b.Say("ja", []voice.Piece{{Key: c.place, Values: map[string]string{c.place: c.value}}})
			if err != nil || len(parts) != want || (len(unsaid) == 0) != (want > 0) {
				t.Errorf("%s %s, private %v: %d sounds, %q, %v", c.place, c.value, private, len(parts), unsaid, err)
			}
		}
	}
}

func TestSpell(t *testing.T) {
	for _, c := range []struct{ voice, name, want string }{
		{"ja", "ミホン　ハナコ", "ミ ホ ン ハ ナ コ"}, {"ja", "キョウ　ジッタ", "キョ ウ ジ チイサイツ タ"}, {"ja", "ローザ・リー", "ロ チョウオン ザ テン リ チョウオン"},
		{"ja", "LEE ANN", "エル イー イー エー エヌ エヌ"}, {"en", "O'Neil", "oh en ee eye ell"},
		{"ja", "見本　花子", ""}, {"ja", "み本", ""}, {"en", "ミホン", ""}, {"en", "Müller", ""}, {"ja", "", ""}, {"ja", " ", ""},
	} {
		parts, ok := voice.Spell(c.voice, c.name)
		var all []string
		for _, p := range parts {
			all = append(all, p.Clip.Says())
		}
		if got := strings.Join(all, " "); got != c.want || ok != (c.want != "") {
			t.Errorf("%s %q is spelt %q, %v, want %q", c.voice, c.name, got, ok, c.want)
		}
	}
}

func TestSayRefuses(t *testing.T) {
	b := book(t)
	for _, c := range []struct {
		language string
		pieces   []voice.Piece
		want     error
	}{
		{"ko", []voice.Piece{{Text: "x"}}, voice.ErrMute},
		{"ja", []voice.Piece{{Text: "1", Language: "vi"}}, voice.ErrMute},
		{"ja", make([]voice.Piece, voice.DefaultMaxPieces+1), voice.ErrLarge},
		{"ja", []voice.Piece{{Text: strings.Repeat("あ", voice.DefaultMaxText+1)}}, voice.ErrLarge},
	} {
		if _, _, err := b.Say(c.language, c.pieces); !errors.Is(err, c.want) {
			t.Errorf("%s %d pieces: %v, want %v", c.language, len(c.pieces), err, c.want)
		}
	}
	for _, text := range []string{"100,000,000円", "2026年13月1日", "May 32, 2026", "5人前"} {
		language := "ja"
		if text[0] >= 'A' && text[0] <= 'Z' {
			language = "en"
		}
		if _, unsaid, err := b.Say(language, []voice.Piece{{Text: text}}); err != nil || len(unsaid) == 0 {
			t.Errorf("%q is said, %v", text, err)
		}
	}
}

// No clip is empty to the engine, and no English one has Japanese in it.
func TestClips(t *testing.T) {
	for _, c := range clips(t) {
		if c.Says() == "" || len(c.Text) == 0 {
			t.Errorf("%+v says nothing", c)
		}
		if c.Voice == "en" && strings.ContainsFunc(c.Says(), func(r rune) bool { return r > 0x2000 && r != '“' && r != '”' && r != '’' }) {
			t.Errorf("the English voice is given %q", c.Says())
		}
	}
}
