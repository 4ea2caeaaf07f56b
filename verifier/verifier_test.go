package verifier_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"akashi/verifier"
	"akashi/verifier/pdfsig"
	"akashi/verifier/rule"
	"akashi/verifier/shc"
	"akashi/verifier/trust"
	"akashi/verifier/vdsnc"
)

var kanji = patient(`{"family":"見本","given":["太郎"]}`, "1980-02-03")

func TestVerify(t *testing.T) {
	i := newIssuer(t)
	jws := i.card(t, kanji, dose("2021-07-01", "FA0001"))
	seal := i.seal(t, "MIHON TARO", "1980-02-03", "2021-07-01", "FA0001")
	for name, c := range map[string]struct{ text, format, holder string }{
		"QR":     {qr(jws), verifier.FormatSHC, "見本　太郎"},
		"JWS":    {jws, verifier.FormatSHC, "見本　太郎"},
		"file":   {"{\n \"verifiableCredential\": [\"" + jws + "\"]\n}", verifier.FormatSHC, "見本　太郎"},
		"VDS-NC": {seal, verifier.FormatVDSNC, "MIHON TARO"},
	} {
		r, err := verifier.Verify(c.text, i.list(), now)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if r.Format != c.format || r.Name != c.holder || r.Birth.String() != "1980-02-03" || len(r.Doses) != 1 ||
			r.Doses[0].Lot != "FA0001" || r.Doses[0].Number != 1 || r.Doses[0].Date.String() != "2021-07-01" {
			t.Errorf("%s: read as %+v", name, r)
		}
		if c.format == verifier.FormatSHC && (r.IssuerJA != "見本市" || r.Issuer != iss || r.Doses[0].System != "CVX") {
			t.Errorf("%s: read as %+v", name, r)
		}
	}
}

func TestNamesAndCodes(t *testing.T) {
	i := newIssuer(t)
	icd := strings.Replace(dose("2021-07-01", "X"), "http://hl7.org/fhir/sid/cvx\",\"code\":\"208", "http://id.who.int/icd/release/11/mms\",\"code\":\"XM0GQ8", 1)
	sct := strings.Replace(dose("2021-07-01", "X"), "http://hl7.org/fhir/sid/cvx\",\"code\":\"208", "http://snomed.info/sct\",\"code\":\"1119349007", 1)
	for system, c := range map[string]struct{ patient, dose, name string }{
		"ICD-11":    {patient(`{"text":"見本太郎"}`, "1980"), icd, "見本太郎"},
		"SNOMED CT": {patient(`{"prefix":["Dr"],"family":"Mihon","given":["Taro","T."],"suffix":["Jr."]}`, "1980"), sct, "Dr Mihon　Taro T. Jr."},
	} {
		r, err := verifier.Verify(i.card(t, c.patient, c.dose), i.list(), now)
		if err != nil || r.Name != c.name || r.Doses[0].System != system {
			t.Errorf("%s: %+v, %v", system, r, err)
		}
	}
}

// provoked collects the codes that the tests of this package saw.
var provoked = map[*rule.Refusal]bool{}

func refused(t *testing.T, name string, err error, want *rule.Refusal) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %s", name, err, want.Code)
	}
	provoked[want] = true
}

