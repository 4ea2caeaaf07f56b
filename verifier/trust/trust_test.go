package trust_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"akashi/verifier/cardrecord"
	"akashi/verifier/rule"
	"akashi/verifier/trust"
)

var now = time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func newCA(t testing.TB, ca bool) *x509.Certificate {
	t.Helper()
	k := newKey(t)
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test CA"},
		NotBefore: now, NotAfter: now.AddDate(10, 0, 0),
		BasicConstraintsValid: true, IsCA: ca, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	c, err = x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// cardKey is a card authority's; one is enough, and making one is slow.
var cardKey = sync.OnceValue(func() *rsa.PublicKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return &k.PublicKey
})

func sample(t testing.TB) *trust.List {
	t.Helper()
	k := newKey(t)
	kid := trust.Thumbprint(&k.PublicKey)
	return &trust.List{
		Version: 7, Issued: now, Expires: now.AddDate(0, 3, 0),
		SHC: []trust.SHCIssuer{{
			URL: "https://issuer.example.invalid/a", NameJA: "見本市", NameEN: "Specimen <City> & more",
			Keys:    []trust.SHCKey{{ID: kid, Key: &k.PublicKey}},
			Revoked: map[string][]string{kid: {"abc", "def.1700000000"}},
		}},
		VDSNC: []trust.CSCA{{Country: "UTO", Certificate: newCA(t, true)}},
		PDF:   []*x509.Certificate{newCA(t, true)},
		Cards: cardrecord.Authorities{cardrecord.KeyID{0x99}: cardKey()},
	}
}

func TestRoundTrip(t *testing.T) {
	root, l := newKey(t), sample(t)
	l.SHC[0].Keys[0].Until = now.Add(time.Hour)
	b, err := trust.Encode(l, root)
	if err != nil {
		t.Fatal(err)
	}
	for _, pinned := range []*ecdsa.PublicKey{nil, &root.PublicKey} {
		got, err := trust.Parse(b, pinned, now, 7)
		if err != nil {
			t.Fatal(err)
		}
		if !got.Root.Equal(&root.PublicKey) || got.SHC[0].NameEN != l.SHC[0].NameEN ||
			!got.VDSNC[0].Certificate.Equal(l.VDSNC[0].Certificate) || len(got.Cards) != 1 || !got.SHC[0].Keys[0].Until.Equal(l.SHC[0].Keys[0].Until) ||
			!got.SHC[0].Key(l.SHC[0].Keys[0].ID).Equal(l.SHC[0].Keys[0].Key) || got.SHC[0].Key("x") != nil {
			t.Errorf("another list came back: %+v", got)
		}
		again, err := trust.Encode(got, root)
		if err != nil {
			t.Fatal(err)
		}
		if body(t, b) != body(t, again) {
			t.Error("the same list has two encodings")
		}
	}
	if len(trust.Fingerprint(&root.PublicKey)) != 64 {
		t.Error("Fingerprint is not SHA-256 in hexadecimal digits")
	}
}

func body(t *testing.T, b []byte) string {
	var f struct{ List json.RawMessage }
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	return string(f.List)
}

func TestParseRefuses(t *testing.T) {
	root, l := newKey(t), sample(t)
	b, err := trust.Encode(l, root)
	if err != nil {
		t.Fatal(err)
	}
	swap := func(old, new string) []byte {
		if !bytes.Contains(b, []byte(old)) {
			t.Fatalf("the list does not hold %q", old)
		}
		return bytes.Replace(b, []byte(old), []byte(new), 1)
	}
	other := newKey(t)
	for name, c := range map[string]struct {
		b     []byte
		root  *ecdsa.PublicKey
		at    time.Time
		newer int
		want  *rule.Refusal
	}{
		"empty":            {nil, nil, now, 0, trust.ErrMalformed},
		"trailing line":    {append(bytes.Clone(b), '\n'), nil, now, 0, trust.ErrMalformed},
		"space":            {swap(`{"list":`, `{ "list":`), nil, now, 0, trust.ErrMalformed},
		"unknown member":   {swap(`{"list":`, `{"x":1,"list":`), nil, now, 0, trust.ErrMalformed},
		"repeated member":  {swap(`{"list":`, `{"list":{},"list":`), nil, now, 0, trust.ErrMalformed},
		"too large":        {make([]byte, trust.DefaultMaxList+1), nil, now, 0, trust.ErrMalformed},
		"no key as root":   {swap(`"root":"M`, `"root":"A`), nil, now, 0, trust.ErrMalformed},
		"another root":     {b, &other.PublicKey, now, 0, trust.ErrRoot},
		"changed list":     {swap(`"version":7`, `"version":8`), nil, now, 0, trust.ErrSignature},
		"short signature":  {cutSignature(t, b), nil, now, 0, trust.ErrSignature},
		"older than known": {b, nil, now, 8, trust.ErrRollback},
		"from the future":  {b, nil, now.Add(-time.Hour), 0, trust.ErrNotYet},
		"expired":          {b, nil, l.Expires, 0, trust.ErrExpired},
	} {
		if _, err := trust.Parse(c.b, c.root, c.at, c.newer); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want.Code)
		}
	}
}

