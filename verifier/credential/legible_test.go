package credential_test

import (
	"testing"

	"akashi/verifier/credential"
)

func TestLegible(t *testing.T) {
	for _, s := range []string{"見本　太郎", "MIHON TARO", "渡邉\U000e0100", "𠮷田", "か\u3099", "O'Neill-Ñandú", "نام\u200cنام", "FA0001"} {
		if !credential.Legible(s) {
			t.Errorf("%q is not legible", s)
		}
	}
	for _, s := range []string{"", " ", "\u3000", "a\x00", "a\nb", "a\u0085", "a\u2028b", "a\u2029", "a\u200bb", "\ufeffa", "a\u00adb", "a\u202eb", "a\u2066", "a\u2060",
		"a\u034fb", "a\u3164", "a\uffa0", "a\U000e0041", "a\U000e0001", "a\ufffd", "a\uffff", "a\U0001fffe", "\xff"} {
		if credential.Legible(s) {
			t.Errorf("%q is legible", s)
		}
	}
}
