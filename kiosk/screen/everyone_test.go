package screen_test

import (
	"os"
	"strings"
	"testing"

	"akashi/centre/vaccines"
	"akashi/centre/wire"
	"akashi/kiosk/screen"
	"akashi/kiosk/voice"
	"akashi/testkit/residents"
	"akashi/verifier/credential"
)

// rendered is every sound that `make voices` makes, with how it is read.
func rendered(t *testing.T) map[voice.ID]voice.Clip {
	t.Helper()
	b, err := os.ReadFile("../voice/specimen.tsv")
	if err != nil {
		t.Fatal(err)
	}
	names, err := voice.ParseNames(b)
	if err != nil {
		t.Fatal(err)
	}
	all := map[voice.ID]voice.Clip{}
	for _, c := range voice.List(screen.Spoken(), names) {
		all[c.ID()] = c
	}
	return all
}

// certificate is what a resident's record in one municipality becomes.
func certificate(t *testing.T, r residents.Resident, v residents.Record, k credential.Kind) credential.Certificate {
	t.Helper()
	tables, err := vaccines.Load()
	if err != nil {
		t.Fatal(err)
	}
	birth, err := credential.ParseCompact(r.Card.Birth)
	if err != nil {
		t.Fatal(err)
	}
	c := credential.Certificate{Kind: k, Holder: credential.Holder{Name: r.Card.Name, Birth: birth}}
	if k == credential.Overseas {
		c.Holder.Travel = v.Passport
	}
	for _, d := range v.Doses {
		vaccine, err := tables.Find(residents.Disease, d.Product)
		if err != nil {
			t.Fatal(err)
		}
		date, err := credential.ParseDate(d.Date)
		if err != nil {
			t.Fatal(err)
		}
		c.Doses = append(c.Doses, credential.Dose{Number: len(c.Doses) + 1, Date: date, Vaccine: vaccine})
	}
	return c
}

// heardAs gives how a certificate sounds in a language, piece by piece.
func heardAs(t *testing.T, all map[voice.ID]voice.Clip, language string, c credential.Certificate) string {
	t.Helper()
	sounds := (*screen.Edition)(nil).Aloud(func(id voice.ID) bool { _, ok := all[id]; return ok }, c)[language]
	if len(sounds) == 0 {
		t.Errorf("%s: nothing is heard", language)
	}
	var words []string
	for _, s := range sounds {
		id, err := voice.ParseID(s.ID)
		if err != nil {
			t.Fatal(err)
		}
		words = append(words, all[id].Text)
	}
	return strings.Join(words, " ")
}

// Every resident hears every part of every certificate that they can have, and
// the municipality and the outcome of each request, in every spoken language:
// no piece of it is missing.
func TestEveryResidentHearsEverything(t *testing.T) {
	all := rendered(t)
	book := voice.Book{Has: func(id voice.ID) bool { _, ok := all[id]; return ok }}
	cities := map[string]residents.Municipality{}
	for _, m := range residents.Municipalities() {
		cities[m.Code] = m
	}
	n := 0
	for _, r := range residents.All() {
		for _, language := range []string{"ja", "ja-easy", "en"} {
			said := func(texts ...string) {
				t.Helper()
				for _, text := range texts {
					if parts, unsaid, err := book.Say(language, []voice.Piece{{Text: text}}); err != nil || len(parts) == 0 || len(unsaid) > 0 {
						t.Errorf("%s %s: %q of %q is not said, %v", r.ID, language, unsaid, text, err)
					}
				}
			}
			book.Texts = func(string, string) (string, bool) { return "", false }
			for _, code := range []wire.Code{r.Domestic, r.Overseas} {
				w := screen.For(language, code)
				said(w.What, w.Why, w.Next)
			}
			if m := cities[r.Ask()]; voice.Of(language) == "ja" {
				said(m.NameJA)
			} else {
				said(m.NameEN)
			}
			for _, v := range r.VRS {
				for _, k := range []credential.Kind{credential.Domestic, credential.Overseas} {
					if k == credential.Overseas && (v.Passport == nil || len(r.Card.Birth) == 8 && r.Card.Birth[6:] == "00") {
						continue
					}
					n++
					certificateIsHeard(t, all, language, r, certificate(t, r, v, k))
				}
			}
		}
	}
	if n < 100 {
		t.Errorf("only %d certificates", n)
	}
}

