package vdsnc_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"math/big"
	"strings"
	"testing"
	"time"

	"akashi/verifier/trust"
)

var now = time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)

type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newKey(t testing.TB, c elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(c, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// issue signs template under a, or under itself when a is nil.
func issue(t testing.TB, template *x509.Certificate, a *authority, key *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	if a == nil {
		a = &authority{template, key}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// newCSCA makes an authority on P-384, as Japan's was.
func newCSCA(t testing.TB, from, to time.Time) *authority {
	return newCSCAOn(t, elliptic.P384(), from, to)
}

func newCSCAOn(t testing.TB, curve elliptic.Curve, from, to time.Time) *authority {
	k := newKey(t, curve)
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{Country: []string{"UT"}, CommonName: "test CSCA"},
		NotBefore: from, NotAfter: to, BasicConstraintsValid: true, IsCA: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	return &authority{issue(t, c, nil, k), k}
}

func (a *authority) list() *trust.List {
	return &trust.List{VDSNC: []trust.CSCA{{Country: "UTO", Certificate: a.cert}}}
}

// signer is a barcode signer and whatever a test makes of it.
type signer struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func profile() *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{Country: []string{"UT"}, CommonName: "test BSC"},
		NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(9, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature,
		UnknownExtKeyUsage: []asn1.ObjectIdentifier{{2, 23, 136, 1, 1, 14, 2}},
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 23, 136, 1, 1, 6, 2},
			Value: []byte{0x30, 0x09, 0x02, 0x01, 0x00, 0x31, 0x04, 0x13, 0x02, 'N', 'V'}}},
	}
}

func (a *authority) signer(t testing.TB, change func(*x509.Certificate)) signer {
	t.Helper()
	c := profile()
	if change != nil {
		change(c)
	}
	k := newKey(t, elliptic.P256())
	return signer{issue(t, c, a, k), k}
}

const doses = `{"des":"XM0GQ8","dis":"RA01.0","nam":"COMIRNATY","vd":[{"adm":"AKASHI_SPECIMEN","ctr":"UTO","dvc":"2021-07-01","lot":"FA0001","seq":1}]},` +
	`{"des":"XM0GQ8","dis":"RA01.0","nam":"COMIRNATY","vd":[{"adm":"AKASHI_SPECIMEN","ctr":"UTO","dvc":"2021-07-22","lot":"FA0002","seq":2}]}`

// data is a good one: every test of a defect changes it in one place.
const data = `{"hdr":{"is":"UTO","t":"icao.vacc","v":1},"msg":{"pid":{"ai":"UTO00000000000000000001","dob":"1980-02-03","i":"XX0000001","n":"MIHON TARO"},` +
	`"uvci":"ABC123","ve":[` + doses + `]}}`

func change(t testing.TB, old, new string) string {
	t.Helper()
	if !strings.Contains(data, old) {
		t.Fatalf("the data do not hold %q", old)
	}
	return strings.Replace(data, old, new, 1)
}

func (s signer) signature(t testing.TB, data string) []byte {
	t.Helper()
	d := sha256.Sum256([]byte(data))
	r, v, err := ecdsa.Sign(rand.Reader, s.key, d[:])
	if err != nil {
		t.Fatal(err)
	}
	sig := make([]byte, 64)
	r.FillBytes(sig[:32])
	v.FillBytes(sig[32:])
	return sig
}

func (s signer) seal(t testing.TB, data string) string {
	return text(data, base64.RawURLEncoding.EncodeToString(s.cert.Raw), base64.RawURLEncoding.EncodeToString(s.signature(t, data)))
}

func text(data, cer, sigvl string) string {
	return `{"data":` + data + `,"sig":{"alg":"ES256","cer":"` + cer + `","sigvl":"` + sigvl + `"}}`
}
