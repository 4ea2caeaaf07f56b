package scan_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"os"
	"testing"
	"time"

	"akashi/centre/wire"
	"akashi/printer/glyph"
	"akashi/testkit/paper"
	"akashi/testkit/pki"
	"akashi/testkit/residents"
	"akashi/verifier"
	"akashi/verifier/credential"
	"akashi/verifier/rule"
	"akashi/verifier/scan"
	"akashi/verifier/trust"
)

// bench is a world and what reads its papers.
type bench struct {
	world   *pki.World
	trust   *trust.List
	scanner *scan.Scanner
}

func newBench(t *testing.T) bench {
	t.Helper()
	if _, err := glyph.Load(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	w, err := pki.New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	l, err := w.TrustList()
	if err != nil {
		t.Fatal(err)
	}
	s, err := scan.Shared(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return bench{w, l, s}
}

// verify judges a PDF as the public verifier does.
func (b bench) verify(t *testing.T, pdf []byte) error {
	t.Helper()
	pages, err := b.scanner.PDF(pdf)
	if err != nil {
		t.Fatal(err)
	}
	var seen []verifier.Page
	for _, p := range pages {
		seen = append(seen, verifier.Page{Text: p.Text, Codes: p.Codes, Unread: p.Unread, Foreign: p.Foreign})
	}
	_, err = verifier.VerifyPDF(pdf, seen, b.trust, time.Now())
	return err
}

func (b bench) order(r residents.Resident, kind credential.Kind) paper.Order {
	sum := sha256.Sum256([]byte(r.ID))
	return paper.Order{World: b.world, Resident: r, Card: sum, Now: time.Now(), SettleKey: bytes.Repeat([]byte{1}, 1216), SettleToken: sum[:],
		Header: wire.Header{Version: wire.Version, Nonce: sum[:], Kiosk: sum[:], Counter: 1, Municipality: r.Ask(), Kind: kind, Terms: "2026-11"}}
}

// Every resident's paper of every kind is within the grammar and verifies.
func TestEverySheet(t *testing.T) {
	b, papers := newBench(t), 0
	for _, r := range residents.All() {
		for _, kind := range []credential.Kind{credential.Domestic, credential.Overseas} {
			if len(r.VRS) == 0 || kind == credential.Overseas && r.VRS[0].Passport == nil {
				continue
			}
			d, err := paper.Delivery(b.order(r, kind))
			if err != nil {
				t.Logf("%s gets no %s paper: %v", r.ID, kind, err)
				continue
			}
			papers++
			if err := b.verify(t, d.PDF); err != nil {
				t.Errorf("%s %s: %v", r.ID, kind, err)
			}
		}
	}
	if papers < 20 {
		t.Errorf("%d papers only", papers)
	}
}

// TestAttacksAreRefused signs pages that show something else than they say.
// kiosk/lastlook has all of them; here is one of each rule, for the verifier's
// code.
func TestAttacksAreRefused(t *testing.T) {
	b, want := newBench(t), map[string]*rule.Refusal{
		"white over the name":              verifier.ErrForeign,
		"a code inverted":                  verifier.ErrForeign,
		"a code mirrored":                  verifier.ErrUnknown, // it is read
		"a code turned":                    verifier.ErrForeign,
		"white text on white":              verifier.ErrForeign,
		"text clipped away":                verifier.ErrForeign,
		"a font of drawings":               verifier.ErrForeign,
		"a pattern of one colour in a bar": verifier.ErrForeign,
		"a shading in light text":          verifier.ErrForeign,
	}
	r, _ := residents.Find("takasaki")
	for _, a := range paper.Attacks() {
		refusal, ok := want[a.Name]
		if !ok {
			continue
		}
		delete(want, a.Name)
		o := b.order(r, credential.Domestic)
		o.Draw = a.Draw
		d, err := paper.Delivery(o)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.verify(t, d.PDF); !errors.Is(err, refusal) {
			t.Errorf("%s: %v, want %s", a.Name, err, refusal.Code)
		}
	}
	if len(want) > 0 {
		t.Errorf("no such attacks: %v", want)
	}
}
