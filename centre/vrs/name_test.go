package vrs_test

import (
	"testing"
	"unicode/utf8"

	"akashi/centre/vrs"
)

func TestSameName(t *testing.T) {
	for _, c := range []struct {
		why, card, registered string
		same                  bool
	}{
		{"equal", "見本　花子", "見本　花子", true},
		{"no separator at VRS", "見本　花子", "見本花子", true},
		{"ASCII space at VRS", "見本　花子", "見本 花子", true},
		{"no-break space", "見本　花子", "見本\u00a0花子", true},
		{"variation selector on the card", "渡邉\U000E0102　一郎", "渡邉　一郎", true},
		{"standardised variation", "神\uFE00　一郎", "神　一郎", true},
		{"compatibility ideograph", "\uFA19　一郎", "神　一郎", true},
		{"half-width kana", "ﾀﾞﾃ　ﾌﾐｵ", "ダテ　フミオ", true},
		{"combining voicing mark", "か\u3099く　栞", "がく　栞", true},
		{"spacing voicing mark", "か゛く　栞", "がく　栞", true},
		{"half-width prolonged sound", "ｼｰﾄﾞ", "シード", true},
		{"full-width Latin", "ＳＭＩＴＨ　ＪＯＨＮ", "SMITH JOHN", true},
		{"Latin case", "Smith John", "SMITH JOHN", true},
		{"middle dot", "ジョン・スミス", "ジョン　スミス", true},
		{"half-width middle dot", "ｼﾞｮﾝ･ｽﾐｽ", "ジョンスミス", true},
		{"hashigo-daka and tatsu-saki", "髙﨑　守", "高崎　守", true},
		{"beyond the basic plane", "𠮷田　太郎", "吉田　太郎", true},
		{"decomposed accent", "Rene\u0301", "RENÉ", false},
		{"decomposed capital accent", "RENE\u0301", "RENÉ", true},
		{"other family name", "見本　花子", "標本　花子", false},
		{"one character more", "見本　花子", "見本　花子郎", false},
		{"order", "見本　花子", "花子　見本", false},
		{"old and new form are two names", "渡邉　一郎", "渡辺　一郎", false},
		{"old and new form are two names", "齋藤　一", "斎藤　一", false},
		{"hiragana is not katakana", "さくら", "サクラ", false},
		{"dotted capital is another letter", "İNCE", "INCE", false},
		{"voicing matters", "かく", "がく", false},
		{"hyphen stays", "ANN-MARIE", "ANNMARIE", false},
		{"empty", "", "", false},
		{"nothing but separators", "　", " ", false},
	} {
		if got := vrs.SameName(c.card, c.registered); got != c.same {
			t.Errorf("%s: SameName(%+q, %+q) = %v", c.why, c.card, c.registered, got)
		}
		if got := vrs.SameName(c.registered, c.card); got != c.same {
			t.Errorf("%s: not symmetric", c.why)
		}
	}
}

func TestVariantsAreNotChained(t *testing.T) {
	if len(vrs.Variants()) == 0 {
		t.Fatal("no pairs")
	}
	for from, to := range vrs.Variants() {
		if _, again := vrs.Variants()[to]; again || from == to {
			t.Errorf("%c leads on, or to itself", from)
		}
		if !vrs.SameName(string(from), string(to)) {
			t.Errorf("%c is not %c", from, to)
		}
	}
}

func FuzzNormalName(f *testing.F) {
	for _, s := range []string{"髙﨑　守", "か゛く", "i\u0307", "ﾀﾞ", "邉\U000E0102", "＝・゠", "Å"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			t.Skip()
		}
		once := vrs.NormalName(s)
		if again := vrs.NormalName(once); again != once {
			t.Errorf("%+q: %+q, then %+q", s, once, again)
		}
	})
}
