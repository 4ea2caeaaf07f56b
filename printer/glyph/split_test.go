package glyph

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSplit(t *testing.T) {
	for text, want := range map[string][]cluster{
		"髙﨑":             {{"髙", '髙', 0, ClassBMP, true}, {"﨑", '﨑', 0, ClassBMP, true}},
		"\uFA19":         {{"\uFA19", 0xFA19, 0, ClassBMP, true}}, // a compatibility ideograph stays
		"𠮷":              {{"𠮷", 0x20BB7, 0, ClassBeyond, true}},
		"邉\U000E0102":    {{"邉\U000E0102", '邉', 0xE0102, ClassVariation, true}},
		"か\u3099":        {{"か\u3099", 'が', 0, ClassCombining, true}},
		"ハ\u309A":        {{"ハ\u309A", 'パ', 0, ClassCombining, true}},
		"e\u0301":        {{"e\u0301", 'é', 0, ClassCombining, true}},
		"I\u0307":        {{"I\u0307", 'İ', 0, ClassCombining, true}},
		"u\u0308\u0304":  {{"u\u0308\u0304", 'ǖ', 0, ClassCombining, true}},
		"か\u309A":        {{"か\u309A", 'か', 0, ClassCombining, false}},
		"辻\u3099":        {{"辻\u3099", '辻', 0, ClassCombining, false}},
		"ｶﾞ":             {{"ｶ", 'ｶ', 0, ClassBMP, true}, {"ﾞ", 'ﾞ', 0, ClassBMP, true}},
		"A\u3000 B":      {{"A", 'A', 0, ClassBMP, true}, {"\u3000", 0x3000, 0, ClassBMP, true}, {" ", ' ', 0, ClassBMP, true}, {"B", 'B', 0, ClassBMP, true}},
		"":               nil,
		"\u3000":         {{"\u3000", 0x3000, 0, ClassBMP, true}},
		"葛\uFE00":        {{"葛\uFE00", '葛', 0xFE00, ClassVariation, true}},
		"山\U000E0100田":   {{"山\U000E0100", '山', 0xE0100, ClassVariation, true}, {"田", '田', 0, ClassBMP, true}},
		"𩸽\U000E0100":    {{"𩸽\U000E0100", 0x29E3D, 0xE0100, ClassVariation, true}},
		"\u3042\u3099":   {{"あ\u3099", 'あ', 0, ClassCombining, false}},
		"a\u0323\u0302b": {{"a\u0323\u0302", 'ậ', 0, ClassCombining, true}, {"b", 'b', 0, ClassBMP, true}},
	} {
		got, err := split(text)
		if err != nil || len(got) != len(want) {
			t.Errorf("%+q: %v, %v", text, got, err)
			continue
		}
		for i, c := range got {
			if c.text != want[i].text || c.vs != want[i].vs || c.class != want[i].class || c.whole != want[i].whole ||
				c.whole && c.base != want[i].base {
				t.Errorf("%+q: cluster %d is %+v, want %+v", text, i, c, want[i])
			}
		}
	}
}

func TestSplitRefuses(t *testing.T) {
	for text, class := range map[string]Class{
		"山\xE7\x94":                            ClassEncoding,
		"\xED\xA0\x80":                         ClassEncoding, // a surrogate
		"山\x00":                                ClassControl,
		"山\n田":                                 ClassControl,
		"\u202E山":                              ClassControl,
		"\u2066山":                              ClassControl,
		"\uFEFF山":                              ClassControl,
		"山\u200D田":                             ClassControl,
		"\u00AD":                               ClassControl,
		"\uE000":                               ClassPrivate,
		"\U000F0000":                           ClassPrivate,
		"\uFFFF":                               ClassPrivate,
		"\u0378":                               ClassPrivate,
		"山\u00A0田":                             ClassSeparator,
		"山\u2028":                              ClassSeparator,
		"\u3099":                               ClassStrayMark,
		"\U000E0100":                           ClassStrayMark,
		"\u3000\u3099":                         ClassStrayMark,
		"邉\U000E0102\U000E0103":                ClassTooStacked,
		"か\u3099\U000E0100":                    ClassTooStacked,
		"a\u0301\u0302\u0303\u0304":            ClassTooStacked,
		strings.Repeat("寿", DefaultMaxRunes+1): ClassTooLong,
	} {
		_, err := split(text)
		var r *Refused
		if !errors.As(err, &r) || r.Class != class {
			t.Errorf("%+q: %v, want %s", text, err, class)
		}
	}
}

func FuzzSplit(f *testing.F) {
	for _, s := range []string{"", "髙﨑", "𠮷田　𩸽子", "邉\U000E0102", "か\u3099", "ｶﾞ", "\xE7\x94", "e\u0301\u0323", "\u202E", "A \u3000B", "\uFE00", "\U000E01EF"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := split(s)
		if err != nil {
			var r *Refused
			if !errors.As(err, &r) || got != nil {
				t.Fatalf("%v with %d clusters", err, len(got))
			}
			return
		}
		if !utf8.ValidString(s) {
			t.Fatal("invalid UTF-8 is accepted")
		}
		var b strings.Builder
		for _, c := range got {
			if c.text == "" || c.base == 0 || c.vs != 0 && !selector(c.vs) {
				t.Fatalf("cluster %+v", c)
			}
			b.WriteString(c.text)
		}
		if b.String() != s {
			t.Fatalf("clusters join to %+q, not to the text", b.String())
		}
	})
}
