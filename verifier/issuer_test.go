package verifier_test

import (
	"bytes"
	"compress/flate"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"akashi/verifier/trust"
)

const iss = "https://issuer.example.invalid/shc"

var now = time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)

// issuer signs all three formats for these tests, right or wrong.
type issuer struct {
	shc            *ecdsa.PrivateKey
	csca, bsc      *x509.Certificate
	bscKey         *ecdsa.PrivateKey
	pdfCA, pdfLeaf *x509.Certificate
	pdfKey         *ecdsa.PrivateKey
}

func newIssuer(t testing.TB) *issuer {
	t.Helper()
	i := &issuer{shc: key(t)}
	i.csca, i.bsc, i.bscKey = pair(t, func(c *x509.Certificate) {
		c.UnknownExtKeyUsage = []asn1.ObjectIdentifier{{2, 23, 136, 1, 1, 14, 2}}
	})
	i.pdfCA, i.pdfLeaf, i.pdfKey = pair(t, func(c *x509.Certificate) {
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection}
	})
	return i
}

func key(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// pair makes an authority and a leaf under it.
func pair(t testing.TB, shape func(*x509.Certificate)) (ca, leaf *x509.Certificate, leafKey *ecdsa.PrivateKey) {
	t.Helper()
	caKey, leafKey := key(t), key(t)
	ca = &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test CA"}, NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(9, 0, 0),
		BasicConstraintsValid: true, IsCA: true, KeyUsage: x509.KeyUsageCertSign}
	leaf = &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "test signer"}, NotBefore: ca.NotBefore, NotAfter: ca.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature}
	shape(leaf)
	ca = certificate(t, ca, ca, caKey, caKey)
	return ca, certificate(t, leaf, ca, leafKey, caKey), leafKey
}

func certificate(t testing.TB, template, by *x509.Certificate, k, byKey *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, by, k.Public(), byKey)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (i *issuer) list() *trust.List {
	return &trust.List{
		SHC:   []trust.SHCIssuer{{URL: iss, NameJA: "見本市", NameEN: "Specimen City", Keys: []trust.SHCKey{{ID: trust.Thumbprint(&i.shc.PublicKey), Key: &i.shc.PublicKey}}}},
		VDSNC: []trust.CSCA{{Country: "UTO", Certificate: i.csca}}, PDF: []*x509.Certificate{i.pdfCA},
	}
}

var b64 = base64.RawURLEncoding.EncodeToString

func raw(t testing.TB, k *ecdsa.PrivateKey, signed string) string {
	t.Helper()
	d := sha256.Sum256([]byte(signed))
	r, s, err := ecdsa.Sign(rand.Reader, k, d[:])
	if err != nil {
		t.Fatal(err)
	}
	return b64(append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...))
}

// card signs a SMART Health Card over these resources.
func (i *issuer) card(t testing.TB, resources ...string) string {
	t.Helper()
	var entries []string
	for n, r := range resources {
		entries = append(entries, fmt.Sprintf(`{"fullUrl":"resource:%d","resource":%s}`, n, r))
	}
	payload := `{"iss":"` + iss + `","nbf":1774000000,"vc":{"type":["https://smarthealth.cards#health-card"],"credentialSubject":{"fhirVersion":"4.0.1",` +
		`"fhirBundle":{"resourceType":"Bundle","type":"collection","entry":[` + strings.Join(entries, ",") + `]}}}}`
	var z bytes.Buffer
	w, err := flate.NewWriter(&z, 9)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(payload)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	input := b64([]byte(`{"zip":"DEF","alg":"ES256","kid":"`+trust.Thumbprint(&i.shc.PublicKey)+`"}`)) + "." + b64(z.Bytes())
	return input + "." + raw(t, i.shc, input)
}

func patient(name, birth string) string {
	return `{"resourceType":"Patient","name":[` + name + `],"birthDate":"` + birth + `"}`
}

func dose(date, lot string) string {
	return `{"resourceType":"Immunization","status":"completed","vaccineCode":{"coding":[{"system":"http://hl7.org/fhir/sid/cvx","code":"208"}]},` +
		`"patient":{"reference":"resource:0"},"occurrenceDateTime":"` + date + `","lotNumber":"` + lot + `"}`
}

func qr(jws string) string {
	s := "shc:/"
	for _, c := range []byte(jws) {
		s += fmt.Sprintf("%02d", c-45)
	}
	return s
}

// seal signs a VDS-NC of one dose.
func (i *issuer) seal(t testing.TB, name, birth, date, lot string) string {
	t.Helper()
	data := `{"hdr":{"is":"UTO","t":"icao.vacc","v":1},"msg":{"pid":{"dob":"` + birth + `","i":"XX0000001","n":"` + name + `"},"uvci":"ABC123","ve":[` +
		`{"des":"XM0GQ8","dis":"RA01.0","nam":"COMIRNATY","vd":[{"adm":"AKASHI_SPECIMEN","ctr":"UTO","dvc":"` + date + `","lot":"` + lot + `","seq":1}]}]}}`
	return `{"data":` + data + `,"sig":{"alg":"ES256","cer":"` + b64(i.bsc.Raw) + `","sigvl":"` + raw(t, i.bscKey, data) + `"}}`
}

// pdf makes a signed PDF without pages: the verifier gets their text and codes
// from elsewhere.
func (i *issuer) pdf(t testing.TB) []byte {
	t.Helper()
	const space = 2000
	sig := "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M (D:20260331150000Z) /Reference [<< /TransformMethod /DocMDP " +
		"/TransformParams << /P 1 /V /1.2 >> >>] /ByteRange [0 111111 222222 333333] /Contents <" + strings.Repeat("0", space) + "> >>"
	b, offsets := "%PDF-1.4\n", ""
	for n, body := range []string{"<< /Type /Catalog /AcroForm << /Fields [2 0 R] >> /Perms << /DocMDP 3 0 R >> >>", "<< /FT /Sig /V 3 0 R >>", sig} {
		offsets += fmt.Sprintf("%010d 00000 n \n", len(b))
		b += fmt.Sprintf("%d 0 obj\n%s\nendobj\n", n+1, body)
	}
	b += fmt.Sprintf("xref\n1 3\n%strailer\n<< /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", offsets, len(b))
	gap := strings.Index(b, "<000")
	behind := gap + space + 2
	for old, n := range map[string]int{"111111": gap, "222222": behind, "333333": len(b) - behind} {
		b = strings.Replace(b, old, fmt.Sprintf("%06d", n), 1)
	}
	cms := i.cms(t, sha256.Sum256([]byte(b[:gap]+b[behind:])))
	return []byte(b[:gap+1] + hex.EncodeToString(cms) + b[gap+1+2*len(cms):])
}
