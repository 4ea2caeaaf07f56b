package verifier

import (
	"unicode"
	"unicode/utf8"
)

// finds reports whether the printed text holds what, white space aside: lines
// break where the layout wants. It must stand by itself: no letter, mark,
// digit or hyphen may touch it, so that a lot FA1 is not found in FA10, 1980-02
// not in 1980-02-03, and 山田太 not in 山田太郎.
func finds(printed, what string) bool {
	before := ' '
	for i, r := range printed {
		if !unicode.IsSpace(r) && !wordly(before) {
			if rest, ok := cut(printed[i:], what); ok && !startsWordly(rest) {
				return true
			}
		}
		before = r
	}
	return false
}

// cut takes what from the front of s, skipping white space in both.
func cut(s, what string) (rest string, ok bool) {
	for _, want := range what {
		if unicode.IsSpace(want) {
			continue
		}
		r, n := utf8.DecodeRuneInString(s)
		for n > 0 && unicode.IsSpace(r) {
			s = s[n:]
			r, n = utf8.DecodeRuneInString(s)
		}
		if n == 0 || r != want {
			return "", false
		}
		s = s[n:]
	}
	return s, true
}

func startsWordly(s string) bool {
	r, n := utf8.DecodeRuneInString(s)
	return n > 0 && wordly(r)
}

// wordly reports whether r would make another word of the text beside it.
func wordly(r rune) bool {
	return r == '-' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}
