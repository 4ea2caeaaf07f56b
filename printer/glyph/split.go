package glyph

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// DefaultMaxRunes bounds one text: the longest field of the paper, a name of
// the card's EF 0002, is far below it.
const DefaultMaxRunes = 512

// maxMarks bounds the marks on one base: no composed character that a name
// uses has more.
const maxMarks = 3

// cluster is what one glyph must draw.
type cluster struct {
	text  string // the exact code points
	base  rune   // what to look up, after composition
	vs    rune   // variation selector, or 0
	class Class  // what it is called when it is missing
	whole bool   // false: no single character composes the sequence
}

// split cuts a text into clusters. It composes kana and Latin sequences for
// drawing; kanji are never normalised, so compatibility ideographs stay what
// the card says. The clusters' texts join to the text.
func split(text string) ([]cluster, error) {
	if !utf8.ValidString(text) {
		return nil, &Refused{ClassEncoding}
	}
	runes := []rune(text)
	if len(runes) > DefaultMaxRunes {
		return nil, &Refused{ClassTooLong}
	}
	var out []cluster
	for i := 0; i < len(runes); {
		n, err := sequence(runes[i:])
		if err != nil {
			return nil, err
		}
		out = append(out, classify(runes[i:i+n]))
		i += n
	}
	return out, nil
}

// sequence gives the length of the first cluster: a base with one variation
// selector or with its combining marks.
func sequence(r []rune) (int, error) {
	if c := refused(r[0]); c != "" {
		return 0, &Refused{c}
	}
	if unicode.Is(unicode.M, r[0]) {
		return 0, &Refused{ClassStrayMark}
	}
	n := 1
	for n < len(r) && unicode.Is(unicode.M, r[n]) {
		if n > maxMarks {
			return 0, &Refused{ClassTooStacked}
		}
		if n > 1 && (selector(r[n]) || selector(r[n-1])) {
			return 0, &Refused{ClassTooStacked}
		}
		if blank(r[0]) {
			return 0, &Refused{ClassStrayMark}
		}
		n++
	}
	return n, nil
}

func classify(r []rune) cluster {
	c := cluster{text: string(r), base: r[0], class: ClassBMP, whole: true}
	if r[0] > 0xFFFF {
		c.class = ClassBeyond
	}
	switch {
	case len(r) == 1:
	case selector(r[1]):
		c.vs, c.class = r[1], ClassVariation
	default:
		c.class = ClassCombining
		c.base, c.whole = compose(r)
	}
	return c
}

// compose gives the one character of a kana or Latin sequence.
func compose(r []rune) (rune, bool) {
	if !unicode.In(r[0], unicode.Hiragana, unicode.Katakana, unicode.Latin) {
		return r[0], false
	}
	composed := []rune(norm.NFC.String(string(r)))
	return composed[0], len(composed) == 1
}

// selector reports whether r is a variation selector (VS1–VS16, VS17–VS256).
func selector(r rune) bool {
	return r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0100 && r <= 0xE01EF
}

// blank reports whether r is one of the two spaces that a name may hold.
func blank(r rune) bool { return r == ' ' || r == 0x3000 }

// refused gives the class of a character that is never printed, or "".
func refused(r rune) Class {
	switch {
	case blank(r):
		return ""
	case unicode.In(r, unicode.Cc, unicode.Cf): // Cf holds the bidi controls
		return ClassControl
	case unicode.Is(unicode.Z, r):
		return ClassSeparator
	case unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S):
		return ""
	}
	return ClassPrivate // Co, Cn; Cs cannot come out of valid UTF-8
}
