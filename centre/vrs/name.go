package vrs

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// SameName reports whether the card's name and a registered name are the same
// under the one published normalisation (NormalName). It decides only whether
// two systems mean the same name; what is printed is always the card's name,
// untouched. Empty names are never the same.
func SameName(card, registered string) bool {
	a, b := NormalName(card), NormalName(registered)
	return a != "" && a == b
}

// NormalName is the published normalisation, in this order:
//
//  1. Variation selectors go: U+FE00–U+FE0F and U+E0100–U+E01EF. They choose a
//     glyph, and systems without them keep the base character alone.
//  2. NFKC: half-width kana become full-width, full-width Latin and digits
//     become ASCII, CJK compatibility ideographs become the unified ones
//     (U+FA19 is U+795E 神), and a voicing mark joins its kana.
//  3. Separators go: every Unicode space (U+3000 among them), and
//     ・ (U+30FB), · (U+00B7), the comma, the full stop, = and ゠ (U+30A0) that
//     part the names of residents from abroad. Hyphens and ー stay: they
//     belong to names.
//  4. ASCII letters become capitals, as registers write them. No other letter
//     changes: İ is not I.
//  5. NFC once more, because a spacing voicing mark (゛, U+309B) turns into a
//     space and a combining mark in step 2, and joins its kana only when the
//     space has gone.
//  6. The variant pairs of Variants: each left character becomes the right one.
//
// Nothing else is folded: 渡辺 and 渡邉 differ, hiragana and katakana differ, a
// missing or added character differs.
func NormalName(name string) string {
	s := norm.NFKC.String(strings.Map(dropSelector, name))
	s = norm.NFC.String(strings.Map(plain, s))
	return strings.Map(variant, s)
}

func dropSelector(r rune) rune {
	if r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0100 && r <= 0xE01EF {
		return -1
	}
	return r
}

// plain drops separators and makes ASCII letters capitals.
func plain(r rune) rune {
	if unicode.IsSpace(r) || strings.ContainsRune("・·,.=゠", r) {
		return -1
	}
	if 'a' <= r && r <= 'z' {
		return r - 'a' + 'A'
	}
	return r
}

func variant(r rune) rune {
	if to, ok := variants[r]; ok {
		return to
	}
	return r
}

// variants are forms that JIS X 0208 lacks, each with the one that systems
// limited to it write in its place. Old and new forms that are both in it (澤
// and 沢, 邉 and 辺, 齋 and 斎) are different names and stay so.
var variants = map[rune]rune{
	'髙': '高', // U+9AD9, hashigo-daka
	'﨑': '崎', // U+FA11, tatsu-saki; has no decomposition although it stands among the compatibility ideographs
	'𠮷': '吉', // U+20BB7, tsuchi-yoshi
	'德': '徳', // U+5FB7
	'瀨': '瀬', // U+7028
	'濵': '濱', // U+6FF5
	'栁': '柳', // U+6801
	'桒': '桑', // U+6852
	'槗': '橋', // U+69D7
	'圡': '土', // U+5721
}

// Variants gives the pairs of step 6, for the page that publishes them.
func Variants() map[rune]rune {
	all := make(map[rune]rune, len(variants))
	for from, to := range variants {
		all[from] = to
	}
	return all
}
