package shc_test

import (
	"bytes"
	"compress/flate"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"

	"akashi/centre/es256"
	"akashi/centre/keys"
	"akashi/centre/shc"
	"akashi/centre/vaccines"
	"akashi/testkit/pki"
	"akashi/verifier/credential"
	reader "akashi/verifier/shc"
)

var issued = time.Date(2027, 4, 1, 9, 0, 0, 987654321, time.UTC)

var world = sync.OnceValues(func() (*pki.World, error) {
	return pki.New(nil, func() time.Time { return issued })
})

func theWorld(t testing.TB) (*pki.World, string) {
	t.Helper()
	w, err := world()
	if err != nil {
		t.Fatal(err)
	}
	kid, err := keys.Thumbprint(&w.SHC.Key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return w, kid
}

func dose(t testing.TB, n int, disease, product string) credential.Dose {
	t.Helper()
	set, err := vaccines.Load()
	if err != nil {
		t.Fatal(err)
	}
	v, err := set.Find(disease, product)
	if err != nil {
		t.Fatal(err)
	}
	return credential.Dose{Number: n, Date: credential.Date{Year: 2021, Month: 5 + n, Day: 3}, Vaccine: v, Lot: "AK0000" + string(rune('0'+n)), Country: "UTO"}
}

func domestic(t testing.TB) credential.Certificate {
	t.Helper()
	return credential.Certificate{
		Kind: credential.Domestic, ID: "SPECIMEN0001",
		Holder:  credential.Holder{Name: "𠮷田　𩸽子", Birth: credential.Date{Year: 1980, Month: 2, Day: 29}},
		Doses:   []credential.Dose{dose(t, 1, "covid-19", "comirnaty"), dose(t, 2, "covid-19", "spikevax")},
		Issuer:  pki.SpecimenIssuer(),
		Disease: credential.Disease{Code: "covid-19"},
	}
}

func overseas(t testing.TB) credential.Certificate {
	t.Helper()
	c := domestic(t)
	c.Kind = credential.Overseas
	c.Holder.Travel = &credential.Travel{RomanName: "YOSHIDA HOKKEKO", Nationality: "UTO", Passport: "XZ0000001"}
	return c
}

// payload gives the composed card's JSON.
func payload(t testing.TB, u *shc.Unsigned) string {
	t.Helper()
	_, p, ok := strings.Cut(string(u.SigningInput()), ".")
	packed, err := base64.RawURLEncoding.Strict().DecodeString(p)
	if !ok || err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func compose(t testing.TB, c credential.Certificate, rid string) *shc.Unsigned {
	t.Helper()
	_, kid := theWorld(t)
	u, err := shc.Compose(c, kid, rid, issued)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func sign(t testing.TB, u *shc.Unsigned) string {
	t.Helper()
	w, _ := theWorld(t)
	d := u.Digest()
	der, err := ecdsa.SignASN1(rand.Reader, w.SHC.Key, d[:])
	if err != nil {
		t.Fatal(err)
	}
	text, err := u.Attach(der)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

const (
	immunization1 = `{"fullUrl":"resource:1","resource":{"resourceType":"Immunization","status":"completed","vaccineCode":{"coding":[{"system":"http://hl7.org/fhir/sid/cvx","code":"208"}]},"patient":{"reference":"resource:0"},"occurrenceDateTime":"2021-06-03","lotNumber":"AK00001","performer":[{"actor":{"display":"AKASHI_SPECIMEN"}}]}}`
	immunization2 = `{"fullUrl":"resource:2","resource":{"resourceType":"Immunization","status":"completed","vaccineCode":{"coding":[{"system":"http://hl7.org/fhir/sid/cvx","code":"207"}]},"patient":{"reference":"resource:0"},"occurrenceDateTime":"2021-07-03","lotNumber":"AK00002","performer":[{"actor":{"display":"AKASHI_SPECIMEN"}}]}}`
)

// The payload is this text, to the byte.
func TestPayload(t *testing.T) {
	for name, c := range map[string]struct {
		give    credential.Certificate
		rid     string
		patient string
		vcEnd   string
	}{
		"domestic": {domestic(t), "", `{"family":"𠮷田","given":["𩸽子"]}`, ``},
		"overseas": {overseas(t), "AQPCjWzv9Ps", `{"family":"YOSHIDA","given":["HOKKEKO"]}`, `,"rid":"AQPCjWzv9Ps"`},
	} {
		want := `{"iss":"https://specimen.akashi.invalid/issuer","nbf":1806570000,"vc":{"type":["https://smarthealth.cards#health-card"],"credentialSubject":{"fhirVersion":"4.0.1","fhirBundle":{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"resource:0","resource":{"resourceType":"Patient","name":[` +
			c.patient + `],"birthDate":"1980-02-29"}},` + immunization1 + `,` + immunization2 + `]}}` + c.vcEnd + `}}`
		if got := payload(t, compose(t, c.give, c.rid)); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
}

func TestHeader(t *testing.T) {
	_, kid := theWorld(t)
	h, _, _ := bytes.Cut(compose(t, domestic(t), "").SigningInput(), []byte("."))
	b, err := base64.RawURLEncoding.DecodeString(string(h))
	if want := `{"alg":"ES256","kid":"` + kid + `","zip":"DEF"}`; err != nil || string(b) != want {
		t.Errorf("%s, want %s", b, want)
	}
}

func TestSameInputSameBytes(t *testing.T) {
	a, b := compose(t, overseas(t), "x"), compose(t, overseas(t), "x")
	if !bytes.Equal(a.SigningInput(), b.SigningInput()) || a.Digest() != b.Digest() {
		t.Error("one certificate gives two cards")
	}
	if a.Digest() != sha256.Sum256(a.SigningInput()) {
		t.Error("the digest is not of the signing input")
	}
	a.SigningInput()[0] ^= 1
	if a.Digest() != b.Digest() {
		t.Error("a caller changed what will be signed")
	}
}

func TestNames(t *testing.T) {
	for _, c := range []struct{ kind, name, want string }{
		{"domestic", "髙﨑　花子", `{"family":"髙﨑","given":["花子"]}`},
		{"domestic", "渡邉󠄂　一", `{"family":"渡邉󠄂","given":["一"]}`},
		{"domestic", "SMITH JOHN", `{"text":"SMITH JOHN"}`},
		{"domestic", "一　二　三", `{"text":"一　二　三"}`},
		{"domestic", "か゚ん　<&>", `{"family":"か゚ん","given":["<&>"]}`},
		{"overseas", "SMITH JOHN PAUL", `{"family":"SMITH","given":["JOHN PAUL"]}`},
		{"overseas", "DE LA CRUZ  MARIA", `{"family":"DE LA CRUZ","given":["MARIA"]}`},
		{"overseas", "SUKARNO", `{"text":"SUKARNO"}`},
		{"overseas", "A   B", `{"text":"A   B"}`},
		{"overseas", "İSTANBULLU AYŞE", `{"family":"İSTANBULLU","given":["AYŞE"]}`},
	} {
		cert := domestic(t)
		cert.Holder.Name = c.name
		if c.kind == "overseas" {
			cert = overseas(t)
			cert.Holder.Travel.RomanName = c.name
		}
		if got := payload(t, compose(t, cert, "")); !strings.Contains(got, `"name":[`+c.want+`]`) {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}

func TestPartialBirthDate(t *testing.T) {
	for _, c := range []struct {
		birth credential.Date
		want  string
	}{{credential.Date{Year: 1930}, "1930"}, {credential.Date{Year: 1930, Month: 5}, "1930-05"}} {
		cert := domestic(t)
		cert.Holder.Birth = c.birth
		if got := payload(t, compose(t, cert, "")); !strings.Contains(got, `"birthDate":"`+c.want+`"`) {
			t.Errorf("%v: %s", c.birth, got)
		}
		if _, err := reader.ParseUnsigned(compose(t, cert, "").SigningInput()); err != nil {
			t.Errorf("%v: the verifier refuses it: %v", c.birth, err)
		}
	}
}

func TestComposeRefuses(t *testing.T) {
	_, kid := theWorld(t)
	type c = credential.Certificate
	for name, k := range map[string]struct {
		change func(*c)
		want   error
	}{
		"no kind":          {func(c *c) { c.Kind = 0 }, shc.ErrKind},
		"http":             {func(c *c) { c.Issuer.URL = "http://a.invalid" }, shc.ErrIssuer},
		"slash":            {func(c *c) { c.Issuer.URL = "https://a.invalid/" }, shc.ErrIssuer},
		"no host":          {func(c *c) { c.Issuer.URL = "https://" }, shc.ErrIssuer},
		"query":            {func(c *c) { c.Issuer.URL = "https://a.invalid/i?x" }, shc.ErrIssuer},
		"fragment":         {func(c *c) { c.Issuer.URL = "https://a.invalid/i#" }, shc.ErrIssuer},
		"other spelling":   {func(c *c) { c.Issuer.URL = "HTTPS://a.invalid/i" }, shc.ErrIssuer},
		"no display":       {func(c *c) { c.Issuer.Display = "" }, shc.ErrIssuer},
		"long display":     {func(c *c) { c.Issuer.Display = strings.Repeat("x", 30) }, shc.ErrIssuer},
		"display":          {func(c *c) { c.Issuer.Display = "見本" }, shc.ErrIssuer},
		"no name":          {func(c *c) { c.Holder.Name = "" }, shc.ErrName},
		"long name":        {func(c *c) { c.Holder.Name = strings.Repeat("寿", 201) }, shc.ErrName},
		"control":          {func(c *c) { c.Holder.Name = "山\x00田" }, shc.ErrName},
		"reordering":       {func(c *c) { c.Holder.Name = "山\u202e田" }, shc.ErrName},
		"not UTF-8":        {func(c *c) { c.Holder.Name = "山\xff田" }, shc.ErrName},
		"no birth":         {func(c *c) { c.Holder.Birth = credential.Date{} }, shc.ErrBirth},
		"impossible birth": {func(c *c) { c.Holder.Birth = credential.Date{Year: 1981, Month: 2, Day: 29} }, shc.ErrBirth},
		"no dose":          {func(c *c) { c.Doses = nil }, shc.ErrDoses},
		"dose 0":           {func(c *c) { c.Doses[0].Number = 0 }, shc.ErrDoses},
		"dose twice":       {func(c *c) { c.Doses[1].Number = 1 }, shc.ErrDoses},
		"dose order":       {func(c *c) { c.Doses[0], c.Doses[1] = c.Doses[1], c.Doses[0] }, shc.ErrDoses},
		"dose date":        {func(c *c) { c.Doses[1].Date.Day = 0 }, shc.ErrDoseDate},
		"no CVX":           {func(c *c) { c.Doses[1].Vaccine.CVX = "" }, shc.ErrVaccine},
		"CVX":              {func(c *c) { c.Doses[1].Vaccine.CVX = "20a" }, shc.ErrVaccine},
		"long lot":         {func(c *c) { c.Doses[1].Lot = strings.Repeat("1", 20) }, shc.ErrLot},
		"lot":              {func(c *c) { c.Doses[1].Lot = "１２３" }, shc.ErrLot},
		"no passport":      {func(c *c) { c.Kind = credential.Overseas }, shc.ErrTravel},
	} {
		cert := domestic(t)
		k.change(&cert)
		if _, err := shc.Compose(cert, kid, "", issued); !errors.Is(err, k.want) {
			t.Errorf("%s: %v, want %v", name, err, k.want)
		}
	}
	partial := overseas(t)
	partial.Holder.Birth.Day = 0
	if _, err := shc.Compose(partial, kid, "", issued); !errors.Is(err, shc.ErrBirth) {
		t.Errorf("partial birth date overseas: %v", err)
	}
	for _, bad := range []string{"", kid[1:], kid + "A", kid[:42] + "+", kid[:42] + "="} {
		if _, err := shc.Compose(domestic(t), bad, "", issued); !errors.Is(err, shc.ErrKeyID) {
			t.Errorf("kid %q: %v", bad, err)
		}
	}
	for _, bad := range []string{strings.Repeat("a", 25), "a.b", "a=", "あ"} {
		if _, err := shc.Compose(domestic(t), kid, bad, issued); !errors.Is(err, shc.ErrRevocationID) {
			t.Errorf("rid %q: %v", bad, err)
		}
	}
	for _, bad := range []time.Time{{}, time.Unix(0, 0), time.Unix(253402300800, 0)} {
		if _, err := shc.Compose(domestic(t), kid, "", bad); !errors.Is(err, shc.ErrIssued) {
			t.Errorf("issued %v: %v", bad, err)
		}
	}
}

// incompressible gives a lot number as long as may be that no other repeats.
func incompressible(n int) string {
	sum := sha256.Sum256([]byte{byte(n)})
	return base64.RawURLEncoding.EncodeToString(sum[:])[:19]
}

// Eight doses fit a code; what does not fit is refused, not cut.
func TestSize(t *testing.T) {
	_, kid := theWorld(t)
	c := domestic(t)
	longest := 0
	for n := 1; ; n++ {
		c.Doses = append(c.Doses[:n-1:n-1], dose(t, 1, "covid-19", "comirnaty"))
		c.Doses[n-1].Number = n
		c.Doses[n-1].Lot = incompressible(n)
		u, err := shc.Compose(c, kid, "AQPCjWzv9Ps", issued)
		if errors.Is(err, shc.ErrTooLong) {
			if n <= 8 {
				t.Errorf("%d doses do not fit", n)
			}
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if longest = len(sign(t, u)); longest > shc.MaxJWS {
			t.Fatalf("%d doses give %d characters", n, longest)
		}
	}
	t.Logf("longest card: %d characters", longest)
}

func TestAttachRefuses(t *testing.T) {
	for _, der := range [][]byte{nil, make([]byte, 64), {0x30, 0}} {
		if text, err := compose(t, domestic(t), "").Attach(der); !errors.Is(err, es256.ErrSignature) || text != "" {
			t.Errorf("%x: %q, %v", der, text, err)
		}
	}
}

func TestQRText(t *testing.T) {
	if got := shc.QRText("ey.z-"); got != "shc:/5676017700" {
		t.Errorf("%s", got)
	}
	for _, bad := range []string{"a b", "a+", "{", "é"} {
		if got := shc.QRText(bad); got != "" {
			t.Errorf("%q gave %q", bad, got)
		}
	}
}

// The project's verifier, which shares no code with the writer, reads back
// what was meant.
func TestVerifierAccepts(t *testing.T) {
	w, kid := theWorld(t)
	l, err := w.TrustList()
	if err != nil {
		t.Fatal(err)
	}
	single := domestic(t)
	single.Holder.Name = "SMITH JOHN"
	single.Doses = []credential.Dose{dose(t, 3, "measles", "measles-takeda")}
	single.Doses[0].Lot = ""
	for name, c := range map[string]credential.Certificate{"domestic": domestic(t), "overseas": overseas(t), "another disease": single} {
		text := sign(t, compose(t, c, "AQPCjWzv9Ps"))
		for _, form := range []string{text, shc.QRText(text)} {
			card, err := reader.Verify(form, l, issued)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if card.Issuer != pki.IssuerURL || card.KeyID != kid || card.RevocationID != "AQPCjWzv9Ps" || !card.NotBefore.Equal(issued.Truncate(time.Second)) || card.Birth != c.Holder.Birth || len(card.Doses) != len(c.Doses) {
				t.Errorf("%s: %+v", name, card)
			}
			for i, d := range card.Doses {
				if want := c.Doses[i]; d.CVX != want.Vaccine.CVX || d.Date != want.Date || d.Lot != want.Lot || d.Performer != "AKASHI_SPECIMEN" {
					t.Errorf("%s: dose %d: %+v", name, i+1, d)
				}
			}
		}
		// A signature of another card, and one bit of this one.
		other := sign(t, compose(t, c, "other"))
		mixed := text[:strings.LastIndexByte(text, '.')] + other[strings.LastIndexByte(other, '.'):]
		if _, err := reader.Verify(mixed, l, issued); err == nil {
			t.Errorf("%s: the signature of another card passed", name)
		}
	}
}

// jwx verifies the card with the published key set.
func TestJWXAccepts(t *testing.T) {
	w, _ := theWorld(t)
	b, err := w.JWKS()
	if err != nil {
		t.Fatal(err)
	}
	set, err := jwk.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jws.Verify([]byte(sign(t, compose(t, domestic(t), ""))), jws.WithKeySet(set)); err != nil {
		t.Error(err)
	}
}

// OpenSSL, which nobody here wrote, verifies the signature over the exact
// signing input.
func TestOpenSSLAccepts(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("openssl is not installed")
		}
		t.Skip("openssl is not installed: its check is left out")
	}
	w, _ := theWorld(t)
	u, dir := compose(t, overseas(t), ""), t.TempDir()
	d := u.Digest()
	sig, err := w.SHC.Key.Sign(rand.Reader, d[:], crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	spki, err := x509.MarshalPKIXPublicKey(w.SHC.Key.Public())
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		"input": u.SigningInput(), "sig": sig, "key": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: spki}),
		"changed": append(u.SigningInput(), 'A'),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	verify := func(input string) error {
		c := exec.Command(openssl, "dgst", "-sha256", "-verify", "key", "-signature", "sig", input)
		c.Dir = dir
		return c.Run()
	}
	if err := verify("input"); err != nil {
		t.Errorf("openssl: %v", err)
	}
	if verify("changed") == nil {
		t.Error("openssl verified another text; this test cannot fail")
	}
}

func BenchmarkCompose(b *testing.B) {
	_, kid := theWorld(b)
	c := domestic(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := shc.Compose(c, kid, "AQPCjWzv9Ps", issued); err != nil {
			b.Fatal(err)
		}
	}
}
