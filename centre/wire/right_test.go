package wire_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"akashi/centre/wire"
	"akashi/verifier/credential"
)

// A number is copied by hand from a receipt to a keypad: every single wrong
// digit and every swap of neighbours is found.
func TestMistypedNumbersAreFound(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		n := wire.NewRightNumber(uint8(r.IntN(100)), r.Uint64())
		if p, err := wire.ParseRightNumber(string(n)); err != nil || p != n {
			t.Fatalf("%s: %v", n, err)
		}
		for i := range n {
			for d := byte('0'); d <= '9'; d++ {
				refused(t, n, i, d, n[i])
			}
			if i > 0 {
				b := []byte(n)
				b[i-1], b[i] = b[i], b[i-1]
				if _, err := wire.ParseRightNumber(string(b)); err == nil && string(b) != string(n) {
					t.Errorf("%s passes for %s", b, n)
				}
			}
		}
	}
}

func refused(t *testing.T, n wire.RightNumber, i int, d, was byte) {
	t.Helper()
	b := []byte(n)
	b[i] = d
	if _, err := wire.ParseRightNumber(string(b)); (err == nil) != (d == was) {
		t.Errorf("%s beside %s: %v", b, n, err)
	}
}

func TestNumberHasItsParts(t *testing.T) {
	n := wire.NewRightNumber(7, 123456789012)
	if n.Home() != 7 || n[:14] != "07123456789012" || n.Groups()[:15] != "0712 3456 7890 " {
		t.Errorf("%s, home %d, %s", n, n.Home(), n.Groups())
	}
	for _, s := range []string{"", "0", string(n) + "0", string(n[:15]), "07123456789a1234", "０712345678901234", string(n[:15]) + " "} {
		if _, err := wire.ParseRightNumber(s); !errors.Is(err, wire.RightMistyped) {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func TestAsksAboutRightsAreHeldToTheirForm(t *testing.T) {
	id, n := bytes.Repeat([]byte{1}, 16), wire.NewRightNumber(1, 2)
	bill := func() *wire.Bill {
		return &wire.Bill{Amount: 120, Municipality: "990019", Kind: credential.Domestic, Copies: 1}
	}
	for _, good := range []wire.Right{
		{Do: wire.RightIssue, Payment: id, Bill: bill()}, {Do: wire.RightIssue, Payment: id, Number: n, Bill: bill()},
		{Do: wire.RightRedeem, Payment: id, Number: n, Bill: bill()}, {Do: wire.RightRestore, Payment: id, Number: n},
		{Do: wire.RightRefund, Payment: id, Number: n}, {Do: wire.RightWithdraw, Payment: id, Number: n},
	} {
		if err := good.Check(); err != nil {
			t.Errorf("%+v: %v", good, err)
		}
	}
	bend := func(f func(*wire.Right)) wire.Right {
		r := wire.Right{Do: wire.RightRedeem, Payment: id, Number: n, Bill: bill()}
		f(&r)
		return r
	}
	for name, bad := range map[string]wire.Right{
		"does nothing":          bend(func(r *wire.Right) { r.Do = "" }),
		"does something else":   bend(func(r *wire.Right) { r.Do = "print" }),
		"no payment":            bend(func(r *wire.Right) { r.Payment = nil }),
		"a long payment":        bend(func(r *wire.Right) { r.Payment = make([]byte, 17) }),
		"no number":             bend(func(r *wire.Right) { r.Number = "" }),
		"no bill":               bend(func(r *wire.Right) { r.Bill = nil }),
		"a bill too many":       bend(func(r *wire.Right) { r.Do = wire.RightRefund }),
		"less than nothing":     bend(func(r *wire.Right) { r.Bill.Amount = -1 }),
		"a fortune":             bend(func(r *wire.Right) { r.Bill.Amount = wire.MaxBill + 1 }),
		"no copies":             bend(func(r *wire.Right) { r.Bill.Copies = 0 }),
		"eleven copies":         bend(func(r *wire.Right) { r.Bill.Copies = 11 }),
		"no kind":               bend(func(r *wire.Right) { r.Bill.Kind = 0 }),
		"a municipality's name": bend(func(r *wire.Right) { r.Bill.Municipality = "Tokyo!" }),
	} {
		if err := bad.Check(); !errors.Is(err, wire.Malformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := bend(func(r *wire.Right) { r.Number = r.Number[1:] + "0" }).Check(); !errors.Is(err, wire.RightMistyped) {
		t.Errorf("a mistyped number: %v", err)
	}
}

func FuzzRightNumber(f *testing.F) {
	f.Add(string(wire.NewRightNumber(7, 99)))
	f.Add("0000000000000097")
	f.Add("0000000000000000")
	f.Add("00000000000000+1")
	f.Fuzz(func(t *testing.T, s string) {
		n, err := wire.ParseRightNumber(s)
		if err != nil {
			return
		}
		var chance uint64
		for _, c := range []byte(n[2:14]) {
			chance = chance*10 + uint64(c-'0')
		}
		if again := wire.NewRightNumber(n.Home(), chance); string(again) != s {
			t.Errorf("%s is another spelling of %s", s, again)
		}
	})
}
