package credential

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Legible reports whether a text shows what it holds: something to see, and
// nothing that is not seen or that changes how the rest is. Two texts that look
// alike must not differ, and a line must read in the order of its characters.
func Legible(s string) bool {
	return utf8.ValidString(s) && strings.TrimSpace(s) != "" && strings.IndexFunc(s, hidden) < 0
}

// The joiners have no face of their own, and names in several scripts are
// spelt with them.
const nonJoiner, joiner = '\u200c', '\u200d'

// hidden finds control characters, line and paragraph separators, what
// reorders the line, and what has no appearance: format characters, fillers,
// tags, characters that stand for damage. Variation selectors are not among
// them: they choose between the glyphs of a name.
func hidden(r rune) bool {
	switch r {
	case nonJoiner, joiner:
		return false
	case utf8.RuneError: // U+FFFD: what stood here was lost
		return true
	}
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp,
		unicode.Bidi_Control, unicode.Other_Default_Ignorable_Code_Point, unicode.Noncharacter_Code_Point)
}
