package shc_test

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"math/big"
	"strings"
	"testing"
	"time"

	"akashi/verifier/shc"
)

// BenchmarkVerifySHC verifies a card of three doses from its QR text. The
// metric "x-raw" is its cost in units of a bare ecdsa.Verify over the same
// bytes, taken turn by turn in the same run; ns/op is the card's alone.
func BenchmarkVerifySHC(b *testing.B) {
	i := newIssuer(b)
	third := `,{"fullUrl":"resource:3","resource":` + immunization("2022-02-01", "FA0003") + `}]}},"rid"`
	jws := i.card(b, change(b, `]}},"rid"`, third))
	text, l := qr(jws), i.list()
	if _, err := shc.Verify(text, l, now); err != nil {
		b.Fatal(err)
	}
	dot := strings.LastIndexByte(jws, '.')
	sig, err := b64.DecodeString(jws[dot+1:])
	if err != nil {
		b.Fatal(err)
	}
	r, s := new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])
	var ours, raw time.Duration
	b.ReportAllocs()
	for b.Loop() {
		from := time.Now()
		_, err := shc.Verify(text, l, now)
		between := time.Now()
		d := sha256.Sum256([]byte(jws[:dot]))
		ok := ecdsa.Verify(&i.key.PublicKey, d[:], r, s)
		ours, raw = ours+between.Sub(from), raw+time.Since(between)
		if err != nil || !ok {
			b.Fatal(err, ok)
		}
	}
	b.ReportMetric(float64(ours.Nanoseconds())/float64(b.N), "ns/op")
	b.ReportMetric(float64(ours)/float64(raw), "x-raw")
}
