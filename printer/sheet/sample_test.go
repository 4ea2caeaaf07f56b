package sheet

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"akashi/printer/glyph"
	"akashi/verifier/credential"
)

// needFonts skips a test on a machine where `make assets` was not run.
func needFonts(t testing.TB) {
	t.Helper()
	if _, err := glyph.Load(); err != nil {
		lacking(t, err.Error())
	}
}

var products = []credential.Vaccine{
	{TypeJA: "mRNAワクチン", TypeEN: "mRNA vaccine", ProductJA: "コミナティ", ProductEN: "COMIRNATY", MakerJA: "ファイザー株式会社", MakerEN: "Pfizer Inc."},
	{TypeJA: "mRNAワクチン", TypeEN: "mRNA vaccine", ProductJA: "スパイクバックス(2価:起源株/オミクロン株BA.4-5)", ProductEN: "Spikevax bivalent Original/Omicron BA.4-5", MakerJA: "モデルナ・ジャパン株式会社", MakerEN: "Moderna Japan Co., Ltd."},
	{TypeJA: "組換えタンパクワクチン", TypeEN: "Recombinant protein vaccine", ProductJA: "ヌバキソビッド", ProductEN: "Nuvaxovid", MakerJA: "武田薬品工業株式会社", MakerEN: "Takeda Pharmaceutical Company Limited"},
}

// sample gives an input with codes as long as real ones are.
func sample(kind credential.Kind, name string, doses int) Input {
	c := credential.Certificate{
		Kind:         kind,
		ID:           "Q7K2MX4D9A1B",
		Holder:       credential.Holder{Name: name, Birth: credential.Date{Year: 1984, Month: 2, Day: 9}},
		Disease:      credential.Disease{Code: "covid-19", NameJA: "新型コロナウイルス感染症", NameEN: "COVID-19"},
		Municipality: credential.Municipality{Code: "990001", NameJA: "見本県あかし野市", NameEN: "Akashino City, Mihon Prefecture", Phone: "00-0000-0000"},
		Issuer:       credential.Issuer{URL: "https://specimen.akashi.invalid/issuer", Country: "UTO", NameJA: "証 見本発行者", NameEN: "Akashi specimen issuer", Display: "AKASHI_SPECIMEN", Specimen: true},
		IssuedOn:     credential.Date{Year: 2026, Month: 11, Day: 23},
	}
	for i := range doses {
		c.Doses = append(c.Doses, credential.Dose{Number: i + 1, Date: credential.Date{Year: 2021 + i/2, Month: 1 + (i*5)%12, Day: 3 + i}, Vaccine: products[i%3], Lot: fmt.Sprintf("FC%d", 9880+i), Country: "UTO"})
	}
	in := Input{Certificate: c, SessionCode: "7KQ2-M4XD", Codes: []Code{{LabelSHC, shcText(741 + 22*doses)}}}
	if kind == credential.Overseas {
		in.Certificate.Holder.Travel = &credential.Travel{RomanName: "YAMADA HANAKO", Nationality: "UTO", Passport: "XX1234567"}
		in.Codes = append(in.Codes, Code{LabelVDSNC, vdsText(1390 + 145*doses)})
	}
	return in
}

// shcText is a text of the form and length of a SMART Health Card's QR code.
func shcText(jws int) string {
	r := rand.New(rand.NewSource(int64(jws)))
	var b strings.Builder
	b.WriteString("shc:/")
	for range jws {
		fmt.Fprintf(&b, "%02d", r.Intn(78))
	}
	return b.String()
}

// vdsText is a text of the form and length of a VDS-NC seal.
func vdsText(n int) string {
	const set = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	r := rand.New(rand.NewSource(int64(n)))
	b := []byte(`{"data":{"hdr":{"is":"UTO","t":"icao.vacc","v":1},"msg":{}},"sig":{"alg":"ES256","cer":"`)
	for len(b) < n-3 {
		b = append(b, set[r.Intn(len(set))])
	}
	return string(b) + `"}}`
}
