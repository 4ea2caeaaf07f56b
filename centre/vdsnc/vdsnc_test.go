package vdsnc_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"akashi/centre/vaccines"
	"akashi/centre/vdsnc"
	"akashi/testkit/pki"
	"akashi/verifier/credential"
	reader "akashi/verifier/vdsnc"
)

var issued = time.Date(2027, 4, 1, 9, 0, 0, 0, time.UTC)

var world = sync.OnceValues(func() (*pki.World, error) {
	return pki.New(nil, func() time.Time { return issued })
})

func theWorld(t testing.TB) *pki.World {
	t.Helper()
	w, err := world()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func overseas(t testing.TB) credential.Certificate {
	t.Helper()
	set, err := vaccines.Load()
	if err != nil {
		t.Fatal(err)
	}
	c := credential.Certificate{
		Kind: credential.Overseas, ID: "SPECIMEN0001",
		Holder: credential.Holder{
			Name: "江戸　めい", Birth: credential.Date{Year: 1980, Month: 2, Day: 29},
			Travel: &credential.Travel{RomanName: "EDO MEI", Nationality: "UTO", Passport: "XZ0000001"},
		},
		Issuer: pki.SpecimenIssuer(),
	}
	for i, product := range []string{"comirnaty", "spikevax"} {
		v, err := set.Find("covid-19", product)
		if err != nil {
			t.Fatal(err)
		}
		c.Doses = append(c.Doses, credential.Dose{Number: i + 1, Date: credential.Date{Year: 2021, Month: 6 + i, Day: 3}, Vaccine: v, Lot: "AK000" + string(rune('1'+i)), Country: "JPN"})
	}
	return c
}

func compose(t testing.TB, c credential.Certificate) *vdsnc.Unsigned {
	t.Helper()
	u, err := vdsnc.Compose(c, theWorld(t).VDSNC.Chain[0])
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func sign(t testing.TB, key *ecdsa.PrivateKey, u *vdsnc.Unsigned) []byte {
	t.Helper()
	d := u.Digest()
	der, err := ecdsa.SignASN1(rand.Reader, key, d[:])
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func attach(t testing.TB, u *vdsnc.Unsigned) string {
	t.Helper()
	text, err := u.Attach(sign(t, theWorld(t).VDSNC.Key, u))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// The data object is this text, to the byte.
func TestData(t *testing.T) {
	const want = `{"hdr":{"is":"UTO","t":"icao.vacc","v":1},"msg":{"pid":{"ai":"UTO02631253629215338785","dob":"1980-02-29","i":"XZ0000001","n":"EDO MEI"},"uvci":"SPECIMEN0001","ve":[` +
		`{"des":"XM0GQ8","dis":"RA01.0","nam":"COMIRNATY","vd":[{"adm":"AKASHI_SPECIMEN","ctr":"JPN","dvc":"2021-06-03","lot":"AK0001","seq":1}]},` +
		`{"des":"XM0GQ8","dis":"RA01.0","nam":"Spikevax","vd":[{"adm":"AKASHI_SPECIMEN","ctr":"JPN","dvc":"2021-07-03","lot":"AK0002","seq":2}]}]}}`
	u := compose(t, overseas(t))
	if got := string(u.Data()); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if u.Digest() != sha256.Sum256([]byte(want)) {
		t.Error("the digest is not of the data")
	}
	u.Data()[0] = 'x'
	if string(u.Data()) != want {
		t.Error("a caller changed what will be signed")
	}
}

// The text is canonical: sorted members, no white space, one encoding.
func TestTextIsCanonical(t *testing.T) {
	u := compose(t, overseas(t))
	text := attach(t, u)
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil { // maps are written in the order of their keys
		t.Fatal(err)
	}
	if strings.TrimSpace(b.String()) != text {
		t.Errorf("%s\ncanonical:\n%s", text, b.String())
	}
	if !strings.HasPrefix(text, `{"data":`+string(u.Data())+`,"sig":{"alg":"ES256","cer":"`) || strings.Contains(text, "=") {
		t.Errorf("shape: %s", text)
	}
	var sealed struct{ Sig struct{ Cer, Sigvl string } }
	if err := json.Unmarshal([]byte(text), &sealed); err != nil {
		t.Fatal(err)
	}
	cer, err := base64.RawURLEncoding.Strict().DecodeString(sealed.Sig.Cer)
	if err != nil || !bytes.Equal(cer, theWorld(t).VDSNC.Chain[0].Raw) || len(sealed.Sig.Sigvl) != 86 {
		t.Errorf("cer or sigvl: %v", err)
	}
}

func TestComposeRefuses(t *testing.T) {
	type c = credential.Certificate
	for name, k := range map[string]struct {
		change func(*c)
		want   error
	}{
		"domestic":       {func(c *c) { c.Kind = credential.Domestic }, vdsnc.ErrKind},
		"country":        {func(c *c) { c.Issuer.Country = "JP" }, vdsnc.ErrIssuer},
		"no display":     {func(c *c) { c.Issuer.Display = "" }, vdsnc.ErrIssuer},
		"long display":   {func(c *c) { c.Issuer.Display = strings.Repeat("x", 21) }, vdsnc.ErrIssuer},
		"no ID":          {func(c *c) { c.ID = "" }, vdsnc.ErrID},
		"long ID":        {func(c *c) { c.ID = "SPECIMEN00012" }, vdsnc.ErrID},
		"ID":             {func(c *c) { c.ID = "specimen" }, vdsnc.ErrID},
		"no passport":    {func(c *c) { c.Holder.Travel = nil }, vdsnc.ErrTravel},
		"no name":        {func(c *c) { c.Holder.Travel.RomanName = "" }, vdsnc.ErrName},
		"long name":      {func(c *c) { c.Holder.Travel.RomanName = strings.Repeat("X", 40) }, vdsnc.ErrName},
		"kanji":          {func(c *c) { c.Holder.Travel.RomanName = "江戸 MEI" }, vdsnc.ErrName},
		"control":        {func(c *c) { c.Holder.Travel.RomanName = "EDO\x00MEI" }, vdsnc.ErrName},
		"space":          {func(c *c) { c.Holder.Travel.RomanName = "EDO MEI " }, vdsnc.ErrName},
		"line separator": {func(c *c) { c.Holder.Travel.RomanName = "EDO\u2028MEI" }, vdsnc.ErrName},
		"not UTF-8":      {func(c *c) { c.Holder.Travel.RomanName = "EDO\xffMEI" }, vdsnc.ErrName},
		"no number":      {func(c *c) { c.Holder.Travel.Passport = "" }, vdsnc.ErrPassport},
		"long number":    {func(c *c) { c.Holder.Travel.Passport = "XZ0000000001" }, vdsnc.ErrPassport},
		"number":         {func(c *c) { c.Holder.Travel.Passport = "XZ-000001" }, vdsnc.ErrPassport},
		"partial birth":  {func(c *c) { c.Holder.Birth.Day = 0 }, vdsnc.ErrBirth},
		"no dose":        {func(c *c) { c.Doses = nil }, vdsnc.ErrDoses},
		"dose 0":         {func(c *c) { c.Doses[0].Number = 0 }, vdsnc.ErrDoses},
		"dose 100":       {func(c *c) { c.Doses[1].Number = 100 }, vdsnc.ErrDoses},
		"dose twice":     {func(c *c) { c.Doses[1].Number = 1 }, vdsnc.ErrDoses},
		"dose date":      {func(c *c) { c.Doses[1].Date.Day = 0 }, vdsnc.ErrDoseDate},
		"dose country":   {func(c *c) { c.Doses[1].Country = "Japan" }, vdsnc.ErrCountry},
		"no lot":         {func(c *c) { c.Doses[1].Lot = "" }, vdsnc.ErrLot},
		"long lot":       {func(c *c) { c.Doses[1].Lot = strings.Repeat("1", 21) }, vdsnc.ErrLot},
		"lot":            {func(c *c) { c.Doses[1].Lot = "ロット" }, vdsnc.ErrLot},
		"no ICD-11":      {func(c *c) { c.Doses[1].Vaccine.ICD11 = "" }, vdsnc.ErrVaccine},
		"no disease":     {func(c *c) { c.Doses[1].Vaccine.Target = "" }, vdsnc.ErrVaccine},
		"product":        {func(c *c) { c.Doses[1].Vaccine.ProductEN = "コミナティ" }, vdsnc.ErrVaccine},
		"too many to fit": {func(c *c) {
			d := c.Doses[0]
			for c.Doses = nil; len(c.Doses) < 20; c.Doses = append(c.Doses, d) {
				d.Number = len(c.Doses) + 1
			}
		}, vdsnc.ErrTooLong},
	} {
		cert := overseas(t)
		k.change(&cert)
		if _, err := vdsnc.Compose(cert, theWorld(t).VDSNC.Chain[0]); !errors.Is(err, k.want) {
			t.Errorf("%s: %v, want %v", name, err, k.want)
		}
	}
}

func TestSignerMustBeOne(t *testing.T) {
	w := theWorld(t)
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, w.VDSNC.Chain[0], w.CSCA.Certificate, p384.Public(), w.CSCA.Key)
	if err != nil {
		t.Fatal(err)
	}
	large, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]*x509.Certificate{"none": nil, "PDF signer": w.PDF.Chain[0], "CSCA": w.CSCA.Certificate, "P-384": large} {
		if _, err := vdsnc.Compose(overseas(t), c); !errors.Is(err, vdsnc.ErrSigner) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAttachRefuses(t *testing.T) {
	u, other := compose(t, overseas(t)), overseas(t)
	other.ID = "SPECIMEN0002"
	for name, der := range map[string][]byte{
		"none": nil, "not DER": make([]byte, 64),
		"another key's":  sign(t, theWorld(t).SHC.Key, u),
		"another seal's": sign(t, theWorld(t).VDSNC.Key, compose(t, other)),
	} {
		if text, err := u.Attach(der); !errors.Is(err, vdsnc.ErrSignature) || text != "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Two certificates of one person share nothing in ai, and ai says nothing that
// the certificate ID does not.
func TestAdditionalID(t *testing.T) {
	a, b, same := overseas(t), overseas(t), overseas(t)
	b.ID = "SPECIMEN0002"
	same.Holder.Travel.RomanName = "SOMEBODY ELSE"
	ai := func(c credential.Certificate) string {
		s, err := reader.ParseUnsigned(compose(t, c).Data())
		if err != nil {
			t.Fatal(err)
		}
		return s.AdditionalID
	}
	if ai(a) == ai(b) || ai(a) != ai(same) || len(ai(b)) != 23 {
		t.Errorf("%s %s %s", ai(a), ai(b), ai(same))
	}
}

// Seven doses, the longest names and ids: the largest seal that is issued.
func TestLargest(t *testing.T) {
	c := overseas(t)
	set, err := vaccines.Load()
	if err != nil {
		t.Fatal(err)
	}
	v, err := set.Find("covid-19", "comirnaty-ba45-6m-4")
	if err != nil {
		t.Fatal(err)
	}
	c.Holder.Travel.RomanName = "VALANDRIELLE OSTREMBOURG MAGDALENA ILSE"
	c.Doses = nil
	for n := range 7 {
		c.Doses = append(c.Doses, credential.Dose{Number: n + 1, Date: credential.Date{Year: 2021, Month: 6, Day: 3 + n}, Vaccine: v, Lot: strings.Repeat("9", 20), Country: "JPN"})
	}
	if text := attach(t, compose(t, c)); len(text) > vdsnc.MaxText {
		t.Errorf("%d bytes", len(text))
	} else {
		t.Logf("largest seal: %d bytes", len(text))
	}
}

// The project's verifier, which shares no code with the writer, reads back
// what was meant.
func TestVerifierAccepts(t *testing.T) {
	w := theWorld(t)
	l, err := w.TrustList()
	if err != nil {
		t.Fatal(err)
	}
	c := overseas(t)
	c.Holder.Travel.RomanName = "İLKAYA  AYŞE-MARİ D'ARC"
	text := attach(t, compose(t, c))
	s, err := reader.Verify(text, l, issued)
	if err != nil {
		t.Fatal(err)
	}
	if s.Country != "UTO" || s.UVCI != "SPECIMEN0001" || s.Name != c.Holder.Travel.RomanName || s.Passport != "XZ0000001" || s.Birth != c.Holder.Birth || len(s.Doses) != 2 {
		t.Errorf("%+v", s)
	}
	for i, d := range s.Doses {
		want := c.Doses[i]
		if d.Number != want.Number || d.Date != want.Date || d.Lot != want.Lot || d.Country != want.Country || d.Vaccine != want.Vaccine.ICD11 || d.Disease != want.Vaccine.Target || d.Product != want.Vaccine.ProductEN || d.Administrator != "AKASHI_SPECIMEN" {
			t.Errorf("dose %d: %+v", i+1, d)
		}
	}
	if _, err := reader.Verify(strings.Replace(text, "XZ0000001", "XZ0000002", 1), l, issued); err == nil {
		t.Error("a changed seal passed")
	}
}

// OpenSSL, which nobody here wrote, verifies the signature over the data and
// the signer's certificate under its CSCA.
func TestOpenSSLAccepts(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("openssl is not installed")
		}
		t.Skip("openssl is not installed: its check is left out")
	}
	w, dir := theWorld(t), t.TempDir()
	u := compose(t, overseas(t))
	bsc := w.VDSNC.Chain[0]
	for name, b := range map[string][]byte{
		"data": u.Data(), "sig": sign(t, w.VDSNC.Key, u), "changed": append(u.Data(), ' '),
		"key":  pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: bsc.RawSubjectPublicKeyInfo}),
		"bsc":  pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: bsc.Raw}),
		"csca": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: w.CSCA.Certificate.Raw}),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) error {
		c := exec.Command(openssl, args...)
		c.Dir = dir
		return c.Run()
	}
	if err := run("dgst", "-sha256", "-verify", "key", "-signature", "sig", "data"); err != nil {
		t.Errorf("signature: %v", err)
	}
	if run("dgst", "-sha256", "-verify", "key", "-signature", "sig", "changed") == nil {
		t.Error("openssl verified another text; this test cannot fail")
	}
	if err := run("verify", "-attime", "1806570000", "-CAfile", "csca", "bsc"); err != nil {
		t.Errorf("chain: %v", err)
	}
}

func BenchmarkCompose(b *testing.B) {
	c, bsc := overseas(b), theWorld(b).VDSNC.Chain[0]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := vdsnc.Compose(c, bsc); err != nil {
			b.Fatal(err)
		}
	}
}
