package screen

import (
	"strings"
	"testing"

	"akashi/centre/wire"
)

// terms are each language's one word for what a resident must recognise, and
// other words for the same thing that would make them look for a second one.
var terms = map[string]struct{ pin, place, not string }{
	"ja":      {"暗証番号", "市区町村", "パスワード ピン 自治体"},
	"ja-easy": {"暗証番号", "市や 町", "パスワード 自治体"},
	"en":      {"PIN", "municipality", "password passcode"},
	"zh-Hans": {"密码", "市区町村", "口令 暗证 暗證 决定”"},
	"zh-Hant": {"密碼", "市區町村", "口令 暗證 決定」"},
	"ko":      {"비밀번호", "시구정촌", "암증 핀번호 시정촌"},
	"pt":      {"senha", "município", "PIN prefeitura"},
	"es":      {"PIN", "municipio", "contraseña ayuntamiento"},
	"vi":      {"mã PIN", "địa phương", "mật khẩu"},
}

// every gives all that a language says, by key.
func every(l string) map[string]string {
	all := map[string]string{}
	for k, text := range words.Words[l] {
		all[k] = text
	}
	for _, c := range wire.Codes() {
		x := For(l, c)
		all[c.Name()] = x.What + " " + x.Why + " " + x.Next
	}
	return all
}

func TestOneWordForOneThing(t *testing.T) {
	for _, l := range Languages {
		for _, k := range []string{"pin.title", "last.lead", "pin-wrong", "pin-locked"} {
			if !strings.Contains(strings.ToLower(every(l)[k]), strings.ToLower(terms[l].pin)) {
				t.Errorf("%s %s does not say %s: %s", l, k, terms[l].pin, every(l)[k])
			}
		}
		for _, k := range []string{"place.title", "fact.place", "no-record"} {
			if !strings.Contains(strings.ToLower(every(l)[k]), terms[l].place) {
				t.Errorf("%s %s does not say %s: %s", l, k, terms[l].place, every(l)[k])
			}
		}
		for k, text := range every(l) {
			for _, w := range strings.Fields(terms[l].not) {
				if strings.Contains(text, w) {
					t.Errorf("%s %s says %q: %s", l, k, w, text)
				}
			}
		}
	}
}

// Both ways of writing Chinese keep to their own characters.
func TestChineseKeepsToItsCharacters(t *testing.T) {
	for l, foreign := range map[string]string{
		"zh-Hant": "于适个这认证继续请询设备电话银联网购费时间机显读写误错边过进还选关闭态应该经营销软库",
		"zh-Hans": "於適個這認證繼續請詢設備電話銀聯網購費時間機顯讀寫誤錯邊過進還選關閉態應該經營銷軟庫",
	} {
		for k, text := range every(l) {
			text = named.ReplaceAllString(text, "")
			if i := strings.IndexAny(text, foreign); i >= 0 {
				t.Errorf("%s %s holds %q: %s", l, k, []rune(text[i:])[0], text)
			}
		}
	}
}

// What is said before payment promises no more than what is done after it: a
// print that may or may not have come out is charged, with a reprint right.
func TestNoPromiseIsBroken(t *testing.T) {
	number := map[string]string{
		"ja": "番号", "ja-easy": "番号", "en": "number", "zh-Hans": "编号", "zh-Hant": "編號", "ko": "번호", "pt": "número", "es": "número", "vi": "số",
	}
	for _, l := range Languages {
		for _, k := range []string{"terms.3", "confirm.after"} {
			if !strings.Contains(words.Words[l][k], number[l]) {
				t.Errorf("%s %s does not say that there may be a number instead: %s", l, k, words.Words[l][k])
			}
		}
	}
}
