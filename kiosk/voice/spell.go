package voice

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// morae are the sounds of Japanese as they are written, in hiragana.
var morae = strings.Fields("あ い う え お か き く け こ さ し す せ そ た ち つ て と な に ぬ ね の は ひ ふ へ ほ ま み む め も や ゆ よ ら り る れ ろ わ を ん " +
	"が ぎ ぐ げ ご ざ じ ず ぜ ぞ だ ぢ づ で ど ば び ぶ べ ぼ ぱ ぴ ぷ ぺ ぽ ゔ " +
	"きゃ きゅ きょ しゃ しゅ しょ ちゃ ちゅ ちょ にゃ にゅ にょ ひゃ ひゅ ひょ みゃ みゅ みょ りゃ りゅ りょ ぎゃ ぎゅ ぎょ じゃ じゅ じょ びゃ びゅ びょ ぴゃ ぴゅ ぴょ " +
	"ふぁ ふぃ ふぇ ふぉ てぃ でぃ うぃ うぇ しぇ じぇ ちぇ")

// named are signs that are told, not sounded.
var named = map[string]string{"っ": "チイサイツ", "ー": "チョウオン", "・": "テン", "ゃ": "チイサイヤ", "ゅ": "チイサイユ", "ょ": "チイサイヨ", "ぁ": "チイサイア", "ぃ": "チイサイイ", "ぅ": "チイサイウ", "ぇ": "チイサイエ", "ぉ": "チイサイオ"}

var jaLetters = strings.Fields("エー ビー シー ディー イー エフ ジー エイチ アイ ジェー ケー エル エム エヌ オー ピー キュー アール エス ティー ユー ブイ ダブリュー エックス ワイ ゼット")
var enLetters = strings.Fields("ay bee see dee ee eff gee aitch eye jay kay ell em en oh pee cue are ess tee you vee double-you ex why zee")

// jaMora gives a mora's clip. The engine is given katakana: a lone は would be
// read as the particle.
func jaMora(m string) Clip {
	sound := katakana(m)
	if s, ok := named[m]; ok {
		sound = s
	}
	if m == "を" {
		sound = "オ"
	}
	return ja(m, sound, sound)
}

func letter(voice string, r rune) Clip {
	if voice == "ja" {
		sound := jaLetters[r-'A']
		return ja(string(r), sound, sound)
	}
	return en(string(r), enLetters[r-'A'])
}

// Alphabet gives every sound that names are spelt with, always in the same
// order.
func Alphabet(voice string) []Clip {
	var all []Clip
	if voice == "ja" {
		for _, m := range morae {
			all = append(all, jaMora(m))
		}
		for _, m := range "っー・ゃゅょぁぃぅぇぉ" {
			all = append(all, jaMora(string(m)))
		}
	}
	for r := 'A'; r <= 'Z'; r++ {
		all = append(all, letter(voice, r))
	}
	return all
}

var sounded = func() map[string]bool {
	m := map[string]bool{}
	for _, c := range Alphabet("ja") {
		m[c.Text] = true
	}
	return m
}()

// Spell gives a text letter by letter, or false if a letter of it has no sound
// of its own: a kanji is never guessed. Half-width kana and voicing marks that
// stand alone are read as the letters that they are.
func Spell(voice, text string) ([]Part, bool) {
	var all []Part
	s := []rune(Hiragana(strings.ToUpper(norm.NFKC.String(text))))
	for i := 0; i < len(s); i++ {
		switch one := string(s[i]); {
		case strings.ContainsRune(" 　-'.,", s[i]):
			if len(all) > 0 {
				all[len(all)-1].Pause = pauseGroup
			}
		case s[i] >= 'A' && s[i] <= 'Z':
			all = append(all, Part{letter(voice, s[i]), pausePhrase})
		case voice == "ja" && i+1 < len(s) && sounded[string(s[i:i+2])]:
			all = append(all, Part{jaMora(string(s[i : i+2])), pausePhrase})
			i++
		case voice == "ja" && sounded[one]:
			all = append(all, Part{jaMora(one), pausePhrase})
		default:
			return nil, false
		}
	}
	return all, len(all) > 0
}

// spellCode gives a row of capital letters and digits one by one, or false if
// there is anything else in it.
func spellCode(voice, text string) ([]Part, bool) {
	var all []Part
	for _, r := range text {
		switch {
		case r >= 'A' && r <= 'Z':
			all = append(all, Part{letter(voice, r), pausePhrase})
		case r >= '0' && r <= '9':
			all = append(all, Part{digit(voice, int(r-'0')), pausePhrase})
		default:
			return nil, false
		}
	}
	return all, len(all) > 0
}

// Hiragana turns katakana into hiragana; katakana does the reverse.
func Hiragana(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'ァ' && r <= 'ヴ' {
			return r - 'ァ' + 'ぁ'
		}
		return r
	}, s)
}

func katakana(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'ぁ' && r <= 'ゔ' {
			return r - 'ぁ' + 'ァ'
		}
		return r
	}, s)
}