func TestVerifyFile(t *testing.T) {
	i := newIssuer(t)
	jws := i.card(t, kanji, dose("2021-07-01", "FA0001"))
	other := i.card(t, patient(`{"family":"見本","given":["花子"]}`, "1982-02-03"), dose("2021-07-01", "FA0001"))
	file := func(cards ...string) string { return `{"verifiableCredential":["` + strings.Join(cards, `","`) + `"]}` }
	var many []string
	for range verifier.DefaultMaxCards + 1 {
		many = append(many, jws)
	}
	for name, c := range map[string]struct {
		file, content string
		want          *rule.Refusal // nil: valid
	}{
		"two cards":                 {"a.smart-health-card", file(jws, other), nil},
		"from a pipe":               {"", file(jws), nil},
		"text with a line end":      {"a.txt", jws + "\n", nil},
		"text of Windows":           {"a.txt", qr(jws) + "\r\n", nil},
		"text with two line ends":   {"a.txt", jws + "\n\n", shc.ErrBase64},
		"text with a space":         {"a.txt", jws + " \n", shc.ErrBase64},
		"another extension":         {"a.json", file(jws), verifier.ErrFileName},
		"JSON with a line end":      {"a.smart-health-card", file(jws) + "\n", verifier.ErrFile},
		"JSON twice":                {"a.smart-health-card", file(jws) + file(jws), verifier.ErrFile},
		"unknown member":            {"a.smart-health-card", strings.Replace(file(jws), "{", `{"x":1,`, 1), verifier.ErrFile},
		"no card":                   {"a.smart-health-card", `{"verifiableCredential":[]}`, verifier.ErrFile},
		"a card that is no text":    {"a.smart-health-card", `{"verifiableCredential":[1]}`, verifier.ErrFile},
		"a QR text":                 {"a.smart-health-card", file(qr(jws)), verifier.ErrFile},
		"too many cards":            {"a.smart-health-card", file(many...), verifier.ErrFile},
		"a good one and a bad one":  {"a.smart-health-card", file(jws, jws[:len(jws)-3]+"AAA"), shc.ErrSignature},
		"too large":                 {"a.txt", strings.Repeat("x", verifier.DefaultMaxFile+1), verifier.ErrTooLarge},
		"rubbish":                   {"a.txt", "hello", verifier.ErrUnknown},
		"nothing":                   {"a.txt", "", verifier.ErrUnknown},
		"a link to a card":          {"a.txt", "shlink:/abc", verifier.ErrUnknown},
		"JSON of nothing known":     {"a.txt", "{}", vdsnc.ErrForm},
		"VDS-NC with white space":   {"a.txt", " " + i.seal(t, "MIHON TARO", "1980-02-03", "2021-07-01", "FA0001"), vdsnc.ErrCanonical},
		"VDS-NC with one line end":  {"a.json", i.seal(t, "MIHON TARO", "1980-02-03", "2021-07-01", "FA0001") + "\n", nil},
		"VDS-NC of another country": {"a.json", strings.Replace(i.seal(t, "A", "1980-02-03", "2021-07-01", "X"), "UTO", "JPN", 1), vdsnc.ErrCountry},
	} {
		r, err := verifier.VerifyFile(c.file, []byte(c.content), i.list(), now)
		switch {
		case c.want != nil:
			refused(t, name, err, c.want)
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case name == "two cards" && (len(r.More) != 1 || r.More[0].Name != "見本　花子"):
			t.Errorf("%s: read as %+v", name, r)
		}
	}
}

// pages is one page as a scanner sees it.
func pages(text string, codes ...string) []verifier.Page {
	return []verifier.Page{{Text: text, Codes: codes}}
}

