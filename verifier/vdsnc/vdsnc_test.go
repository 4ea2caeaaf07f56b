package vdsnc_test

import (
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"

	"akashi/verifier/credential"
	"akashi/verifier/rule"
	"akashi/verifier/trust"
	"akashi/verifier/vdsnc"
)

func TestVerify(t *testing.T) {
	ca := newCSCA(t, now, now.AddDate(10, 0, 0))
	s := ca.signer(t, nil)
	dose := vdsnc.Dose{Number: 1, Vaccine: "XM0GQ8", Disease: "RA01.0", Product: "COMIRNATY",
		Date: credential.Date{Year: 2021, Month: 7, Day: 1}, Country: "UTO", Administrator: "AKASHI_SPECIMEN", Lot: "FA0001"}
	second := dose
	second.Number, second.Lot, second.Date.Day = 2, "FA0002", 22
	want := &vdsnc.Seal{
		Country: "UTO", UVCI: "ABC123", Name: "MIHON TARO", Birth: credential.Date{Year: 1980, Month: 2, Day: 3},
		Passport: "XX0000001", AdditionalID: "UTO00000000000000000001", Doses: []vdsnc.Dose{dose, second},
	}
	got, err := vdsnc.ParseUnsigned([]byte(data))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("ParseUnsigned = %+v, %v, want %+v", got, err, want)
	}
	want.Signer, want.SignerDigest, want.SignerFrom, want.SignerExpires = "test BSC", sha256.Sum256(s.cert.Raw), s.cert.NotBefore, s.cert.NotAfter
	sig := base64.RawURLEncoding.EncodeToString(s.signature(t, data))
	for name, text := range map[string]string{
		"unpadded":                s.seal(t, data),
		"padded, as Japan writes": text(data, base64.URLEncoding.EncodeToString(s.cert.Raw), sig),
	} {
		got, err := vdsnc.Verify(text, ca.list(), now)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: Verify = %+v, %v, want %+v", name, got, err, want)
		}
	}
	if len(vdsnc.Quirks()) != 1 {
		t.Error("the table of quirks grew or shrank: say so in the test above")
	}
}

