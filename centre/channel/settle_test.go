package channel_test

import (
	"bytes"
	"crypto/hpke"
	"testing"

	"akashi/centre/channel"
	"akashi/centre/wire"
)

func TestSettlement(t *testing.T) {
	key := must(hpke.MLKEM768X25519().GenerateKey())(t)
	a := must(channel.SealSettlement(key.PublicKey().Bytes(), "990019", []byte("delivered")))(t)
	b := must(channel.SealSettlement(key.PublicKey().Bytes(), "990019", []byte("void")))(t)
	if len(a.Ciphertext) != len(b.Ciphertext) {
		t.Error("the length tells the outcome")
	}
	if got := must(channel.OpenSettlement(key, a))(t); string(got) != "delivered" {
		t.Errorf("opened %q", got)
	}
	if a.Municipality != "990019" {
		t.Error("municipality lost")
	}
}

func TestSettlementRefuses(t *testing.T) {
	kem := hpke.MLKEM768X25519()
	key, other := must(kem.GenerateKey())(t), must(kem.GenerateKey())(t)
	good := must(channel.SealSettlement(key.PublicKey().Bytes(), "990019", []byte("void")))(t)
	change := func(f func(*wire.Settle)) wire.Settle {
		s := wire.Settle{Enc: bytes.Clone(good.Enc), Ciphertext: bytes.Clone(good.Ciphertext)}
		f(&s)
		return s
	}
	for name, c := range map[string]struct {
		key  hpke.PrivateKey
		s    wire.Settle
		want wire.Code
	}{
		"other key":      {other, good, wire.EnvelopeInvalid},
		"changed text":   {key, change(func(s *wire.Settle) { s.Ciphertext[9] ^= 1 }), wire.EnvelopeInvalid},
		"changed enc":    {key, change(func(s *wire.Settle) { s.Enc[9] ^= 1 }), wire.EnvelopeInvalid},
		"short enc":      {key, change(func(s *wire.Settle) { s.Enc = s.Enc[1:] }), wire.Malformed},
		"another length": {key, change(func(s *wire.Settle) { s.Ciphertext = append(s.Ciphertext, 0) }), wire.Malformed},
	} {
		if _, err := channel.OpenSettlement(c.key, c.s); err != c.want {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
	if _, err := channel.SealSettlement([]byte("no key"), "990019", nil); err != wire.EnvelopeInvalid {
		t.Errorf("bad key: %v", err)
	}
	if _, err := channel.SealSettlement(key.PublicKey().Bytes(), "990019", make([]byte, channel.SettlePadded)); err != wire.TooLarge {
		t.Errorf("too large: %v", err)
	}
}