func TestVerifyPDF(t *testing.T) {
	i := newIssuer(t)
	pdf := i.pdf(t)
	card := qr(i.card(t, kanji, dose("2021-07-01", "FA0001")))
	seal := i.seal(t, "MIHON TARO", "1980-02-03", "2021-07-01", "FA0001")
	const text = "氏名 Name\n見本　太郎\nMIHON TARO\n1980年2月3日\n1980-02-03\nXX0000001\n1 2021年7月1日 2021-07-01\nコミナティ\nCOMIRNATY FA0001 UTO\nABC123\n2026年4月1日\n2026-04-01\n"
	if p, err := verifier.VerifyPDF(pdf, pages(text, card, seal), i.list(), now); err != nil || len(p.Codes) != 2 || p.Signature.Signer != "test signer" {
		t.Errorf("VerifyPDF = %+v, %v", p, err)
	}
	if _, err := verifier.VerifyPDF(pdf, append(pages("見 本\n太郎 1980-02-03", card), pages("2021-07-\n01 FA00 01")...), i.list(), now); err != nil {
		t.Errorf("broken lines on two pages: %v", err)
	}
	romanCard := qr(i.card(t, patient(`{"family":"MIHON","given":["TARO"]}`, "1980-02-03"), dose("2021-07-01", "FA0001")))
	if _, err := verifier.VerifyPDF(pdf, pages(text, romanCard, seal), i.list(), now); err != nil {
		t.Errorf("both codes in Roman letters: %v", err)
	}
	swap := func(old, new string) string { return strings.Replace(text, old, new, 1) }
	two := qr(i.card(t, kanji, dose("2021-07-01", "FA0001"), dose("2021-07-22", "FA0002")))
	alike := qr(i.card(t, kanji, dose("2021-07-01", "FA0001"), dose("2021-07-22", "FA0001")))
	twoRows := func(first, second string) string {
		return swap("FA0001 UTO", first+" UTO\n2 2021年7月22日\n2021-07-22 COMIRNATY "+second+" UTO")
	}
	born := qr(i.card(t, kanji, dose("1980-02-03", "FA0001"), dose("2021-07-22", "FA0002")))
	for code, printed := range map[string]string{born: strings.Replace(twoRows("FA0001", "FA0002"), "2021-07-01", "1980-02-03", 1), two: twoRows("FA0001", "FA0002"), alike: twoRows("FA0001", "FA0001")} {
		if _, err := verifier.VerifyPDF(pdf, pages(printed, code), i.list(), now); err != nil {
			t.Errorf("two doses: %v", err)
		}
	}
	for name, c := range map[string]struct {
		codes []string
		text  string
		want  *rule.Refusal
	}{
		"no code":                {nil, text, verifier.ErrNoCode},
		"too many codes":         {[]string{card, card, card, card, card, card, card, card, card}, text, verifier.ErrCodesDiffer},
		"another code":           {[]string{card, "https://example.invalid"}, text, verifier.ErrUnknown},
		"a code of a neighbour":  {[]string{card, qr(i.card(t, patient(`{"family":"見本","given":["花子"]}`, "1980-02-03"), dose("2021-07-01", "FA0001")))}, text, verifier.ErrCodesDiffer},
		"two neighbours, a seal": {[]string{seal, card, qr(i.card(t, patient(`{"family":"別人","given":["花子"]}`, "1980-02-03"), dose("2021-07-01", "FA0001")))}, swap("見本　太郎", "見本　太郎\n別人 花子"), verifier.ErrCodesDiffer},
		"another birth date":     {[]string{card, i.seal(t, "MIHON TARO", "1980-02-04", "2021-07-01", "FA0001")}, text, verifier.ErrCodesDiffer},
		"another lot":            {[]string{card, i.seal(t, "MIHON TARO", "1980-02-03", "2021-07-01", "FA0002")}, text, verifier.ErrCodesDiffer},
		"another Roman name":     {[]string{qr(i.card(t, patient(`{"family":"MIHON","given":["JIRO"]}`, "1980-02-03"), dose("2021-07-01", "FA0001"))), seal}, text, verifier.ErrCodesDiffer},
		"more doses":             {[]string{card, qr(i.card(t, kanji, dose("2021-07-01", "FA0001"), dose("2021-07-22", "FA0001")))}, text, verifier.ErrCodesDiffer},
		"name not printed":       {[]string{card}, swap("見本　太郎", "見本　花子"), verifier.ErrPrintedName},
		"a longer name":          {[]string{card}, swap("見本　太郎", "見本　太郎丸"), verifier.ErrPrintedName},
		"a variant of the name":  {[]string{card}, swap("見本　太郎", "見本　太郎\U000e0100"), verifier.ErrPrintedName},
		"Roman name":             {[]string{seal}, swap("MIHON TARO", "MIHON TAROU"), verifier.ErrPrintedName},
		"birth not printed":      {[]string{card}, swap("1980-02-03", "1980-02-13"), verifier.ErrPrintedBirth},
		"date not printed":       {[]string{card}, swap("2021-07-01", "2021-07-02"), verifier.ErrPrintedDose},
		"lot not printed":        {[]string{card}, swap("FA0001", "FA00010"), verifier.ErrPrintedDose},
		"passport not printed":   {[]string{seal}, swap("XX0000001", "XX0000002"), verifier.ErrPrintedPassport},
		"ID not printed":         {[]string{seal}, swap("ABC123", "ABC124"), verifier.ErrPrintedID},
		"another product":        {[]string{seal}, swap("COMIRNATY", "COMIRNATY Omicron"), verifier.ErrPrintedDose},
		"another country":        {[]string{seal}, swap("FA0001 UTO", "FA0001 JPN"), verifier.ErrPrintedDose},
		"a dose more":            {[]string{card}, swap("ABC123", "2021-07-22 FA0002 UTO"), verifier.ErrPrintedDose},
		"a dose more in front":   {[]string{card}, swap("1 2021年", "2021-06-01 FA0000 UTO\n1 2021年"), verifier.ErrPrintedDose},
		"a dose less":            {[]string{two}, text, verifier.ErrPrintedDose},
		"the lot of another":     {[]string{two}, twoRows("FA0001", "FA0009"), verifier.ErrPrintedDose},
		"lots exchanged":         {[]string{two}, twoRows("FA0002", "FA0001"), verifier.ErrPrintedDose},
		"lots alike":             {[]string{alike}, twoRows("FA0001", "FA0002"), verifier.ErrPrintedDose},
	} {
		_, err := verifier.VerifyPDF(pdf, pages(c.text, c.codes...), i.list(), now)
		refused(t, name, err, c.want)
	}
	for want, p := range map[*rule.Refusal]verifier.Page{
		verifier.ErrUnread:  {Text: text, Codes: []string{card}, Unread: 1},
		verifier.ErrForeign: {Text: text, Codes: []string{card}, Foreign: 1},
	} {
		_, err := verifier.VerifyPDF(pdf, append(pages(text, card), p), i.list(), now)
		refused(t, want.Code, err, want)
	}
	_, err := verifier.VerifyPDF(append(pdf, ' '), pages(text, card), i.list(), now)
	if !errors.Is(err, pdfsig.ErrStructure) {
		t.Errorf("a PDF with something appended: %v", err)
	}
}

