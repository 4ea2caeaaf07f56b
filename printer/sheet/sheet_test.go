package sheet

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"akashi/printer/glyph"
	"akashi/verifier/credential"
)

// writeTo keeps the samples for looking at them:
//
//	go test ./printer/sheet -run TestSamples -sheets DIR
var writeTo = flag.String("sheets", "", "folder to write the sample sheets into")

// hurting are names that the common tools print or extract wrongly.
var hurting = []string{
	"山田　花子",
	"𠮷田　𩸽子",                    // beyond the basic plane
	"髙﨑　德次郎",                   // compatibility ideograph, variant forms
	"邉\U000E0102田　薫",           // variation sequence of Moji_Joho
	"葛\U000E0100西　芽衣",          // variation sequence of Adobe-Japan1
	"辻\U000E0102　𣘺太",           // both kinds of fallback
	"\uFA19\u3000\uFA1E子",      // compatibility ideographs stay
	"か\u3099く\u3099や　ハ\u309Aリ", // combining kana marks
	"ﾔﾏﾀﾞ　ﾀﾛｳ",                 // half-width kana
	"山田花子",                     // no U+3000
	"İPEK　ŞAHİN",
	"Ｊｏｓｅ　Núñez e\u0301",               // combining Latin marks
	"JOSÉ MARÍA\u3000\u3000DE LA CRUZ", // two U+3000
	"𠮷　𠮷　𠮷",                            // spaces after characters beyond the plane
}

func all(t testing.TB) map[string]Input {
	needFonts(t)
	long := sample(credential.Overseas, "寿限無寿限無五劫の擦り切れ海砂利水魚の水行末　雲来末風来末食う寝る処に住む処藪ら柑子の藪柑子", 8)
	long.Certificate.Holder.Travel.RomanName = "WOLFESCHLEGELSTEINHAUSENBERGER DORFF AB"
	partial := sample(credential.Domestic, "山田花子", 3)
	partial.Certificate.Holder.Birth = credential.Date{Year: 1950}
	month := sample(credential.Domestic, "髙﨑　真由美", 2)
	month.Certificate.Holder.Birth = credential.Date{Year: 1950, Month: 3}
	genuine := sample(credential.Domestic, "山田　花子", 2)
	genuine.Certificate.Issuer.Specimen = false
	return map[string]Input{
		"domestic-1": sample(credential.Domestic, "𠮷田　髙﨑𩸽子", 1), "domestic-7": sample(credential.Domestic, "山田　花子", 7),
		"domestic-8":  sample(credential.Domestic, "ウィトゲンシュタイン＝プルースト　アレクサンドラ・マリア・エリザベート・シャルロッテ・フォン・ホーエンツォレルン", 8),
		"domestic-20": sample(credential.Domestic, "山田　花子", DefaultMaxDoses),
		"overseas-1":  sample(credential.Overseas, "邉\U000E0102　か\u3099ｶﾞﾗｽ", 1), "overseas-7": sample(credential.Overseas, "髙﨑　真由美", 7),
		"overseas-8": long, "partial": partial, "month": month, "genuine": genuine,
	}
}

func render(t testing.TB, in Input) []byte {
	t.Helper()
	needFonts(t)
	pdf, err := Render(in)
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}

