package voice

import (
	"regexp"
	"strings"
	"unicode"
)

// Pauses after a piece, in ms.
const (
	pauseSentence = 380
	pausePhrase   = 140
	pauseJoin     = 15
	pauseDigit    = 70
	pauseGroup    = 260
)

// token is a fixed piece, or a place ({name}) that is filled at run time with
// the counter that belongs to it.
type token struct {
	text    string
	place   string
	counter string
}

// ends are where one sentence ends and another begins. A Japanese one needs no
// space behind it.
var ends = regexp.MustCompile(`[。？！　]+|[.?!:]+ `)

// sentences splits a text where a voice comes to rest.
func sentences(text string) []string {
	var all []string
	for from := 0; from < len(text); {
		to := len(text)
		if at := ends.FindStringIndex(text[from:]); at != nil {
			to = from + at[1]
		}
		if s := strings.TrimFunc(text[from:to], unicode.IsSpace); s != "" {
			all = append(all, s)
		}
		from = to
	}
	return all
}

var place = regexp.MustCompile(`\{\w+\}`)

// tokens splits a sentence at its places. A counter (回, 円) behind a place
// goes with it: number and counter are said as one.
func tokens(voice, sentence string) []token {
	var all []token
	literal := func(s string) {
		if s = trim(s); s != "" {
			all = append(all, token{text: s})
		}
	}
	rest := sentence
	for {
		at := place.FindStringIndex(rest)
		if at == nil {
			literal(rest)
			return all
		}
		name := rest[at[0]+1 : at[1]-1]
		t := token{place: name}
		before, money := strings.CutSuffix(rest[:at[0]], "¥")
		if money {
			t.counter = "yen"
		}
		literal(before)
		rest = rest[at[1]:]
		if voice == "ja" && counted[name] {
			t.counter = counterOf(rest)
			rest = rest[len(t.counter):]
		}
		all = append(all, t)
	}
}

// trim takes off what no voice says.
func trim(s string) string {
	s = strings.TrimFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("()（）「」,、・/:：", r)
	})
	if strings.Trim(s, "。.?!？！") == "" {
		return ""
	}
	return s
}

// key is what a fixed piece is known by: やさしい日本語 has spaces between its
// words, which are not heard.
func key(voice, text string) string {
	if voice == "ja" {
		return strings.ReplaceAll(text, " ", "")
	}
	return text
}