// TestEveryRefusal looks at what the tests above provoked, and at the table of
// all codes: each once, in lower case, with both sentences.
func TestEveryRefusal(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range rule.All() {
		format, _, dotted := strings.Cut(r.Code, ".")
		if seen[r.Code] || !dotted || strings.ToLower(r.Code) != r.Code || r.JA == "" || r.EN == "" {
			t.Errorf("%q is not a code with two sentences, or stands twice", r.Code)
		}
		seen[r.Code] = true
		if (format == "input" || format == "paper") && !provoked[r] {
			t.Errorf("%s: no test provokes it", r.Code)
		}
	}
}

// TestPublishedFiles judges the files of the SMART Health Cards developers.
func TestPublishedFiles(t *testing.T) {
	root := vectors(t)
	b, err := os.ReadFile(filepath.Join(root, "spec-example-issuer/jwks.json"))
	if err != nil {
		t.Fatal(err)
	}
	const spec = "https://spec.smarthealth.cards/examples/issuer"
	keys, err := trust.ParseJWKS(b, spec)
	if err != nil {
		t.Fatal(err)
	}
	l := &trust.List{SHC: []trust.SHCIssuer{{URL: spec, Keys: []trust.SHCKey{keys[0].SHCKey, keys[1].SHCKey}}}}
	files, err := filepath.Glob(filepath.Join(root, "health-cards-dev-tools/test-example-*"))
	if err != nil || len(files) < 20 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		r, err := verifier.VerifyFile(f, b, l, time.Unix(1653955200, 0))
		if strings.HasSuffix(f, "multi-jws.smart-health-card") {
			if err != nil || len(r.More) != 1 {
				t.Errorf("%s: %+v, %v", filepath.Base(f), r, err)
			}
		} else if err == nil {
			t.Errorf("%s: valid, for all its defect", filepath.Base(f))
		}
	}
	for n, valid := range map[string]bool{"00": true, "01": true, "02": false, "03": true} {
		f := filepath.Join(root, "shc-spec-examples/example-"+n+"-e-file.smart-health-card")
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := verifier.VerifyFile(f, b, l, time.Unix(1720000000, 0)); (err == nil) != valid {
			t.Errorf("example %s: %v", n, err)
		}
	}
}

func vectors(t *testing.T) string {
	t.Helper()
	dir := "../../shared/vectors"
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("the published vectors are missing: ", err)
		}
		t.Skip("the published vectors are missing: ", err)
	}
	return dir
}

// TestOffline: nothing that the verifier is built of can speak HTTP.
func TestOffline(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-json=ImportPath", ".", "./cmd/verify").Output()
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(strings.NewReader(string(out)))
	n := 0
	for ; d.More(); n++ {
		var p struct{ ImportPath string }
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		if p.ImportPath == "net/http" {
			t.Error("the verifier depends on net/http")
		}
	}
	if n < 50 {
		t.Errorf("%d packages listed: the list is not the verifier's", n)
	}
}

func FuzzVerify(f *testing.F) {
	i := newIssuer(f)
	jws := i.card(f, kanji, dose("2021-07-01", "FA0001"))
	seal := i.seal(f, "MIHON TARO", "1980-02-03", "2021-07-01", "FA0001")
	for _, s := range []string{jws, qr(jws), seal, `{"verifiableCredential":["` + jws + `"]}`, "shlink:/x", " {"} {
		f.Add(s)
	}
	l := i.list()
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := verifier.Verify(text, l, now); err == nil && !strings.Contains(text, jws) && text != qr(jws) && text != seal {
			t.Fatalf("another text than a signed one passed: %q", text)
		}
	})
}
