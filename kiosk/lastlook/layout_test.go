package lastlook_test

import (
	"errors"
	"fmt"
	"testing"

	"akashi/centre/wire"
	"akashi/kiosk/lastlook"
	"akashi/printer/sheet"
	"akashi/testkit/paper"
	"akashi/verifier/credential"
	"akashi/verifier/pdfsig"
)

// Papers whose text, codes, receipt and signature are all in order, and that
// show something else: only laying the sheet out again finds them.
func TestOtherSheet(t *testing.T) {
	for name, bend := range map[string]func(t *testing.T, a, b *visitor){
		"a glyph with another letter's shape": func(t *testing.T, a, b *visitor) {
			own := []rune(a.in.Attributes.Name)
			last := len(own) - 1
			a.order.Bend = func(in *sheet.Input) { in.Certificate.Holder.Name = string(own[:last]) + "鬱" }
			a.order.Draw = func(pdf []byte) ([]byte, error) {
				return paper.Amend(pdf, "<9B31> <9B31>", fmt.Sprintf("<9B31> <%04X>", own[last]))
			}
			a.deliver(t)
		},
		"the same, and the certificate meant": func(t *testing.T, a, b *visitor) {
			own := []rune(a.in.Attributes.Name)
			last := len(own) - 1
			honest := a.in.Delivery.Certificate
			a.order.Bend = func(in *sheet.Input) { in.Certificate.Holder.Name = string(own[:last]) + "鬱" }
			a.order.Draw = func(pdf []byte) ([]byte, error) {
				return paper.Amend(pdf, "<9B31> <9B31>", fmt.Sprintf("<9B31> <%04X>", own[last]))
			}
			a.deliver(t)
			a.in.Delivery.Certificate = honest
		},
		"another's certificate beside it":  func(t *testing.T, a, b *visitor) { a.in.Delivery.Certificate = b.in.Delivery.Certificate },
		"a certificate without doses":      func(t *testing.T, a, b *visitor) { a.in.Delivery.Certificate.Doses = nil },
		"a certificate of another disease": func(t *testing.T, a, b *visitor) { a.in.Delivery.Certificate.Disease.Code = "measles" },
		"a certificate of the other kind":  func(t *testing.T, a, b *visitor) { a.in.Delivery.Certificate.Kind = credential.Overseas },
		"another lot on the paper": func(t *testing.T, a, b *visitor) {
			a.order.Bend = func(in *sheet.Input) {
				in.Certificate.Doses = append([]credential.Dose(nil), in.Certificate.Doses...)
				in.Certificate.Doses[0].Lot = "0THER1"
			}
			a.deliver(t)
		},
		"another issuer on the paper": func(t *testing.T, a, b *visitor) {
			a.order.Bend = func(in *sheet.Input) { in.Certificate.Issuer.URL = "https://other.invalid/issuer" }
			a.deliver(t)
		},
		"a file attached": func(t *testing.T, a, b *visitor) {
			a.order.Draw = func(pdf []byte) ([]byte, error) {
				return paper.Amend(pdf, "/Lang (ja)", "/Lang (ja)\n/Other @1 0 R", paper.Stream("", "x"))
			}
			a.deliver(t)
		},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := arrive(t, "takasaki", credential.Domestic), arrive(t, "hokke", credential.Domestic)
			bend(t, &a, &b)
			pages, err := look(t, a.in)
			if got := lastlook.ReasonOf(err); got != lastlook.OtherSheet || pages != nil {
				t.Errorf("reason %d, want %d (%v)", got, lastlook.OtherSheet, err)
			}
		})
	}
}

// A sheet of another version prints nothing either, and raises no alarm.
func TestOtherVersion(t *testing.T) {
	a := arrive(t, "takasaki", credential.Domestic)
	a.in.Delivery.Layout++
	_, err := look(t, a.in)
	if !errors.Is(err, wire.WrongVersion) || lastlook.ReasonOf(err) != 0 {
		t.Errorf("got %v, reason %d", err, lastlook.ReasonOf(err))
	}
}

// Each way to make a page show something else than its text says, signed for
// by the centre: the grammar of verifier/scan stops them, and were it not
// there, laying the sheet out again would.
func TestAttacks(t *testing.T) {
	a := arrive(t, "takasaki", credential.Domestic)
	own, err := sheet.Render(sheet.Input{
		Certificate: a.in.Delivery.Certificate, Codes: []sheet.Code{{Label: sheet.LabelSHC, Text: a.in.Delivery.Codes[0]}},
		SessionCode: string(wire.CodeFor(a.in.Header.SessionDigest(), 1)),
	})
	if err != nil || !pdfsig.Over(a.in.Delivery.PDF, own) {
		t.Fatalf("the resident's own sheet is not laid out again: %v", err)
	}
	for _, c := range paper.Attacks() {
		t.Run(c.Name, func(t *testing.T) {
			drawn, err := c.Draw(own)
			if err != nil {
				t.Fatal(err)
			}
			v := a
			if v.in.Delivery.PDF, err = paper.SignPDF(a.order.World, drawn, a.order.Now); err != nil {
				t.Fatal(err)
			}
			v.seal(t)
			pages, err := look(t, v.in)
			want := lastlook.Foreign
			if c.Name == "a code mirrored" { // it is read, and is none of the delivery's
				want = lastlook.PixelsDiffer
			}
			if got := lastlook.ReasonOf(err); got != want || pages != nil {
				t.Errorf("reason %d, want %d (%v)", got, want, err)
			}
			if pdfsig.Over(v.in.Delivery.PDF, own) {
				t.Error("laid out again, it is the same")
			}
		})
	}
}
