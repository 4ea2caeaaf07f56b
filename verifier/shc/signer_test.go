package shc_test

import (
	"bytes"
	"compress/flate"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"akashi/verifier/trust"
)

const iss = "https://issuer.example.invalid/shc"

var now = time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)

// issuer signs whatever a test wants signed, right or wrong.
type issuer struct {
	key *ecdsa.PrivateKey
	kid string
}

func newIssuer(t testing.TB) issuer {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return issuer{k, trust.Thumbprint(&k.PublicKey)}
}

func (i issuer) list() *trust.List {
	return &trust.List{SHC: []trust.SHCIssuer{{URL: iss, Keys: []trust.SHCKey{{ID: i.kid, Key: &i.key.PublicKey}}}}}
}

func (i issuer) header() string { return `{"zip":"DEF","alg":"ES256","kid":"` + i.kid + `"}` }

var b64 = base64.RawURLEncoding

func deflate(t testing.TB, s string) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sign makes a JWS of a header and the bytes of a payload.
func (i issuer) sign(t testing.TB, header string, payload []byte) string {
	t.Helper()
	input := b64.EncodeToString([]byte(header)) + "." + b64.EncodeToString(payload)
	d := sha256.Sum256([]byte(input))
	r, s, err := ecdsa.Sign(rand.Reader, i.key, d[:])
	if err != nil {
		t.Fatal(err)
	}
	var sig [64]byte
	r.FillBytes(sig[:32])
	s.FillBytes(sig[32:])
	return input + "." + b64.EncodeToString(sig[:])
}

func (i issuer) card(t testing.TB, payload string) string {
	return i.sign(t, i.header(), deflate(t, payload))
}

// qr writes a JWS as the text of a code.
func qr(jws string) string {
	var s strings.Builder
	s.WriteString("shc:/")
	for _, c := range []byte(jws) {
		s.WriteByte('0' + (c-45)/10)
		s.WriteByte('0' + (c-45)%10)
	}
	return s.String()
}

const patient = `{"resourceType":"Patient","name":[{"family":"見本","given":["太郎"]}],"birthDate":"1980-02-03"}`

func immunization(date, lot string) string {
	return `{"resourceType":"Immunization","status":"completed","vaccineCode":{"coding":[{"system":"http://hl7.org/fhir/sid/cvx","code":"208"}]},` +
		`"patient":{"reference":"resource:0"},"occurrenceDateTime":"` + date + `","lotNumber":"` + lot + `","performer":[{"actor":{"display":"AKASHI_SPECIMEN"}}]}`
}

// payload is a good one: every test of a defect changes it in one place.
func payload() string {
	return `{"iss":"` + iss + `","nbf":1774000000,"vc":{"type":["https://smarthealth.cards#health-card"],"credentialSubject":{"fhirVersion":"4.0.1",` +
		`"fhirBundle":{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"resource:0","resource":` + patient + `},` +
		`{"fullUrl":"resource:1","resource":` + immunization("2021-07-01", "FA0001") + `},` +
		`{"fullUrl":"resource:2","resource":` + immunization("2021-07-22", "FA0002") + `}]}},"rid":"c29tZS1yaWQ"}}`
}

// change replaces one place of the good payload.
func change(t testing.TB, old, new string) string {
	t.Helper()
	p := payload()
	if !strings.Contains(p, old) {
		t.Fatalf("the payload does not hold %q", old)
	}
	return strings.Replace(p, old, new, 1)
}