func TestSamples(t *testing.T) {
	for name, in := range all(t) {
		t.Run(name, func(t *testing.T) {
			pdf := render(t, in)
			out := tool(t, pdf, "qpdf", "--check", "PDF")
			if !strings.Contains(out, "No syntax or stream encoding errors") {
				t.Errorf("qpdf: %s", out)
			}
			info := tool(t, pdf, "pdfinfo", "PDF")
			want := fmt.Sprintf("Pages:           %d\n", 1+(len(in.Certificate.Doses)-1)/rowsFirst)
			if len(in.Certificate.Doses) > rowsFirst {
				want = "Pages:           2\n"
			}
			if !strings.Contains(info, want) || !strings.Contains(info, "(A4)") || !strings.Contains(info, "予防接種証明書") {
				t.Errorf("pdfinfo:\n%s", info)
			}
			if *writeTo != "" {
				if err := os.WriteFile(filepath.Join(*writeTo, name+".pdf"), pdf, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func TestNamesExtractExactly(t *testing.T) {
	needFonts(t)
	for i, name := range hurting {
		pdf := render(t, sample(credential.Domestic, name, 1))
		for _, args := range [][]string{{"PDF", "-"}, {"-raw", "PDF", "-"}, {"-layout", "PDF", "-"}} {
			if out := tool(t, pdf, "pdftotext", append([]string{"-enc", "UTF-8"}, args...)...); !strings.Contains(out, name) {
				t.Errorf("name %d %+q: pdftotext %v does not give it:\n%.300q", i, name, args, out)
			}
		}
	}
}

func TestEveryFieldIsPrinted(t *testing.T) {
	in := sample(credential.Overseas, "髙﨑　真由美", 7)
	c := in.Certificate
	out := tool(t, render(t, in), "pdftotext", "-enc", "UTF-8", "PDF", "-")
	want := []string{"新型コロナウイルス感染症", "予防接種証明書", "Vaccination Certificate of COVID-19", "海外用及び日本国内用",
		c.Holder.Name, "1984年2月9日", "1984-02-09", c.Holder.Travel.RomanName, c.Holder.Travel.Passport, c.Holder.Travel.Nationality,
		string(c.ID), "2026年11月23日", "2026-11-23", c.Municipality.NameJA, c.Municipality.NameEN, c.Municipality.Phone,
		c.Issuer.NameJA, c.Issuer.NameEN, in.SessionCode, "1 / 1 ページ", "Page 1 of 1", "見本 SPECIMEN", LabelSHC, LabelVDSNC,
		"接種国", "この証明書の確かめ方", "How to verify", c.Issuer.URL, "以下余白"}
	for _, d := range c.Doses {
		want = append(want, longDate(d.Date), isoDate(d.Date), d.Lot, d.Country)
	}
	for _, v := range products {
		want = append(want, v.TypeJA, v.TypeEN, v.MakerJA)
	}
	want = append(want, "コミナティ", "COMIRNATY", "ヌバキソビッド", "Nuvaxovid")
	for _, w := range want {
		if !strings.Contains(out, w) {
			t.Errorf("%q is not on the paper", w)
		}
	}
}

func TestSpecimenMarkIsNoText(t *testing.T) {
	in := sample(credential.Domestic, "山田　花子", 1)
	marked := tool(t, render(t, in), "pdftotext", "PDF", "-")
	if n := strings.Count(marked, labelSpecimen.en); n != 1 {
		t.Errorf("SPECIMEN is extracted %d times, want the stamp alone", n)
	}
	in.Certificate.Issuer.Specimen = false
	if plain := tool(t, render(t, in), "pdftotext", "PDF", "-"); strings.Contains(plain, labelSpecimen.en) {
		t.Error("a certificate of a real issuer says SPECIMEN")
	}
}

func TestUnknownDatesAreSaid(t *testing.T) {
	for date, want := range map[credential.Date][2]string{
		{Year: 1950}:                     {"1950年 月日不明", "1950 (month and day unknown)"},
		{Year: 1950, Month: 3}:           {"1950年3月 日不明", "1950-03 (day unknown)"},
		{Year: 1950, Month: 12, Day: 31}: {"1950年12月31日", "1950-12-31"},
	} {
		in := sample(credential.Domestic, "山田　花子", 1)
		in.Certificate.Holder.Birth = date
		out := tool(t, render(t, in), "pdftotext", "PDF", "-")
		for _, w := range want {
			if !strings.Contains(out, w) {
				t.Errorf("%v: %q is not on the paper", date, w)
			}
		}
	}
}

func TestSecondPageGoesOn(t *testing.T) {
	in := sample(credential.Domestic, "山田　花子", 8)
	pages := strings.Split(tool(t, render(t, in), "pdftotext", "PDF", "-"), "\f")
	for i, want := range [][]string{
		{"FC9880", "FC9886", "次のページに続く", "Page 1 of 2", in.SessionCode, "山田　花子", LabelSHC},
		{"FC9887", "以下余白", "Page 2 of 2", in.SessionCode, "山田　花子", string(in.Certificate.ID)},
	} {
		for _, w := range want {
			if !strings.Contains(pages[i], w) {
				t.Errorf("page %d lacks %q", i+1, w)
			}
		}
	}
	if strings.Contains(pages[0], "FC9887") || strings.Contains(pages[0], "以下余白") {
		t.Error("page 1 holds what belongs on page 2")
	}
}

// TestTextsBeyondThePlaneEverywhere puts such characters where fpdf would
// panic on them.
func TestTextsBeyondThePlaneEverywhere(t *testing.T) {
	const hard = "𠮷邉\U000E0102"
	in := sample(credential.Overseas, hard, 1)
	c := &in.Certificate
	c.Disease.NameJA, c.Disease.NameEN, c.Issuer.NameJA, c.Issuer.NameEN, c.Issuer.URL = hard, hard, hard, hard, "https://"+hard
	c.Municipality.NameJA, c.Municipality.NameEN, c.Municipality.Phone = hard, hard, hard
	c.Holder.Travel.RomanName, c.Holder.Travel.Nationality, c.Holder.Travel.Passport = hard, hard, hard
	v := &c.Doses[0].Vaccine
	v.TypeJA, v.TypeEN, v.MakerJA, v.ProductJA, v.ProductEN, c.Doses[0].Lot, c.Doses[0].Country = hard, hard, hard, hard, hard, hard, hard
	in.SessionCode = hard
	pdf := render(t, in)
	if out := tool(t, pdf, "pdftotext", "PDF", "-"); strings.Count(out, hard) < 15 {
		t.Errorf("extracted %d times only", strings.Count(out, hard))
	}
	if out := tool(t, pdf, "pdfinfo", "PDF"); !strings.Contains(out, "〓") {
		t.Errorf("the title holds no geta mark:\n%s", out)
	}
}

func TestSameInputSameBytes(t *testing.T) {
	in := sample(credential.Overseas, "𠮷田　𩸽子", 8)
	want := render(t, in)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if got, err := Render(in); err != nil || !bytes.Equal(got, want) {
				t.Errorf("another run gives other bytes (%v)", err)
			}
		})
	}
	wg.Wait()
}

func TestNothingLeavesItsBox(t *testing.T) {
	for name, in := range all(t) {
		wrong, err := strays(in)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range wrong {
			t.Errorf("%s %s", name, w)
		}
	}
}

func TestRefused(t *testing.T) {
	needFonts(t)
	change := func(f func(in *Input)) Input {
		in := sample(credential.Overseas, "山田　花子", 1)
		f(&in)
		return in
	}
	type missing = *glyph.Missing
	type refused = *glyph.Refused
	type tooLong = *TooLong
	for name, c := range map[string]struct {
		in Input
		is func(error) bool
	}{
		"no kind":         {change(func(in *Input) { in.Certificate.Kind = 0 }), is(ErrInput)},
		"no dose":         {change(func(in *Input) { in.Certificate.Doses = nil }), is(ErrInput)},
		"no travel":       {change(func(in *Input) { in.Certificate.Holder.Travel = nil }), is(ErrInput)},
		"no session code": {change(func(in *Input) { in.SessionCode = "" }), is(ErrInput)},
		"no code":         {change(func(in *Input) { in.Codes = nil }), is(ErrInput)},
		"other code":      {change(func(in *Input) { in.Codes[0].Label = "QR" }), is(ErrInput)},
		"no name":         {change(func(in *Input) { in.Certificate.Holder.Name = "" }), is(ErrInput)},
		"bad ID":          {change(func(in *Input) { in.Certificate.ID = "x" }), is(ErrInput)},
		"partial dose":    {change(func(in *Input) { in.Certificate.Doses[0].Date.Day = 0 }), is(ErrInput)},
		"many doses":      {sample(credential.Domestic, "山田　花子", DefaultMaxDoses+1), is(ErrDoses)},
		"code too long":   {change(func(in *Input) { in.Codes[1].Text = vdsText(3000) }), is(errCodeLong)},
		"SHC above V22":   {change(func(in *Input) { in.Codes[0].Text = shcText(1300) }), is(errCodeFit)},
		"missing glyph":   {change(func(in *Input) { in.Certificate.Holder.Name = "邉\U000E01EF" }), as[missing]},
		"missing roman":   {change(func(in *Input) { in.Certificate.Holder.Travel.RomanName = "שלום" }), as[missing]},
		"invalid UTF-8":   {change(func(in *Input) { in.Certificate.Holder.Name = "山\xE7\x94" }), as[refused]},
		"two spaces":      {change(func(in *Input) { in.Certificate.Holder.Travel.RomanName = "YAMADA  HANAKO" }), as[refused]},
		"control":         {change(func(in *Input) { in.Certificate.Doses[0].Lot = "A\n1" }), as[refused]},
		"bidi":            {change(func(in *Input) { in.Certificate.Municipality.NameJA = "あ\u202E市" }), as[refused]},
		"long name":       {change(func(in *Input) { in.Certificate.Holder.Name = strings.Repeat("寿", 200) }), as[tooLong]},
		"long lot":        {change(func(in *Input) { in.Certificate.Doses[0].Lot = strings.Repeat("W", 90) }), as[tooLong]},
		"long product":    {change(func(in *Input) { in.Certificate.Doses[0].Vaccine.ProductJA = strings.Repeat("ワ", 90) }), as[tooLong]},
	} {
		pdf, err := Render(c.in)
		if err == nil || pdf != nil || !c.is(err) {
			t.Errorf("%s: Render gives %d bytes and %v", name, len(pdf), err)
		}
		if err != nil && (strings.Contains(err.Error(), "寿") || strings.Contains(err.Error(), "邉")) {
			t.Errorf("%s: the error holds a part of the name", name)
		}
	}
}

func is(want error) func(error) bool { return func(err error) bool { return errors.Is(err, want) } }

func as[T error](err error) bool {
	var want T
	return errors.As(err, &want)
}

func BenchmarkSheet(b *testing.B) {
	in := sample(credential.Domestic, "𠮷田　髙﨑𩸽子", 3)
	render(b, in)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Render(in); err != nil {
			b.Fatal(err)
		}
	}
}
