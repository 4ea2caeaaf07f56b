package names

import "akashi/printer/glyph"

// Undrawable is a name that the paper cannot show, and why: it must be an
// error before anything is paid.
type Undrawable struct {
	Text    string
	Missing glyph.Class // what no font has; or
	Refused glyph.Class // what is never printed
}

// Refused gives names that are refused, of every reason there is.
func Refused() (all []Undrawable) {
	for _, c := range []struct {
		missing, refused glyph.Class
		hard             []string
	}{
		// Extensions G and H beyond the fonts, and scripts that no name on a card has.
		{missing: glyph.ClassBeyond, hard: []string{"\U00031350", "\U000313A0", "\U00032000", "\U0001B150", "\U00012000", "\U0001F9D1"}},
		{missing: glyph.ClassBMP, hard: []string{"ا", "ש", "अ", "ক", "ܐ", "ހ"}},
		// Sequences that no collection has.
		{missing: glyph.ClassVariation, hard: []string{"山\U000E01EF", "辻\U000E0142", "葛\U000E01A0", "あ\uFE0F"}},
		// Marks that no character of its own composes: they would be drawn beside
		// their letter. か゜ and its like stand in JIS X 0213, but in no font as
		// one glyph that a character map leads to.
		{missing: glyph.ClassCombining, hard: []string{"か\u309A", "セ\u309A", "ト\u309A", "あ\u3099", "J\u030C", "x\u0302", "辻\u3099", "q\u0307"}},
		{refused: glyph.ClassPrivate, hard: []string{"\uE000", "\U000F0001", "\uFFFF"}},
		{refused: glyph.ClassControl, hard: []string{"\x07", "\u202E", "\u200D", "\uFEFF"}},
		{refused: glyph.ClassSeparator, hard: []string{"\u00A0", "\u2003", "\u2028"}},
		{refused: glyph.ClassTooStacked, hard: []string{"辻\U000E0102\U000E0102", "a\u0302\u0323\u0301\u0307\u0308"}},
		{refused: glyph.ClassEncoding, hard: []string{"\xE7\x94", "\xED\xA0\x80"}},
	} {
		for i, h := range c.hard {
			all = append(all, Undrawable{around(i, h), c.missing, c.refused})
		}
	}
	return append(all, Undrawable{"\U000E0102辻　里", "", glyph.ClassStrayMark}, Undrawable{"　辻　里", "", glyph.ClassSpacing}, Undrawable{"辻　里　", "", glyph.ClassSpacing})
}
