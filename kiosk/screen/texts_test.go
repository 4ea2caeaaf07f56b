package screen

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"akashi/centre/wire"
)

func TestEveryCodeHasWordsInEveryLanguage(t *testing.T) {
	codes := wire.Codes()
	if len(codes) < 50 {
		t.Fatalf("only %d codes: the list is not what this test means to cover", len(codes))
	}
	for _, l := range Languages {
		if len(catalogues[l]) != len(codes) {
			t.Errorf("%s has %d entries for %d codes", l, len(catalogues[l]), len(codes))
		}
		for _, c := range codes {
			words, ok := catalogues[l][c.Name()]
			if !ok {
				t.Errorf("%s lacks %s", l, c.Name())
				continue
			}
			for part, text := range map[string]string{"what": words.What, "why": words.Why, "next": words.Next} {
				if strings.TrimSpace(text) == "" || strings.TrimSpace(text) != text {
					t.Errorf("%s %s %s is empty or has space at an end", l, c.Name(), part)
				}
				if script(named.ReplaceAllString(text, "")) != scripts[l] {
					t.Errorf("%s %s %s is in the wrong language: %q", l, c.Name(), part, text)
				}
			}
		}
	}
}

// named is a Japanese name in parentheses, as it stands on the card and in its
// papers; an English text needs it so that a clerk can be shown it.
var named = regexp.MustCompile(`[(（]\p{Han}+[)）]`)

// scripts are how each language is written; what is left out is Latin.
var scripts = map[string]string{"ja": "kana", "ja-easy": "kana", "zh-Hans": "han", "zh-Hant": "han", "ko": "hangul"}

func script(s string) string {
	has := func(t *unicode.RangeTable) bool {
		return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(t, r) })
	}
	switch {
	case has(unicode.Hiragana):
		return "kana"
	case has(unicode.Hangul):
		return "hangul"
	case has(unicode.Han):
		return "han"
	}
	return ""
}

// Overload and outages must never read as "no record" (the launch of the real
// app showed them as 0 doses).
func TestOverloadIsNotNoRecord(t *testing.T) {
	says := map[string]string{
		"ja": "接種記録の有無とは関係ありません", "ja-easy": "あなたの 記録とは 関係が ありません", "en": "says nothing about your record",
		"zh-Hans": "与您的接种记录无关", "zh-Hant": "與您的接種紀錄無關", "ko": "접종 기록의 유무와는 관계없습니다",
		"pt": "nada diz sobre seu registro", "es": "no dice nada de su registro", "vi": "không liên quan đến hồ sơ của bạn",
	}
	for _, l := range Languages {
		for _, c := range []wire.Code{wire.Busy, wire.VRSDown, wire.VRSBusy, wire.LineDown, wire.CentreListExpired} {
			if x := For(l, c); !strings.Contains(x.Why, says[l]) || x.What == For(l, wire.NoRecord).What {
				t.Errorf("%s %s does not say that it is not about the record", l, c.Name())
			}
		}
	}
}

// Four causes under one message helped nobody; each code's reason is its own.
func TestNoTwoCodesHaveTheSameWords(t *testing.T) {
	for _, l := range Languages {
		seen := map[Text]string{}
		for _, c := range wire.Codes() {
			if other, ok := seen[For(l, c)]; ok {
				t.Errorf("%s: %s and %s cannot be told apart", l, c.Name(), other)
			}
			seen[For(l, c)] = c.Name()
		}
	}
}

func TestUnknownCodeAndLanguage(t *testing.T) {
	if For("ja", wire.Code(65000)) != For("ja", wire.Internal) {
		t.Error("an unknown code must have the words of internal")
	}
	if For("xx", wire.Busy) != For("ja", wire.Busy) {
		t.Error("an unknown language must have the first one's words")
	}
}
