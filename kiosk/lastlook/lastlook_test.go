package lastlook_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"akashi/centre/wire"
	"akashi/kiosk/lastlook"
	"akashi/printer/glyph"
	"akashi/printer/sheet"
	"akashi/testkit/paper"
	"akashi/testkit/pki"
	"akashi/testkit/residents"
	"akashi/verifier/cardrecord"
	"akashi/verifier/credential"
	"akashi/verifier/scan"
	"akashi/verifier/trust"
)

// bench is what all tests share: a world, and a scanner, which takes a while.
type bench struct {
	world   *pki.World
	trust   *trust.List
	scanner *scan.Scanner
	now     time.Time // stands still: a delivery made once is as new at the last test
	err     error
}

func (b bench) clock() time.Time { return b.now }

var shared = sync.OnceValue(func() bench {
	var b bench
	if b.world, b.err = pki.New(nil, nil); b.err != nil {
		return b
	}
	if b.trust, b.err = b.world.TrustList(); b.err != nil {
		return b
	}
	b.now = time.Now()
	b.scanner, b.err = scan.Shared(context.Background())
	return b
})

func needAll(t testing.TB) bench {
	t.Helper()
	if _, err := glyph.Load(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	b := shared()
	if b.err != nil {
		t.Fatal(b.err)
	}
	return b
}

// visitor is one resident's request and the delivery that belongs to it.
type visitor struct {
	order paper.Order
	in    lastlook.Input
}

// arrive makes a request of a resident with a delivery of their own, which the
// caller may bend.
func arrive(t testing.TB, id string, kind credential.Kind) visitor {
	t.Helper()
	key := id + kind.String()
	v, ok := arrived[key]
	if !ok {
		v = first(t, id, kind)
		arrived[key] = v
	}
	var err error
	if v.in.Delivery, err = wire.Decode[wire.Delivery](wire.Encode(v.in.Delivery), 8<<20); err != nil {
		t.Fatal(err)
	}
	return v
}

// arrived are those who came before: laying a sheet out and signing it costs
// more than most refusals. The package's tests run one after the other.
var arrived = map[string]visitor{}

func first(t testing.TB, id string, kind credential.Kind) visitor {
	t.Helper()
	b := needAll(t)
	r, ok := residents.Find(id)
	if !ok {
		t.Fatalf("no resident %s", id)
	}
	birth, err := credential.ParseCompact(r.Card.Birth)
	if err != nil {
		t.Fatal(err)
	}
	nonce, kiosk, card := sha256.Sum256([]byte("nonce "+id)), sha256.Sum256([]byte("kiosk")), sha256.Sum256([]byte("card "+id))
	v := visitor{order: paper.Order{
		World: b.world, Resident: r, Card: card, Now: b.now,
		Header: wire.Header{Version: wire.Version, Nonce: nonce[:], Kiosk: kiosk[:], Counter: 1,
			Municipality: r.Ask(), Kind: kind, Disease: residents.Disease, Terms: "2026-11"},
		SettleKey: bytes.Repeat([]byte{1}, 1216), SettleToken: nonce[:],
	}}
	v.in = lastlook.Input{Header: v.order.Header, CardDigest: card, Attributes: cardrecord.Attributes{Name: r.Card.Name, Birth: birth}}
	v.deliver(t)
	return v
}

func (v *visitor) deliver(t testing.TB) {
	t.Helper()
	d, err := paper.Delivery(v.order)
	if err != nil {
		t.Fatal(err)
	}
	v.in.Delivery = d
}

// seal signs the receipt anew over a delivery that was changed: what a centre
// would sign that has mixed two residents up.
func (v *visitor) seal(t testing.TB) {
	t.Helper()
	r, err := paper.Receipt(v.order, v.in.Delivery)
	if err != nil {
		t.Fatal(err)
	}
	v.in.Delivery.Receipt = r
}

func look(t testing.TB, in lastlook.Input) ([][]byte, error) {
	t.Helper()
	b := needAll(t)
	return lastlook.New(b.scanner, b.trust, b.world.Centre.Pool(), b.clock).Look(t.Context(), in)
}

// Names that hurt, dates that lack a part, one page and two: each resident's
// own paper passes. testkit/stack has every resident's looked at.
func TestOwnPaperPasses(t *testing.T) {
	for _, c := range []struct {
		kind credential.Kind
		ids  []string
	}{
		{credential.Domestic, []string{"yoshida", "watanabe", "dakuten", "mononym", "unknownday", "longname"}},
		{credential.Overseas, []string{"longroman", "idot"}},
	} {
		for _, id := range c.ids {
			t.Run(id+" "+c.kind.String(), func(t *testing.T) {
				pages, err := look(t, arrive(t, id, c.kind).in)
				if err != nil {
					t.Fatalf("stopped for reason %d", lastlook.ReasonOf(err))
				}
				if len(pages) < 1 || len(pages) > 2 || !bytes.HasPrefix(pages[0], []byte("\x89PNG")) {
					t.Errorf("%d preview pages", len(pages))
				}
			})
		}
	}
}

// A second page, on which the doses go on, is held like the first.
func TestSecondPage(t *testing.T) {
	a, b := manyDoses(t, "longroman"), manyDoses(t, "town")
	pages, err := look(t, a.in)
	if err != nil || len(pages) != 2 {
		t.Fatalf("%d pages, reason %d", len(pages), lastlook.ReasonOf(err))
	}
	a.in.Delivery.PDF = b.in.Delivery.PDF
	a.seal(t)
	if _, err := look(t, a.in); lastlook.ReasonOf(err) != lastlook.PixelsDiffer {
		t.Errorf("reason %d", lastlook.ReasonOf(err))
	}
}

func manyDoses(t *testing.T, id string) visitor {
	t.Helper()
	v := arrive(t, id, credential.Domestic)
	v.order.Resident.VRS = slices.Clone(v.order.Resident.VRS)
	all := slices.Clone(v.order.Resident.VRS[0].Doses)
	for len(all) < 9 {
		d := all[len(all)-1]
		d.Number++
		d.Date = fmt.Sprintf("2024-%02d-11", len(all)+1)
		all = append(all, d)
	}
	v.order.Resident.VRS[0].Doses = all
	v.deliver(t)
	return v
}

// TestSwaps puts one thing of one resident into another's delivery, at every
// place where a centre could mix two up, also when the centre then signs for
// what it mixed.
func TestSwaps(t *testing.T) {
	type mix = func(t *testing.T, a, b *visitor)
	name := func(s string) func(*sheet.Input) { return func(in *sheet.Input) { in.Certificate.Holder.Name = s } }
	for _, c := range []struct {
		name string
		kind credential.Kind
		mix  mix
		want lastlook.Reason
	}{
		{"whole delivery", credential.Domestic, func(t *testing.T, a, b *visitor) { a.in.Delivery = b.in.Delivery }, lastlook.OtherSession},
		{"receipt", credential.Domestic, func(t *testing.T, a, b *visitor) { a.in.Delivery.Receipt = b.in.Delivery.Receipt }, lastlook.OtherSession},
		{"a receipt bent after its signature", credential.Domestic, func(t *testing.T, a, b *visitor) { a.in.Delivery.Receipt.Counter = 2 }, lastlook.ReceiptInvalid},
		{"a receipt by the attestation's key", credential.Domestic, func(t *testing.T, a, b *visitor) { a.in.Delivery.Receipt.Chain = a.order.World.Attest.DER() }, lastlook.ReceiptInvalid},
		{"an old receipt", credential.Domestic, func(t *testing.T, a, b *visitor) {
			a.order.Word = func(r *wire.Receipt) { r.Issued -= 3600 }
			a.seal(t)
		}, lastlook.ReceiptInvalid},
		{"receipt for the other session", credential.Domestic, func(t *testing.T, a, b *visitor) {
			d := b.in.Header.SessionDigest()
			a.order.Word = func(r *wire.Receipt) { r.SessionDigest = d[:] }
			a.seal(t)
		}, lastlook.OtherSession},
		{"receipt for the next request", credential.Domestic, func(t *testing.T, a, b *visitor) {
			a.order.Word = func(r *wire.Receipt) { r.Counter++ }
			a.seal(t)
		}, lastlook.OtherCounter},
		{"receipt for the other kind", credential.Domestic, func(t *testing.T, a, b *visitor) {
			a.order.Word = func(r *wire.Receipt) { r.Kind = credential.Overseas }
			a.seal(t)
		}, lastlook.OtherKind},
		{"receipt for another disease", credential.Domestic, func(t *testing.T, a, b *visitor) {
			a.order.Word = func(r *wire.Receipt) { r.Disease = "measles" }
			a.seal(t)
		}, lastlook.OtherDisease},
		{"receipt for the other municipality", credential.Domestic, func(t *testing.T, a, b *visitor) {
			a.order.Word = func(r *wire.Receipt) { r.Municipality = residents.Shiken }
			a.seal(t)
		}, lastlook.OtherPlace},
		{"receipt for the other card", credential.Domestic, func(t *testing.T, a, b *visitor) {
			a.order.Word = func(r *wire.Receipt) { r.CardDigest = b.order.Card[:] }
			a.seal(t)
		}, lastlook.OtherCard},
		{"PDF", credential.Domestic, func(t *testing.T, a, b *visitor) { a.in.Delivery.PDF = b.in.Delivery.PDF }, lastlook.OtherPDF},
		{"codes", credential.Domestic, func(t *testing.T, a, b *visitor) { a.in.Delivery.Codes = b.in.Delivery.Codes }, lastlook.OtherCodes},
		{"one code more", credential.Domestic, func(t *testing.T, a, b *visitor) {
			a.in.Delivery.Codes = append(a.in.Delivery.Codes, b.in.Delivery.Codes...)
		}, lastlook.OtherCodes},
		{"no code", credential.Domestic, func(t *testing.T, a, b *visitor) { a.in.Delivery.Codes = nil }, lastlook.OtherCodes},
		{"settle token", credential.Domestic, func(t *testing.T, a, b *visitor) { a.in.Delivery.SettleToken = b.in.Delivery.SettleToken }, lastlook.OtherSettlement},
		{"settle key", credential.Domestic, func(t *testing.T, a, b *visitor) { a.in.Delivery.SettleKey = bytes.Repeat([]byte{2}, 1216) }, lastlook.OtherSettlement},
		{"PDF and codes, signed for", credential.Domestic, func(t *testing.T, a, b *visitor) {
			a.in.Delivery.PDF, a.in.Delivery.Codes = b.in.Delivery.PDF, b.in.Delivery.Codes
			a.seal(t)
		}, lastlook.CodeName},
		{"PDF, signed for", credential.Domestic, func(t *testing.T, a, b *visitor) {
			a.in.Delivery.PDF = b.in.Delivery.PDF
			a.seal(t)
		}, lastlook.PixelsDiffer},
		{"codes, signed for", credential.Domestic, func(t *testing.T, a, b *visitor) {
			a.in.Delivery.Codes = b.in.Delivery.Codes
			a.seal(t)
		}, lastlook.PixelsDiffer},
		{"code on the paper, listed and signed for", credential.Domestic, func(t *testing.T, a, b *visitor) {
			a.order.Codes = func([]string) []string { return b.in.Delivery.Codes }
			a.deliver(t)
		}, lastlook.CodeName},
		{"name on the paper", credential.Domestic, func(t *testing.T, a, b *visitor) {
			a.order.Bend = name(b.order.Resident.Card.Name)
			a.deliver(t)
		}, lastlook.PrintedName},
		{"name on the paper with more before it", credential.Domestic, func(t *testing.T, a, b *visitor) {
			a.order.Bend = name("大" + a.order.Resident.Card.Name)
			a.deliver(t)
		}, lastlook.PrintedName},
		{"name on the paper with another space", credential.Domestic, func(t *testing.T, a, b *visitor) {
			a.order.Bend = func(in *sheet.Input) {
				f, g, _ := credential.SplitName(in.Certificate.Holder.Name)
				in.Certificate.Holder.Name = f + " " + g
			}
			a.deliver(t)
		}, lastlook.PrintedName},
		{"birth date on the paper", credential.Domestic, func(t *testing.T, a, b *visitor) {
			a.order.Bend = func(in *sheet.Input) { in.Certificate.Holder.Birth = b.in.Attributes.Birth }
			a.deliver(t)
		}, lastlook.PrintedBirth},
		{"session code on the paper", credential.Domestic, func(t *testing.T, a, b *visitor) {
			a.order.Bend = func(in *sheet.Input) {
				in.SessionCode = string(wire.CodeFor(b.in.Header.SessionDigest(), 1))
			}
			a.deliver(t)
		}, lastlook.PrintedSession},
		{"session code of the next request", credential.Domestic, func(t *testing.T, a, b *visitor) {
			a.order.Bend = func(in *sheet.Input) {
				in.SessionCode = string(wire.CodeFor(a.in.Header.SessionDigest(), 2))
			}
			a.deliver(t)
		}, lastlook.PrintedSession},
		{"doses on the paper", credential.Domestic, func(t *testing.T, a, b *visitor) {
			a.order.Bend = func(in *sheet.Input) { in.Certificate.Doses = in.Certificate.Doses[:1] }
			a.deliver(t)
		}, lastlook.PrintedDoses},
		{"a second code of the other on the paper", credential.Domestic, func(t *testing.T, a, b *visitor) {
			a.order.Bend = func(in *sheet.Input) {
				in.Codes = append(in.Codes, sheet.Code{Label: sheet.LabelSHC, Text: b.in.Delivery.Codes[0]})
			}
			a.deliver(t)
		}, lastlook.CodeFormats},
		{"a second code on the paper that nobody lists", credential.Domestic, func(t *testing.T, a, b *visitor) {
			a.order.Bend = func(in *sheet.Input) {
				in.Codes = append(in.Codes, sheet.Code{Label: sheet.LabelSHC, Text: b.in.Delivery.Codes[0]})
			}
			a.deliver(t)
			a.in.Delivery.Codes = a.in.Delivery.Codes[:1]
			a.seal(t)
		}, lastlook.PixelsDiffer},
		{"a code of another authority", credential.Domestic, func(t *testing.T, a, b *visitor) {
			other, err := pki.New(nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			o := a.order
			o.World = other
			d, err := paper.Delivery(o)
			if err != nil {
				t.Fatal(err)
			}
			a.order.Codes = func([]string) []string { return d.Codes }
			a.deliver(t)
		}, lastlook.CodeInvalid},
		{"PDF with one byte changed, signed for", credential.Domestic, func(t *testing.T, a, b *visitor) {
			a.in.Delivery.PDF = bytes.Clone(a.in.Delivery.PDF)
			a.in.Delivery.PDF[len(a.in.Delivery.PDF)/2] ^= 1
			a.seal(t)
		}, lastlook.PDFSignature},
		{"PDF without a signature", credential.Domestic, func(t *testing.T, a, b *visitor) {
			c, err := paper.Certificate(a.order.World.Issuer, a.order.Resident, credential.Domestic, a.order.Now)
			if err != nil {
				t.Fatal(err)
			}
			a.in.Delivery.PDF, err = sheet.Render(sheet.Input{Certificate: c, SessionCode: "0000-0000",
				Codes: []sheet.Code{{Label: sheet.LabelSHC, Text: a.in.Delivery.Codes[0]}}})
			if err != nil {
				t.Fatal(err)
			}
			a.seal(t)
		}, lastlook.PDFSignature},
		{"overseas: the other's seal", credential.Overseas, func(t *testing.T, a, b *visitor) {
			a.order.Codes = func(own []string) []string { return []string{own[0], b.in.Delivery.Codes[1]} }
			a.deliver(t)
		}, lastlook.CodeBirth},
		{"overseas: the other's card", credential.Overseas, func(t *testing.T, a, b *visitor) {
			a.order.Codes = func(own []string) []string { return []string{b.in.Delivery.Codes[0], own[1]} }
			a.deliver(t)
		}, lastlook.CodeBirth},
		{"overseas: both codes of the other", credential.Overseas, func(t *testing.T, a, b *visitor) {
			a.order.Codes = func([]string) []string { return b.in.Delivery.Codes }
			a.deliver(t)
		}, lastlook.CodeBirth},
		{"overseas: a seal of another name and the same birth date", credential.Overseas, func(t *testing.T, a, b *visitor) {
			a.order.Codes = func(own []string) []string { return []string{own[0], alias(t, a).Codes[1]} }
			a.deliver(t)
		}, lastlook.CodesDisagree},
		{"overseas: a card of another name and the same birth date", credential.Overseas, func(t *testing.T, a, b *visitor) {
			a.order.Codes = func(own []string) []string { return []string{alias(t, a).Codes[0], own[1]} }
			a.deliver(t)
		}, lastlook.CodesDisagree},
		{"overseas: a seal of the same person with other doses", credential.Overseas, func(t *testing.T, a, b *visitor) {
			o := a.order
			o.Resident.VRS = slices.Clone(o.Resident.VRS)
			o.Resident.VRS[0].Doses = o.Resident.VRS[0].Doses[:1]
			d, err := paper.Delivery(o)
			if err != nil {
				t.Fatal(err)
			}
			a.order.Codes = func(own []string) []string { return []string{own[0], d.Codes[1]} }
			a.deliver(t)
		}, lastlook.CodesDisagree},
		{"overseas: codes listed in the other order", credential.Overseas, func(t *testing.T, a, b *visitor) {
			c := a.in.Delivery.Codes
			a.in.Delivery.Codes = []string{c[1], c[0]}
			a.seal(t)
		}, lastlook.PixelsDiffer},
		{"overseas: only one code", credential.Overseas, func(t *testing.T, a, b *visitor) {
			a.order.Bend = func(in *sheet.Input) { in.Codes = in.Codes[:1] }
			a.deliver(t)
		}, lastlook.CodeFormats},
		{"overseas: kanji name", credential.Overseas, func(t *testing.T, a, b *visitor) {
			a.order.Bend = name(b.order.Resident.Card.Name)
			a.deliver(t)
		}, lastlook.PrintedName},
		{"overseas: Roman name on the paper", credential.Overseas, func(t *testing.T, a, b *visitor) {
			a.order.Bend = func(in *sheet.Input) {
				x := *in.Certificate.Holder.Travel
				x.RomanName = "OTHER PERSON"
				in.Certificate.Holder.Travel = &x
			}
			a.deliver(t)
		}, lastlook.PrintedTravel},
		{"overseas: passport on the paper", credential.Overseas, func(t *testing.T, a, b *visitor) {
			a.order.Bend = func(in *sheet.Input) {
				x := *in.Certificate.Holder.Travel
				x.Passport = "XZ0000000"
				in.Certificate.Holder.Travel = &x
			}
			a.deliver(t)
		}, lastlook.PrintedTravel},
		{"overseas: certificate ID on the paper", credential.Overseas, func(t *testing.T, a, b *visitor) {
			a.order.Bend = func(in *sheet.Input) { in.Certificate.ID = "0THER1D" }
			a.deliver(t)
		}, lastlook.PrintedID},
	} {
		t.Run(c.name, func(t *testing.T) {
			first, second := "takasaki", "hokke"
			if c.kind == credential.Overseas {
				first, second = "traveller", "longroman"
			}
			a, b := arrive(t, first, c.kind), arrive(t, second, c.kind)
			c.mix(t, &a, &b)
			pages, err := look(t, a.in)
			if pages != nil {
				t.Error("a preview came out")
			}
			if got := lastlook.ReasonOf(err); got != c.want {
				t.Errorf("reason %d, want %d (%v)", got, c.want, err)
			}
		})
	}
}

// alias makes a delivery for the same person under another Roman name.
func alias(t *testing.T, v *visitor) wire.Delivery {
	t.Helper()
	o := v.order
	o.Codes = nil
	o.Resident.VRS = slices.Clone(o.Resident.VRS)
	travel := *o.Resident.VRS[0].Passport
	travel.RomanName = "ALIAS OTHER"
	o.Resident.VRS[0].Passport = &travel
	d, err := paper.Delivery(o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Twins share name and birth date: session, card and codes still tell them
// apart.
func TestTwins(t *testing.T) {
	a, b := arrive(t, "twin-a", credential.Domestic), arrive(t, "twin-b", credential.Domestic)
	a.in.Delivery.PDF, a.in.Delivery.Codes = b.in.Delivery.PDF, b.in.Delivery.Codes
	a.seal(t)
	if _, err := look(t, a.in); lastlook.ReasonOf(err) != lastlook.PrintedSession {
		t.Errorf("reason %d", lastlook.ReasonOf(err))
	}
}

func TestLookEndsWithItsContext(t *testing.T) {
	v := arrive(t, "takasaki", credential.Domestic)
	b := needAll(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(wire.TimedOut)
	_, err := lastlook.New(b.scanner, b.trust, b.world.Centre.Pool(), b.clock).Look(ctx, v.in)
	if !errors.Is(err, wire.TimedOut) || lastlook.ReasonOf(err) != 0 {
		t.Errorf("got %v: an end of time is no mismatch", err)
	}
}

func BenchmarkLook(b *testing.B) {
	v := arrive(b, "traveller", credential.Overseas)
	for b.Loop() {
		if _, err := look(b, v.in); err != nil {
			b.Fatal(lastlook.ReasonOf(err))
		}
	}
}