func TestAcceptedForms(t *testing.T) {
	for name, data := range map[string]string{
		"no passport":        change(t, `"i":"XX0000001",`, ``),
		"no additional ID":   change(t, `"ai":"UTO00000000000000000001",`, ``),
		"sex":                change(t, `"n":"MIHON TARO"`, `"n":"MIHON TARO","sex":"X"`),
		"next dose":          change(t, `"dvc":"2021-07-01"`, `"dvc":"2021-07-01","dvn":"2021-07-22"`),
		"no disease":         change(t, `"dis":"RA01.0",`, ``),
		"parted by 2 spaces": change(t, `MIHON TARO`, `MIHON  TARO`),
	} {
		if _, err := vdsnc.ParseUnsigned([]byte(data)); err != nil {
			t.Errorf("%s: %v", name, err)
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

func TestRefusedContent(t *testing.T) {
	ca := newCSCA(t, now, now.AddDate(10, 0, 0))
	s := ca.signer(t, nil)
	for _, c := range []struct {
		old, new string
		want     *rule.Refusal
	}{
		{`"msg"`, `"mess"`, vdsnc.ErrMessage}, {`"uvci"`, `"tags":[],"uvci"`, vdsnc.ErrMessage}, {`"ABC123"`, `"ABC-23"`, vdsnc.ErrUVCI},
		{`"ABC123"`, `"ABC1234567890"`, vdsnc.ErrUVCI}, {`"ABC123"`, `1`, vdsnc.ErrUVCI}, {`"uvci":"ABC123",`, ``, vdsnc.ErrUVCI},
		{`icao.vacc`, `icao.test`, vdsnc.ErrHeader}, {`"v":1`, `"v":2`, vdsnc.ErrHeader}, {`"v":1`, `"v":"1"`, vdsnc.ErrHeader}, {`"v":1`, `"v":1,"x":1`, vdsnc.ErrHeader},
		{`MIHON TARO`, strings.Repeat("A", 40), vdsnc.ErrPerson}, {`,"n":"MIHON TARO"`, ``, vdsnc.ErrPerson}, {`MIHON TARO`, `MIHON\nTARO`, vdsnc.ErrPerson},
		{`MIHON TARO`, "MIHON\u2066TARO", vdsnc.ErrPerson}, {`1980-02-03`, `1980-02`, vdsnc.ErrPerson}, {`1980-02-03`, `1980-02-30`, vdsnc.ErrPerson},
		{`"dob":"1980-02-03",`, ``, vdsnc.ErrPerson}, {`XX0000001`, `XX0000000001`, vdsnc.ErrPerson}, {`XX0000001`, `xx`, vdsnc.ErrPerson},
		{`UTO00000000000000000001`, `UTO0000000000000000000012`, vdsnc.ErrPerson}, {`"n":"MIHON TARO"`, `"n":"MIHON TARO","sex":"U"`, vdsnc.ErrPerson},
		{`"n":"MIHON TARO"`, `"n":"MIHON TARO","x":""`, vdsnc.ErrPerson},
		{doses, ``, vdsnc.ErrEvent}, {`XM0GQ8`, `XM0GQ`, vdsnc.ErrEvent}, {`XM0GQ8`, `RA0GQ8`, vdsnc.ErrEvent}, {`"nam":"COMIRNATY",`, ``, vdsnc.ErrEvent},
		{`"nam":"COMIRNATY"`, `"nam":"COMIRNATY","tags":1`, vdsnc.ErrEvent}, {`RA01.0`, `RA 1.0`, vdsnc.ErrEvent}, {`COMIRNATY`, strings.Repeat("x", 61), vdsnc.ErrEvent},
		{`[{"adm":"AKASHI_SPECIMEN","ctr":"UTO","dvc":"2021-07-01","lot":"FA0001","seq":1}]`, `[]`, vdsnc.ErrDose},
		{`"seq":1`, `"seq":0`, vdsnc.ErrDose}, {`"seq":1`, `"seq":100`, vdsnc.ErrDose}, {`"seq":1`, `"seq":"1"`, vdsnc.ErrDose}, {`"seq":1`, `"seq":1,"x":1`, vdsnc.ErrDose},
		{`,"seq":1`, ``, vdsnc.ErrDose}, {`"ctr":"UTO","dvc"`, `"ctr":"UT","dvc"`, vdsnc.ErrDose}, {`2021-07-01`, `2021-07`, vdsnc.ErrDose},
		{`AKASHI_SPECIMEN`, `AKASHI_SPECIMEN_SPECI`, vdsnc.ErrDose}, {`"adm":"AKASHI_SPECIMEN",`, ``, vdsnc.ErrDose}, {`FA0001`, strings.Repeat("1", 21), vdsnc.ErrDose},
		{`"lot":"FA0001",`, ``, vdsnc.ErrDose}, {`"dvc":"2021-07-01"`, `"dvc":"2021-07-01","dvn":""`, vdsnc.ErrDose},
	} {
		changed := change(t, c.old, c.new)
		_, err := vdsnc.Verify(s.seal(t, changed), ca.list(), now)
		refused(t, c.old+" -> "+c.new, err, c.want)
		if _, err := vdsnc.ParseUnsigned([]byte(changed)); !errors.Is(err, c.want) {
			t.Errorf("%s, about to be signed: %v, want %s", c.new, err, c.want.Code)
		}
	}
}

func TestRefusedForm(t *testing.T) {
	ca := newCSCA(t, now, now.AddDate(10, 0, 0))
	s := ca.signer(t, nil)
	good := s.seal(t, data)
	cer := base64.RawURLEncoding.EncodeToString(s.cert.Raw)
	sig := base64.RawURLEncoding.EncodeToString(s.signature(t, data))
	for name, c := range map[string]struct {
		text string
		want *rule.Refusal
	}{
		"too long":           {good + strings.Repeat(" ", 3000), vdsnc.ErrTooLong},
		"empty":              {"", vdsnc.ErrJSON},
		"trailing line":      {good + "\n", vdsnc.ErrCanonical},
		"trailing data":      {good + "{}", vdsnc.ErrJSON},
		"repeated member":    {`{"data":{},` + good[1:], vdsnc.ErrJSON},
		"white space":        {strings.Replace(good, `,"sig"`, `, "sig"`, 1), vdsnc.ErrCanonical},
		"order":              {s.seal(t, change(t, `"is":"UTO","t":"icao.vacc"`, `"t":"icao.vacc","is":"UTO"`)), vdsnc.ErrCanonical},
		"escape":             {s.seal(t, change(t, `TARO`, `TAR\u004f`)), vdsnc.ErrCanonical},
		"number":             {s.seal(t, change(t, `"v":1`, `"v":1.0`)), vdsnc.ErrCanonical},
		"unknown member":     {strings.Replace(good, `,"sig"`, `,"ext":1,"sig"`, 1), vdsnc.ErrForm},
		"unknown in sig":     {strings.Replace(good, `"cer"`, `"aaa":1,"cer"`, 1), vdsnc.ErrCanonical},
		"unknown in sig too": {strings.Replace(good, `"cer"`, `"ca":1,"cer"`, 1), vdsnc.ErrForm},
		"no data":            {`{"sig":{}}`, vdsnc.ErrForm},
		"no JSON object":     {`[]`, vdsnc.ErrForm},
		"cer missing":        {strings.Replace(good, `"cer":"`+cer+`",`, ``, 1), vdsnc.ErrCertificate},
		"cer not base64url":  {text(data, "+"+cer, sig), vdsnc.ErrCertificate},
		"cer padded wrongly": {text(data, strings.TrimRight(cer, "=")+"====", sig), vdsnc.ErrCertificate},
		"cer not DER":        {text(data, "AAAA", sig), vdsnc.ErrCertificate},
		"cer with a tail":    {text(data, base64.RawURLEncoding.EncodeToString(append(s.cert.Raw[:len(s.cert.Raw):len(s.cert.Raw)], 0)), sig), vdsnc.ErrCertificate},
		"cer line break":     {text(data, cer[:10]+`\n`+cer[10:], sig), vdsnc.ErrCertificate},
		"is missing":         {s.seal(t, change(t, `"is":"UTO",`, ``)), vdsnc.ErrHeader},
		"is no country":      {s.seal(t, change(t, `"is":"UTO"`, `"is":"UT"`)), vdsnc.ErrHeader},
		"another country":    {s.seal(t, change(t, `"is":"UTO"`, `"is":"JPN"`)), vdsnc.ErrCountry},
		"alg":                {strings.Replace(good, "ES256", "ES384", 1), vdsnc.ErrAlgorithm},
		"sigvl short":        {text(data, cer, sig[:80]), vdsnc.ErrSignatureForm},
		"sigvl padded":       {text(data, cer, sig+"=="), vdsnc.ErrSignatureForm},
		"sigvl line break":   {text(data, cer, sig[:10]+`\r`+sig[10:]), vdsnc.ErrSignatureForm},
		"sigvl wrong":        {text(data, cer, strings.Repeat("A", 86)), vdsnc.ErrSignature},
		"data changed":       {strings.Replace(good, "TARO", "JIRO", 1), vdsnc.ErrSignature},
	} {
		_, err := vdsnc.Verify(c.text, ca.list(), now)
		refused(t, name, err, c.want)
	}
}

func TestRefusedSigner(t *testing.T) {
	ca := newCSCA(t, now, now.AddDate(10, 0, 0))
	good := ca.signer(t, nil)
	critical := pkix.Extension{Id: asn1.ObjectIdentifier{1, 2, 3}, Critical: true, Value: []byte{5, 0}}
	for name, c := range map[string]struct {
		change func(*x509.Certificate)
		want   *rule.Refusal
	}{
		"no extended key usage":  {func(c *x509.Certificate) { c.UnknownExtKeyUsage = nil }, vdsnc.ErrSignerProfile},
		"health CSCA's":          {func(c *x509.Certificate) { c.UnknownExtKeyUsage[0][6] = 1 }, vdsnc.ErrSignerProfile},
		"another key usage too":  {func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }, vdsnc.ErrSignerProfile},
		"key usage":              {func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyAgreement }, vdsnc.ErrSignerProfile},
		"document type of tests": {func(c *x509.Certificate) { c.ExtraExtensions[0].Value[10] = 'T' }, vdsnc.ErrSignerProfile},
		"unknown critical":       {func(c *x509.Certificate) { c.ExtraExtensions = append(c.ExtraExtensions, critical) }, vdsnc.ErrSignerProfile},
		"is an authority":        {func(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid = true, true }, vdsnc.ErrSignerProfile},
		"expired":                {func(c *x509.Certificate) { c.NotAfter = now.Add(-time.Second) }, vdsnc.ErrSignerExpired},
		"not yet valid":          {func(c *x509.Certificate) { c.NotBefore = now.Add(time.Second) }, vdsnc.ErrSignerExpired},
	} {
		_, err := vdsnc.Verify(ca.signer(t, c.change).seal(t, data), ca.list(), now)
		refused(t, name, err, c.want)
	}
	p384 := newKey(t, elliptic.P384())
	_, err := vdsnc.Verify(signer{issue(t, profile(), ca, p384), good.key}.seal(t, data), ca.list(), now)
	refused(t, "P-384 signer", err, vdsnc.ErrSignerProfile)
	old := newCSCA(t, now.AddDate(-5, 0, 0), now.Add(-time.Second))
	_, err = vdsnc.Verify(old.signer(t, nil).seal(t, data), old.list(), now)
	refused(t, "expired authority", err, vdsnc.ErrSignerExpired)
	other := newCSCA(t, now, now.AddDate(10, 0, 0))
	_, err = vdsnc.Verify(other.signer(t, nil).seal(t, data), ca.list(), now)
	refused(t, "another authority of the same name", err, vdsnc.ErrSignerUnknown)
	_, err = vdsnc.Verify(good.seal(t, data), &trust.List{}, now)
	refused(t, "empty list", err, vdsnc.ErrCountry)
	both := other.list()
	both.VDSNC = append(both.VDSNC, ca.list().VDSNC...)
	if _, err := vdsnc.Verify(good.seal(t, data), both, now); err != nil {
		t.Errorf("under the second authority of the country: %v", err)
	}
}

// TestRevokedSigner: only the authority's own word on that certificate counts.
func TestRevokedSigner(t *testing.T) {
	ca, namesake := newCSCA(t, now, now.AddDate(10, 0, 0)), newCSCA(t, now, now.AddDate(10, 0, 0))
	s := ca.signer(t, nil)
	crl := func(by *authority, serial *big.Int) *trust.List {
		der, err := x509.CreateRevocationList(nil, &x509.RevocationList{
			Number: big.NewInt(1), ThisUpdate: now, NextUpdate: now.AddDate(0, 1, 0),
			RevokedCertificateEntries: []x509.RevocationListEntry{{SerialNumber: serial, RevocationTime: now}},
		}, by.cert, by.key)
		if err != nil {
			t.Fatal(err)
		}
		r, err := x509.ParseRevocationList(der)
		if err != nil {
			t.Fatal(err)
		}
		l := ca.list()
		l.CRLs = []*x509.RevocationList{r}
		return l
	}
	_, err := vdsnc.Verify(s.seal(t, data), crl(ca, s.cert.SerialNumber), now)
	refused(t, "revoked", err, vdsnc.ErrSignerRevoked)
	for name, l := range map[string]*trust.List{"another one is revoked": crl(ca, big.NewInt(99)), "a namesake's CRL": crl(namesake, s.cert.SerialNumber)} {
		if _, err := vdsnc.Verify(s.seal(t, data), l, now); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEveryRefusal stands last: it looks at what the tests above provoked.
func TestEveryRefusal(t *testing.T) {
	for _, r := range rule.All() {
		if strings.HasPrefix(r.Code, "vdsnc.") && !provoked[r] {
			t.Errorf("%s: no test provokes it", r.Code)
		}
	}
}

func FuzzVerify(f *testing.F) {
	ca := newCSCA(f, now, now.AddDate(10, 0, 0))
	good := ca.signer(f, nil).seal(f, data)
	f.Add(good)
	f.Add(strings.Replace(good, "UTO", "JPN", 1))
	f.Add(`{"data":{},"sig":{}}`)
	l := ca.list()
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := vdsnc.Verify(text, l, now); err == nil && text != good {
			t.Fatalf("another text than the signed one passed: %q", text)
		}
	})
}

func FuzzParseUnsigned(f *testing.F) {
	f.Add([]byte(data))
	f.Add([]byte(`{"hdr":{"is":"UTO","t":"icao.vacc","v":1},"msg":{}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := vdsnc.ParseUnsigned(b)
		if err != nil {
			return
		}
		if !credential.ID(s.UVCI).Valid() || s.Name == "" || !s.Birth.Full() || len(s.Doses) == 0 || strings.ContainsAny(string(b), "\n\t\r") {
			t.Fatalf("accepted: %+v", s)
		}
		if _, err := vdsnc.ParseUnsigned(append(b, ' ')); err == nil {
			t.Fatal("a second spelling passed")
		}
	})
}

// TestEveryCharacterCounts changes each character of a seal: none may be free.
func TestEveryCharacterCounts(t *testing.T) {
	ca := newCSCAOn(t, elliptic.P256(), now, now.AddDate(10, 0, 0))
	good := ca.signer(t, nil).seal(t, data)
	l := ca.list()
	for at := range len(good) {
		for _, c := range []byte("A\"") {
			if good[at] == c {
				continue
			}
			if _, err := vdsnc.Verify(good[:at]+string(c)+good[at+1:], l, now); err == nil {
				t.Fatalf("character %d of %d changed from %q to %q passed", at, len(good), good[at], c)
			}
		}
	}
}
