package es256

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/asn1"
	"math/big"
	"testing"
)

func der(t testing.TB, r, s *big.Int) []byte {
	t.Helper()
	b, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRawRefuses(t *testing.T) {
	one, n := big.NewInt(1), elliptic.P256().Params().N
	good := der(t, one, one)
	if raw, err := Raw(good); err != nil || len(raw) != 64 || raw[31] != 1 || raw[63] != 1 {
		t.Fatalf("%x, %v", raw, err)
	}
	if _, err := Raw(der(t, new(big.Int).Sub(n, one), one)); err != nil {
		t.Errorf("the largest r: %v", err)
	}
	for name, b := range map[string][]byte{
		"empty": nil, "cut": good[:len(good)-1], "trailing": append(bytes.Clone(good), 0), "raw": make([]byte, 64),
		"zero r": der(t, new(big.Int), one), "zero s": der(t, one, new(big.Int)),
		"negative": der(t, big.NewInt(-1), one), "r of the order": der(t, n, one), "s of the order": der(t, one, n),
		"long form of a length": {0x30, 0x81, 6, 2, 1, 1, 2, 1, 1}, "padded integer": {0x30, 7, 2, 2, 0, 1, 2, 1, 1},
		"third integer": {0x30, 9, 2, 1, 1, 2, 1, 1, 2, 1, 1},
	} {
		if _, err := Raw(b); err != ErrSignature {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzSignature: one signature has one DER encoding.
func FuzzSignature(f *testing.F) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	sig, err := ecdsa.SignASN1(rand.Reader, key, make([]byte, 32))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sig)
	f.Add([]byte{0x30, 6, 2, 1, 1, 2, 1, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		raw, err := Raw(b)
		if err != nil {
			return
		}
		if again := der(t, new(big.Int).SetBytes(raw[:32]), new(big.Int).SetBytes(raw[32:])); !bytes.Equal(again, b) {
			t.Errorf("%x and %x are one signature", b, again)
		}
	})
}
