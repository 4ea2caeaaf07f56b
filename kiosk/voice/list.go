package voice

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// Name is a name that is said as one piece: of a municipality, a ward, a
// prefecture, a vaccine.
type Name struct {
	Voice  string
	Text   string // as it stands on the screen
	Spoken string // for Japanese, its kana
}

// List gives every sound of which the texts of a language's catalogue, numbers,
// dates, money, letters and the names are joined, each once, in the order of
// their voices and texts.
func List(texts map[string][]string, names []Name) []Clip {
	all := map[ID]Clip{}
	add := func(clips ...Clip) {
		for _, c := range clips {
			if _, there := all[c.ID()]; !there {
				all[c.ID()] = c
			}
		}
	}
	add(jaNumbers()...)
	add(enNumbers()...)
	add(Alphabet("ja")...)
	add(Alphabet("en")...)
	for _, n := range names {
		c := nameClip(n.Voice, n.Text)
		c.Spoken = n.Spoken
		add(c)
	}
	for language, some := range texts {
		for _, t := range some {
			add(Fixed(language, t)...)
		}
	}
	list := make([]Clip, 0, len(all))
	for _, c := range all {
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b Clip) int { return cmp.Or(cmp.Compare(a.Voice, b.Voice), cmp.Compare(a.Text, b.Text)) })
	return list
}

// Fixed gives the fixed pieces of a text of the catalogue.
func Fixed(language, text string) []Clip {
	voice := Of(language)
	var all []Clip
	if voice == "" {
		return nil
	}
	for _, s := range sentences(text) {
		if !place.MatchString(s) {
			s = trim(s)
			if s != "" {
				all = append(all, fixedClip(voice, s))
			}
			continue
		}
		for _, t := range tokens(voice, s) {
			if t.place == "" {
				all = append(all, fixedClip(voice, t.text))
			}
		}
	}
	return all
}

func nameClip(voice, text string) Clip { return Clip{Voice: voice, Text: text} }

// fixedClip is a text of a catalogue, with what the engine is given instead of
// it where it would read it wrongly.
func fixedClip(voice, text string) Clip {
	c := Clip{Voice: voice, Text: key(voice, text)}
	said := c.Text
	if voice == "en" {
		said = strings.TrimSpace(foreign.ReplaceAllString(said, ""))
		said = enInstead.Replace(said)
	} else {
		said = jaInstead.Replace(said)
	}
	if said != c.Text {
		c.Spoken = said
	}
	return c
}

// foreign is a Japanese name in an English text, for the eye only; its closing
// parenthesis is gone where the sentence ended with it.
var foreign = regexp.MustCompile(` ?[(（][^)）]*\p{Han}[^)）]*[)）]?`)

var enInstead = strings.NewReplacer("min.", "minutes", "×", "times", "=", "makes", "2D", "two dee", "e-money", "ee money", "¥", "", "PIN", "pin")

// jaInstead mends what Open JTalk reads wrongly in the texts of the catalogues;
// each line was found in its own trace.
var jaInstead = strings.NewReplacer(
	"×", "かける", "＝", "合計", "又は", "または",
	"日本語", "日本語", "日本", "にほん",
	"申しこめ", "もうしこめ", "できる方", "できるかた", "する方は", "するかたは", "取った方だけ", "取ったかただけ",
	"行を選べ", "ぎょうを選べ", "今記録", "今、記録", "今証明書", "今、証明書", "いただいた規約", "いただいた、規約",
	"年・月・日が", "年、月、ひにちが", "16この", "じゅうろっこの",
)

// Complete reports whether every clip has its sound.
func (p *Pack) Complete(clips []Clip) bool {
	for _, c := range clips {
		if !p.Has(c.ID()) {
			return false
		}
	}
	return true
}

// Some gives a twentieth of the clips, the ten digits, one to nine 桁, and the
// fixed pieces of the texts: enough to listen to in a test.
func Some(clips []Clip, texts map[string][]string) []Clip {
	want := map[ID]bool{}
	for n := range 10 {
		want[enSmall(n).ID()], want[jaUnit(n, counterNamed("")).ID()] = true, true
		for _, c := range jaNumber(n, "桁") {
			want[c.ID()] = true
		}
	}
	for language, some := range texts {
		for _, t := range some {
			for _, c := range Fixed(language, t) {
				want[c.ID()] = true
			}
		}
	}
	var some []Clip
	for i, c := range clips {
		if i%20 == 0 || want[c.ID()] {
			some = append(some, c)
		}
	}
	return some
}
