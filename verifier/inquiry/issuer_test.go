package inquiry

import (
	"bytes"
	"compress/flate"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"
	"time"

	"akashi/verifier/trust"
)

var now = time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)

// world is a folder with a trust list and cards of its issuer.
type world struct {
	dir      string
	root     *ecdsa.PrivateKey
	list     *trust.List
	card     string // a JWS
	rootFile string
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func newWorld(t *testing.T) *world {
	t.Helper()
	k := newKey(t)
	const iss = "https://issuer.example.invalid/shc"
	kid := trust.Thumbprint(&k.PublicKey)
	w := &world{dir: t.TempDir(), root: newKey(t), list: &trust.List{
		Version: 3, Issued: now.AddDate(0, -1, 0), Expires: now.AddDate(0, 1, 0),
		SHC: []trust.SHCIssuer{{URL: iss, NameJA: "見本市", NameEN: "Specimen City", Keys: []trust.SHCKey{{ID: kid, Key: &k.PublicKey}}}},
	}}
	t.Chdir(w.dir)
	payload := `{"iss":"` + iss + `","nbf":1774000000,"exp":1900000000,"vc":{"type":["https://smarthealth.cards#health-card"],"credentialSubject":{"fhirVersion":"4.0.1",` +
		`"fhirBundle":{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"resource:0","resource":{"resourceType":"Patient","name":[` +
		`{"family":"見本","given":["太郎"]}],"birthDate":"1980-02-03"}},{"fullUrl":"resource:1","resource":{"resourceType":"Immunization","status":"completed",` +
		`"vaccineCode":{"coding":[{"system":"http://hl7.org/fhir/sid/cvx","code":"208"}]},"patient":{"reference":"resource:0"},` +
		`"occurrenceDateTime":"2021-07-01","lotNumber":"FA0001","isSubpotent":true}}]}}}}`
	var z bytes.Buffer
	f, err := flate.NewWriter(&z, 9)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte(payload)); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	b64 := base64.RawURLEncoding.EncodeToString
	input := b64([]byte(`{"zip":"DEF","alg":"ES256","kid":"`+kid+`"}`)) + "." + b64(z.Bytes())
	d := sha256.Sum256([]byte(input))
	r, s, err := ecdsa.Sign(rand.Reader, k, d[:])
	if err != nil {
		t.Fatal(err)
	}
	w.card = input + "." + b64(append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...))
	w.publish(t, w.root)
	w.rootFile = w.pem(t, "root.pem", &w.root.PublicKey)
	return w
}

// publish writes the default list, signed by root.
func (w *world) publish(t *testing.T, root *ecdsa.PrivateKey) {
	t.Helper()
	b, err := trust.Encode(w.list, root)
	if err != nil {
		t.Fatal(err)
	}
	w.write(t, defaultTrust, string(b))
}

func (w *world) write(t *testing.T, name, content string) string {
	t.Helper()
	file := filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func (w *world) pem(t *testing.T, name string, key any) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return w.write(t, name, string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})))
}
