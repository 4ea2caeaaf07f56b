package forge_test

import (
	"testing"

	"akashi/testkit/forge"
	"akashi/verifier"
	"akashi/verifier/pdfsig"
	"akashi/verifier/trust"
)

// TestGood: what is forged without a defect is valid, and made twice it is the
// same, byte for byte.
func TestGood(t *testing.T) {
	var before [4]string
	for turn := range 2 {
		w, err := forge.New("test")
		if err != nil {
			t.Fatal(err)
		}
		jws, seal := w.SignCard(forge.Payload()), w.SignSeal(forge.SealData)
		for _, text := range []string{jws, forge.QR(jws), forge.File(jws), seal} {
			if _, err := verifier.Verify(text, w.List(), forge.At); err != nil {
				t.Errorf("%.40s: %v", text, err)
			}
		}
		pdf := w.NewPDF().Sign()
		if _, err := pdfsig.Verify(pdf, w.List(), forge.At); err != nil {
			t.Errorf("PDF: %v", err)
		}
		if _, err := pdfsig.Verify(forge.Update(pdf), w.List(), forge.At); err == nil {
			t.Error("a PDF with an update behind its signature passed")
		}
		list, err := w.Encode(w.List())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := trust.ParseJWKS([]byte(`{"keys":[`+forge.JWK(&w.Card.PublicKey)+`]}`), forge.URL); err != nil {
			t.Error(err)
		}
		now := [4]string{jws, seal, string(pdf), string(list)}
		if turn > 0 && now != before {
			t.Error("the same word gave other files")
		}
		before = now
	}
}
