// Package names is a corpus of names that are hard to print: characters beyond
// the basic plane, variation sequences, compatibility ideographs, kana and
// Latin letters with combining marks, names that are long. It is the same at
// every call, and nobody in it exists: each name is put together from parts.
package names

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Class says what makes a name hard.
type Class string

// The classes, in the order in which All gives them.
const (
	Beyond      Class = "beyond the basic plane"
	Rare        Class = "extension A"
	Adobe       Class = "Adobe-Japan1 sequences"
	Moji        Class = "Moji_Joho and Hanyo-Denshi sequences"
	Compatible  Class = "compatibility ideographs"
	KanaMarks   Class = "kana with combining marks"
	HalfWidth   Class = "half-width kana"
	Latin       Class = "Latin with diacritics"
	LatinMarks  Class = "Latin with combining marks"
	Roman39     Class = "Latin of 39 characters"
	Long        Class = "very long"
	Mixed       Class = "several of these at once"
	asciiSpaces       = 3 // one of so many Latin names has U+0020 for U+3000
)

// Name is one name of the corpus.
type Name struct {
	Text  string
	Class Class
}

//go:embed sequences.txt
var sequences string

// All gives the whole corpus: more than 2,000 names, no two alike, each of
// which the paper can show.
func All() []Name {
	var all []Name
	add := func(c Class, text string) { all = append(all, Name{text, c}) }
	for i, r := range []rune(beyond + far) {
		add(Beyond, around(i, string(r)))
	}
	for i, r := range []rune(rare) {
		add(Rare, around(i, string(r)))
	}
	for _, c := range []Class{Adobe, Moji} {
		for i, s := range Sequences(c) {
			add(c, around(i, s))
		}
	}
	for i, r := range compatible() {
		add(Compatible, around(i, string(r)))
	}
	kana(add)
	roman(add)
	long(add)
	mixed(add)
	return all
}

// around puts a kanji into one of the four places of a name.
func around(i int, hard string) string {
	f, g := kanji(i)
	parts := []string{string(f[0]), string(f[1]), string(g[0]), string(g[1])}
	parts[i%4] = hard
	return parts[0] + parts[1] + "　" + parts[2] + parts[3]
}

// Sequences gives the variation sequences of a collection, Adobe or Moji.
func Sequences(c Class) (all []string) {
	label := map[Class]string{Adobe: "adobe", Moji: "moji"}[c]
	for line := range strings.Lines(sequences) {
		f := strings.Fields(line)
		if f[0] != label {
			continue
		}
		for _, s := range f[2:] {
			n, err := strconv.ParseUint(s, 16, 8)
			if err != nil {
				panic("names: sequences.txt: " + line) // a defect of the build, found by any test
			}
			all = append(all, f[1]+string(rune(0xE0100+n)))
		}
	}
	return all
}

// compatible gives every compatibility ideograph that Japan's standards have,
// and one of three of the others.
func compatible() (all []rune) {
	for r := rune(0xF900); r <= 0x2FA1D; r++ {
		switch {
		case r == 0xFA6E:
			r = 0xFA6F // the two are unassigned
		case r == 0xFADA:
			r = 0x2F800 - 1
		case r >= 0xFA0E && r < 0xFA6E || r%3 == 0:
			all = append(all, r)
		}
	}
	return all
}

func kana(add func(Class, string)) {
	for i, m := range append(marked(), marked()...) {
		h, k := at(hiragana, i*3), at(katakana, i*5)
		add(KanaMarks, []string{m + h + "　" + k + m, h + m + "　" + m + k, k + m + h + "　" + h}[i%3])
	}
	for i := range 3 * len(halved) {
		add(HalfWidth, at(halved, i)+at(halved, i*2+7+i/len(halved))+"　"+at(halved, i*3+11)+at(halved, i/5+1))
	}
}

// roman adds the names in Latin letters, the same with each letter taken apart
// into its base and its marks (NFD), and some of the longest that a passport
// and a VDS-NC have.
func roman(add func(Class, string)) {
	space := func(i int) string {
		if i%asciiSpaces == 0 {
			return " "
		}
		return "　"
	}
	for i, s := range latin {
		text := s + at(latin, i+97) + space(i) + at(latin, i*3+31)
		if i%2 == 1 {
			text = strings.ToUpper(text)
		}
		add(Latin, text)
		if apart := norm.NFD.String(text); apart != text && norm.NFC.String(apart) == text {
			add(LatinMarks, apart)
		}
	}
	for i := range 60 {
		text := ""
		for n := 0; len(text) < 39; n++ {
			text += at(plain, i+n*(3+i%5))
			if n%4 == 3 {
				text += " "
			}
		}
		add(Roman39, strings.ReplaceAll(text[:38], "  ", "A ")+"X")
	}
}

// long adds names of 40 to 110 characters, which do not fit on a line.
func long(add func(Class, string)) {
	for i := range 20 {
		var k, j, l strings.Builder
		for n := range 13 + i/2 {
			k.WriteString(at(katakana, i*17+n*7) + at(katakana, i+n*11) + []string{"", "・", "＝", "ー"}[n%4])
			f, g := kanji(i*31 + n)
			j.WriteString(string(f[:]) + string(g[:]))
			l.WriteString(at(latin, i*5+n*29))
			if n%2 == 1 {
				l.WriteString(" ")
			}
		}
		add(Long, strings.TrimRight(k.String(), "・＝ー")+"　"+at(katakana, i))
		add(Long, j.String()+"　"+string(at(givenFirst, i)))
		add(Long, strings.TrimSpace(l.String()))
	}
}

// mixed adds names with something hard in every place.
func mixed(add func(Class, string)) {
	adobe, moji, compat, kana, far := Sequences(Adobe), Sequences(Moji), compatible(), marked(), []rune(beyond+far)
	for i := range 120 {
		add(Mixed, fmt.Sprintf("%s%c%s　%s%c%s", at(moji, i*3), at(far, i*5), at(adobe, i*7), at(kana, i), at(compat, i*11), at(moji, i*13+1)))
	}
}