func cutSignature(t *testing.T, b []byte) []byte {
	f := map[string]json.RawMessage{}
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	return bytes.Replace(b, f["signature"], []byte(`"AAAA"`), 1)
}

func TestEncodeRefusesWhatNoReaderCanUse(t *testing.T) {
	root := newKey(t)
	for name, spoil := range map[string]func(*trust.List){
		"no version":                  func(l *trust.List) { l.Version = 0 },
		"fractional date":             func(l *trust.List) { l.Issued = l.Issued.Add(1) },
		"no dates":                    func(l *trust.List) { l.Issued = time.Time{} },
		"ends before it":              func(l *trust.List) { l.Expires = l.Issued },
		"issuer twice":                func(l *trust.List) { l.SHC = append(l.SHC, l.SHC[0]) },
		"trailing slash":              func(l *trust.List) { l.SHC[0].URL += "/" },
		"kid not of the key":          func(l *trust.List) { l.SHC[0].Keys[0].ID = "x" },
		"key twice":                   func(l *trust.List) { l.SHC[0].Keys = append(l.SHC[0].Keys, l.SHC[0].Keys[0]) },
		"no key":                      func(l *trust.List) { l.SHC[0].Keys, l.SHC[0].Revoked = nil, nil },
		"retired in part of a second": func(l *trust.List) { l.SHC[0].Keys[0].Until = now.Add(1) },
		"revoked unknown":             func(l *trust.List) { l.SHC[0].Revoked["x"] = []string{"a"} },
		"revoked form":                func(l *trust.List) { l.SHC[0].Revoked[l.SHC[0].Keys[0].ID] = []string{"a=="} },
		"country":                     func(l *trust.List) { l.VDSNC[0].Country = "jp" },
		"CSCA no CA":                  func(l *trust.List) { l.VDSNC[0].Certificate = newCA(t, false) },
		"PDF no CA":                   func(l *trust.List) { l.PDF[0] = newCA(t, false) },
		"card key small":              func(l *trust.List) { l.Cards[cardrecord.KeyID{1}] = &rsa.PublicKey{N: big.NewInt(7), E: 3} },
	} {
		l := sample(t)
		spoil(l)
		if _, err := trust.Encode(l, root); !errors.Is(err, trust.ErrContent) {
			t.Errorf("%s: %v, want %s", name, err, trust.ErrContent.Code)
		}
	}
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := trust.Encode(sample(t), p384); err == nil {
		t.Error("a P-384 root passed")
	}
}

func TestIssuerURL(t *testing.T) {
	for _, s := range []string{"https://a.example", "https://vc.vrs.digital.go.jp/issuer", "https://a.example:8443/x"} {
		if !trust.IssuerURL(s) {
			t.Errorf("%s refused", s)
		}
	}
	for _, s := range []string{"", "http://a.example", "https://a.example/", "https://", "https:///x", "HTTPS://a.example", "https://u@a.example",
		"https://a.example?x", "https://a.example/#", "https://a.example/a b", "https://" + strings.Repeat("a", 300)} {
		if trust.IssuerURL(s) {
			t.Errorf("%s accepted", s)
		}
	}
}

func TestIsRevoked(t *testing.T) {
	s := trust.SHCIssuer{Revoked: map[string][]string{"k": {"all", "before.1664492124"}}}
	for _, c := range []struct {
		kid, rid string
		nbf      int64
		want     bool
	}{
		{"k", "all", 1 << 40, true}, {"k", "before", 1664492123, true}, {"k", "before", 1664492124, false},
		{"k", "other", 0, false}, {"other", "all", 0, false}, {"k", "", 0, false},
	} {
		if got := s.IsRevoked(c.kid, c.rid, time.Unix(c.nbf, 0)); got != c.want {
			t.Errorf("IsRevoked(%q, %q, %d) = %v", c.kid, c.rid, c.nbf, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	b, err := trust.Encode(sample(f), newKey(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(bytes.Replace(b, []byte(`"version":7`), []byte(`"version":6`), 1))
	f.Add([]byte(`{"list":{},"root":"","signature":""}`))
	root := newKey(f)
	f.Fuzz(func(t *testing.T, in []byte) {
		l, err := trust.Parse(in, nil, now, 0)
		if err != nil {
			return
		}
		again, err := trust.Encode(l, root)
		if err != nil || body(t, again) != body(t, in) {
			t.Fatalf("a list with two encodings passed: %v", err)
		}
	})
}
