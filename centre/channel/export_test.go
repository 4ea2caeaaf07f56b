package channel

import (
	"bytes"
	"context"
	"crypto/hpke"
	"net"
	"testing"

	"akashi/centre/wire"
)

// SealForTest seals any plaintext as SealRequest seals a request's.
func SealForTest(t testing.TB, key []byte, h wire.Header, plain []byte) wire.Sealed {
	t.Helper()
	p, err := pad(plain, wire.DefaultPadUp, wire.DefaultMaxSealed)
	if err != nil {
		t.Fatal(err)
	}
	return SealPaddedForTest(t, key, h, p)
}

// SealPaddedForTest seals a plaintext whose padding the caller made.
func SealPaddedForTest(t testing.TB, key []byte, h wire.Header, padded []byte) wire.Sealed {
	t.Helper()
	pub, err := kem.NewPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	enc, s, err := hpke.NewSender(pub, kdf, aead, h.Info())
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Seal(nil, padded)
	if err != nil {
		t.Fatal(err)
	}
	return wire.Sealed{Nonce: bytes.Clone(h.Nonce), Counter: h.Counter, Enc: enc, Ciphertext: c}
}

// The padding's two directions, for tests.
var (
	Pad   = pad
	Unpad = unpad
)

// Source is how strangers are told apart.
var Source = source

// Over makes a client reach its gateway over connections of the caller's.
func (c ClientConfig) Over(dial func(ctx context.Context, network, addr string) (net.Conn, error)) ClientConfig {
	c.dial = dial
	return c
}
