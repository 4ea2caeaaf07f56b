package pdfsig_test

import (
	"crypto/ecdsa"
	"crypto/rand"
	"os"
	"strings"
	"testing"
	"time"

	"akashi/centre/keys"
	"akashi/centre/shc"
	"akashi/centre/vaccines"
	"akashi/centre/vdsnc"
	"akashi/printer/glyph"
	"akashi/printer/sheet"
	"akashi/testkit/pki"
	"akashi/verifier/credential"
	reader "akashi/verifier/pdfsig"
)

// certificate is an overseas one of seven doses: two codes, the fullest page.
func certificate(t testing.TB) credential.Certificate {
	t.Helper()
	set, err := vaccines.Load()
	if err != nil {
		t.Fatal(err)
	}
	disease, err := set.Disease("covid-19")
	if err != nil {
		t.Fatal(err)
	}
	c := credential.Certificate{
		Kind: credential.Overseas, ID: "SPECIMEN0001", Disease: disease,
		Holder: credential.Holder{
			Name: "𠮷田　𩸽子", Birth: credential.Date{Year: 1980, Month: 2, Day: 29},
			Travel: &credential.Travel{RomanName: "YOSHIDA HOKKEKO", Nationality: "UTO", Passport: "XZ0000001"},
		},
		Municipality: credential.Municipality{Code: "990001", NameJA: "見本県あかし野市", NameEN: "Akashino City", Phone: "000-0000-0000"},
		Issuer:       pki.SpecimenIssuer(), IssuedOn: credential.DateOf(signedAt),
	}
	for n, product := range set.Products("covid-19")[:7] {
		v, err := set.Find("covid-19", product)
		if err != nil {
			t.Fatal(err)
		}
		c.Doses = append(c.Doses, credential.Dose{Number: n + 1, Date: credential.Date{Year: 2021, Month: 3 + n, Day: 5}, Vaccine: v, Lot: "AK0000" + string(rune('1'+n)), Country: "UTO"})
	}
	return c
}

// rendered is the real paper: both codes signed, laid out by printer/sheet.
func rendered(t testing.TB) []byte {
	t.Helper()
	if _, err := glyph.Load(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("the sheet's fonts are missing: ", err)
	}
	w, c := theWorld(t), certificate(t)
	kid, err := keys.Thumbprint(&w.SHC.Key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	card, err := shc.Compose(c, kid, "AQPCjWzv9Ps", signedAt)
	if err != nil {
		t.Fatal(err)
	}
	jws, err := card.Attach(der(t, w.SHC.Key, card.Digest()))
	if err != nil {
		t.Fatal(err)
	}
	seal, err := vdsnc.Compose(c, w.VDSNC.Chain[0])
	if err != nil {
		t.Fatal(err)
	}
	text, err := seal.Attach(der(t, w.VDSNC.Key, seal.Digest()))
	if err != nil {
		t.Fatal(err)
	}
	pdf, err := sheet.Render(sheet.Input{Certificate: c, SessionCode: "7KQ2-M4XD", Codes: []sheet.Code{
		{Label: sheet.LabelSHC, Text: shc.QRText(jws)}, {Label: sheet.LabelVDSNC, Text: text},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}

// The real paper, signed: the verifier, qpdf and pdftotext take it.
func TestSheet(t *testing.T) {
	pdf := rendered(t)
	l, err := theWorld(t).TrustList()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := reader.Verify(sign(t, pdf), l, signedAt.Add(time.Second)); err != nil {
		t.Error(err)
	}
	dir := files(t, pdf)
	if out, err := run(t, dir, need(t, "qpdf"), "--check", "signed.pdf"); err != nil || strings.Contains(out, "WARNING") {
		t.Errorf("qpdf: %v\n%s", err, out)
	}
	out, err := run(t, dir, need(t, "pdftotext"), "signed.pdf", "-")
	if err != nil || !strings.Contains(out, "𠮷田") || !strings.Contains(out, "𩸽子") {
		t.Errorf("pdftotext: %v\n%s", err, out)
	}
}

func BenchmarkSignSheet(b *testing.B) {
	pdf, w := rendered(b), theWorld(b)
	b.ReportAllocs()
	for b.Loop() {
		u := prepare(b, pdf)
		d := u.Digest()
		sig, err := ecdsa.SignASN1(rand.Reader, w.PDF.Key, d[:])
		if err != nil {
			b.Fatal(err)
		}
		if _, err := u.Attach(sig); err != nil {
			b.Fatal(err)
		}
	}
}