// shown are the words of what is said to stand on the screen instead.
var shown = map[string][2]string{
	"ja": {"お名前は、画面", "ワクチンの名前は"}, "ja-easy": {"名前は、画面", "ワクチンの名前は"}, "en": {"Your name stands", "The name of the vaccine"},
}

func certificateIsHeard(t *testing.T, all map[voice.ID]voice.Clip, language string, r residents.Resident, c credential.Certificate) {
	t.Helper()
	got := heardAs(t, all, language, c)
	_, spelt := voice.Spell(voice.Of(language), r.Card.Name)
	if strings.Contains(got, shown[language][0]) == spelt {
		t.Errorf("%s %s: the name's letters have sounds: %v; heard is %s", r.ID, language, spelt, got)
	}
	if strings.Contains(got, shown[language][1]) {
		t.Errorf("%s %s: a vaccine has no sound: %s", r.ID, language, got)
	}
	for _, d := range c.Doses {
		product := d.Vaccine.ProductEN
		if language != "en" {
			product = d.Vaccine.ProductJA
		}
		if !strings.Contains(got, product) {
			t.Errorf("%s %s: nobody hears of %s: %s", r.ID, language, product, got)
		}
	}
	if travel := c.Holder.Travel; travel != nil {
		for _, code := range []string{travel.Passport, strings.ReplaceAll(travel.RomanName, " ", "")} {
			if !strings.Contains(got, strings.Join(strings.Split(code, ""), " ")) {
				t.Errorf("%s %s: nobody hears %s: %s", r.ID, language, code, got)
			}
		}
	}
	if strings.Contains(got, r.Card.Number) || strings.Contains(got, r.Card.Address) {
		t.Errorf("%s: more is said than stands there", r.ID)
	}
}

// What stands on the paper is said as a person would read it.
func TestACertificateIsRead(t *testing.T) {
	all := rendered(t)
	person := func(name, birth string) credential.Certificate {
		date, err := credential.ParseDate(birth)
		if err != nil {
			t.Fatal(err)
		}
		return credential.Certificate{Holder: credential.Holder{Name: name, Birth: date}}
	}
	for _, c := range []struct {
		language, name, birth string
		want                  string
	}{
		{"ja", "ヴィラ　きょう", "1991-06-05", "お名前は ゔ ぃ ら きょ う 生年月日は 1000 900 90 1年 6月 5日 接種"},
		{"ja", "ﾎﾞｰﾘ　か\u3099く", "1938-05", "お名前は ぼ ー り が く 生年月日は 1000 900 30 8年 5月 接種"},
		{"ja-easy", "渡邉　槙羽", "1931", "声にできません。 生まれた日は 1000 900 30 1年 ワクチンは"},
		{"en", "渡邉　槙羽", "1931", "cannot be spoken. Date of birth 19 31 Number"},
		{"en", "ERDEMLI　ILKAYA", "1986-01-12", "Name E R D E M L I I L K A Y A Date of birth January 12. 19 86"},
		{"en", "さくら", "1999-12", "cannot be spoken. Date of birth December 19 99 Number"},
	} {
		if got := heardAs(t, all, c.language, person(c.name, c.birth)); !strings.Contains(got, c.want) {
			t.Errorf("%s %s: heard is %q, want %q", c.language, c.name, got, c.want)
		}
	}
}

// Where nothing was rendered, or a vaccine is newer than the sounds, the voice
// says what stands on the screen, and the session goes on.
func TestWhatHasNoSoundStandsOnTheScreen(t *testing.T) {
	all := rendered(t)
	c := credential.Certificate{
		Holder: credential.Holder{Name: "さくら", Birth: credential.Date{Year: 1990, Month: 1, Day: 1}},
		Doses:  []credential.Dose{{Number: 1, Date: credential.Date{Year: 2030, Month: 2, Day: 3}, Vaccine: credential.Vaccine{ProductJA: "新薬", ProductEN: "Newvax"}}},
	}
	for l := range shown {
		if got := heardAs(t, all, l, c); !strings.Contains(got, shown[l][1]) {
			t.Errorf("%s: %s", l, got)
		}
	}
	if got := (*screen.Edition)(nil).Aloud(nil, c); got != nil {
		t.Errorf("without sounds: %v", got)
	}
}
