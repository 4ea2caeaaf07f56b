//go:build cgo

package pkcs11

import (
	"bytes"
	"crypto/elliptic"
	"errors"
	"testing"

	p11 "github.com/miekg/pkcs11"
)

func TestFromRaw(t *testing.T) {
	n := elliptic.P256().Params().N.FillBytes(make([]byte, 32))
	one := append(make([]byte, 31), 1)
	for name, c := range map[string]struct {
		give []byte
		want []byte
	}{
		"small":    {append(append([]byte{}, one...), one...), []byte{0x30, 6, 2, 1, 1, 2, 1, 1}},
		"zero":     {make([]byte, 64), nil},
		"s zero":   {append(append([]byte{}, one...), make([]byte, 32)...), nil},
		"too big":  {append(append([]byte{}, n...), one...), nil},
		"short":    {make([]byte, 63), nil},
		"DER":      {[]byte{0x30, 6, 2, 1, 1, 2, 1, 1}, nil},
		"high bit": {append(append([]byte{0x80}, make([]byte, 31)...), one...), append(append([]byte{0x30, 38, 2, 33, 0, 0x80}, make([]byte, 31)...), 2, 1, 1)},
	} {
		got, err := fromRaw(c.give)
		if !bytes.Equal(got, c.want) || (c.want == nil) != errors.Is(err, ErrAnswer) {
			t.Errorf("%s: %x, %v", name, got, err)
		}
	}
}

// What a token says of its tries decides whether one is spent.
func TestMayTry(t *testing.T) {
	for _, c := range []struct {
		flags       uint
		self, asked error
	}{
		{0, nil, nil},
		{p11.CKF_USER_PIN_COUNT_LOW, ErrCounting, nil},
		{p11.CKF_USER_PIN_COUNT_LOW | p11.CKF_USER_PIN_FINAL_TRY, ErrLastTry, ErrLastTry},
		{p11.CKF_USER_PIN_LOCKED, ErrLocked, ErrLocked},
	} {
		if self, asked := mayTry(c.flags, false), mayTry(c.flags, true); self != c.self || asked != c.asked {
			t.Errorf("%#x: %v and %v", c.flags, self, asked)
		}
	}
}
