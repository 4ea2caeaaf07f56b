package pdfsig

import (
	"bytes"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"akashi/verifier/rule"
	"akashi/verifier/trust"
)

func TestVerify(t *testing.T) {
	ca := newCA(t)
	s := newParty(t, leaf(), ca)
	w := newWriter(s, ca)
	for name, change := range map[string]func(){
		"plain":                     func() {},
		"signer's certificate only": func() { w.bag = w.bag[:1] },
		"issuer and serial named": func() {
			id := sha256.Sum256(s.cert.Raw)
			w.esc = wrap(tagSequence, wrap(tagSequence, wrap(tagSequence, slices.Concat(wrap(tagOctets, id[:]),
				wrap(tagSequence, append(wrap(tagSequence, wrap(tagContext4, s.cert.RawIssuer)), serial(s.cert)...))))))
		},
		"Japan's time": func() { w.m = "D:20260401000000+09'00'" },
	} {
		change()
		got, err := Verify(w.sign(t), list(ca), now)
		want := &Signature{"test signer", sha256.Sum256(s.cert.Raw), time.Date(2026, 3, 31, 15, 0, 0, 0, time.UTC)}
		if err != nil || *got != *want {
			t.Errorf("%s: Verify = %+v, %v, want %+v", name, got, err, want)
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

// TestRefusedWriters signs files that are wrong from the start.
func TestRefusedWriters(t *testing.T) {
	ca := newCA(t)
	s := newParty(t, leaf(), ca)
	template := leaf()
	template.SerialNumber = big.NewInt(9)
	other, twin := newParty(t, template, ca), newParty(t, leaf(), ca)
	cut := func(part *string, old, new string) { *part = strings.Replace(*part, old, new, 1) }
	for name, c := range map[string]struct {
		change func(w *writer)
		want   *rule.Refusal
	}{
		"no form":            {func(w *writer) { cut(&w.catalog, "/AcroForm 5 0 R", "") }, ErrUnsigned},
		"no value":           {func(w *writer) { cut(&w.widget, "/V 7 0 R", "") }, ErrUnsigned},
		"no catalogue":       {func(w *writer) { cut(&w.catalog, "/Catalog", "/Page") }, ErrStructure},
		"two fields":         {func(w *writer) { cut(&w.form, "[6 0 R]", "[6 0 R 6 0 R]") }, ErrField},
		"no signature field": {func(w *writer) { cut(&w.widget, "/Sig", "/Tx") }, ErrField},
		"a value of another kind": {func(w *writer) {
			cut(&w.form, "/Fields", "/Sig << /Type /Sig >> /Fields")
			cut(&w.widget, "7 0 R", "99 0 R")
		}, ErrField},
		"no certification":      {func(w *writer) { cut(&w.catalog, "/Perms", "/Other") }, ErrPermissions},
		"another certification": {func(w *writer) { cut(&w.catalog, "/DocMDP 7", "/DocMDP 6") }, ErrPermissions},
		"changes allowed":       {func(w *writer) { cut(&w.sig, "/P 1", "/P 2") }, ErrPermissions},
		"no reference":          {func(w *writer) { cut(&w.sig, "/Reference", "/Name (x) /Location") }, ErrPermissions},
		"another transform":     {func(w *writer) { cut(&w.sig, "/TransformMethod /DocMDP", "/TransformMethod /UR3") }, ErrPermissions},
		"other sub-filter":      {func(w *writer) { cut(&w.sig, "ETSI.CAdES.detached", "adbe.pkcs7.detached") }, ErrField},
		"other filter":          {func(w *writer) { cut(&w.sig, "Adobe.PPKLite", "Other") }, ErrField},
		"unknown key":           {func(w *writer) { w.sig += " /Cert (x)" }, ErrField},
		"a time without zone":   {func(w *writer) { w.m = "D:20260401000000" }, ErrField},
		"unknown attribute":     {func(w *writer) { w.attrs = withTime }, ErrAttributes},
		"attribute missing": {func(w *writer) {
			w.attrs = func(d [32]byte, w *writer) [][]byte { return standard(d, w)[:2] }
		}, ErrAttributes},
		"content type": {func(w *writer) {
			w.attrs = func(d [32]byte, w *writer) [][]byte {
				return append(standard(d, w)[1:], attribute(oidContentType, oidSignedData))
			}
		}, ErrAttributes},
		"short digest": {func(w *writer) {
			w.attrs = func(d [32]byte, w *writer) [][]byte {
				return [][]byte{standard(d, w)[0], standard(d, w)[2], attribute(oidDigest, wrap(tagOctets, d[:20]))}
			}
		}, ErrAttributes},
		"digest of other bytes": {func(w *writer) {
			w.attrs = func(d [32]byte, w *writer) [][]byte { d[0]++; return standard(d, w) }
		}, ErrDigest},
		"names another certificate":   {func(w *writer) { w.esc = newWriter(other, ca).esc }, ErrAttributes},
		"names nothing":               {func(w *writer) { w.esc = wrap(tagSequence, nil) }, ErrAttributes},
		"names a serial of its own":   {func(w *writer) { w.esc = misnamed(s) }, ErrAttributes},
		"a certificate for show":      {func(w *writer) { w.bag = append(w.bag, other.cert) }, ErrCMS},
		"two with that serial number": {func(w *writer) { w.bag = append(w.bag, twin.cert) }, ErrCMS},
		"too many certificates":       {func(w *writer) { w.bag = append(w.bag, other.cert, newCA(t).cert); w.space = 4096 }, ErrCMS},
		"a certificate twice":         {func(w *writer) { w.bag = append(w.bag, s.cert) }, ErrCMS},
		"the signer is not in it":     {func(w *writer) { w.bag = w.bag[1:] }, ErrCMS},
		"signed by another's key":     {func(w *writer) { w.signer = &party{s.cert, other.key} }, ErrSignature},
		"bytes behind the signature":  {func(w *writer) { w.patch = func(b []byte) []byte { return append(b, 0, 1) } }, ErrCMS},
		"no signature at all":         {func(w *writer) { w.patch = func(b []byte) []byte { return make([]byte, len(b)) } }, ErrCMS},
		"another version":             {func(w *writer) { w.patch = swap(wrap(tagSequence, oidData), wrap(tagSequence, oidSignedData)) }, ErrCMS},
		"another digest":              {func(w *writer) { w.patch = swap([]byte{3, 4, 2, 1, 0xa0}, []byte{3, 4, 2, 2, 0xa0}) }, ErrCMS},
		"signed in the future":        {func(w *writer) { w.m = "D:20260401000001Z" }, ErrSignedAt},
		"signed before certificate":   {func(w *writer) { w.m = "D:20250401000000Z" }, ErrSignedAt},
	} {
		w := newWriter(s, ca)
		c.change(w)
		_, err := Verify(w.sign(t), list(ca), now)
		refused(t, name, err, c.want)
	}
}

func withTime(d [32]byte, w *writer) [][]byte {
	signingTime := []byte{0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 5}
	return append(standard(d, w), attribute(signingTime, wrap(0x17, []byte("260331150000Z"))))
}

func misnamed(s *party) []byte {
	id := sha256.Sum256(s.cert.Raw)
	return wrap(tagSequence, wrap(tagSequence, wrap(tagSequence, slices.Concat(wrap(tagOctets, id[:]),
		wrap(tagSequence, append(wrap(tagSequence, wrap(tagContext4, s.cert.RawIssuer)), tagInteger, 1, 7))))))
}

func swap(old, new []byte) func([]byte) []byte {
	return func(b []byte) []byte { return bytes.Replace(b, old, new, 1) }
}

func TestRefusedSigners(t *testing.T) {
	ca := newCA(t)
	for name, c := range map[string]struct {
		change func(*x509.Certificate)
		want   *rule.Refusal
	}{
		"expired":               {func(c *x509.Certificate) { c.NotAfter = now.Add(-time.Second) }, ErrSignerExpired},
		"not yet valid":         {func(c *x509.Certificate) { c.NotBefore = now.Add(time.Second) }, ErrSignerExpired},
		"an authority":          {func(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid = true, true }, ErrSignerProfile},
		"no key usage":          {func(c *x509.Certificate) { c.KeyUsage = 0 }, ErrSignerProfile},
		"other key usage":       {func(c *x509.Certificate) { c.KeyUsage |= x509.KeyUsageKeyAgreement }, ErrSignerProfile},
		"no extended key usage": {func(c *x509.Certificate) { c.ExtKeyUsage = nil }, ErrSignerProfile},
		"a server's":            {func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }, ErrSignerProfile},
		"a barcode signer's": {func(c *x509.Certificate) {
			c.UnknownExtKeyUsage = []asn1.ObjectIdentifier{{2, 23, 136, 1, 1, 14, 2}}
		}, ErrSignerProfile},
		"unknown critical extension": {func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3}, Critical: true, Value: []byte{5, 0}}}
		}, ErrSignerProfile},
	} {
		l := leaf()
		c.change(l)
		_, err := Verify(newWriter(newParty(t, l, ca), ca).sign(t), list(ca), now)
		refused(t, name, err, c.want)
	}
	good := newWriter(newParty(t, leaf(), ca), ca).sign(t)
	for name, l := range map[string]*trust.List{"empty list": {}, "another authority of the same name": list(newCA(t))} {
		_, err := Verify(good, l, now)
		refused(t, name, err, ErrSigner)
	}
	documents := leaf()
	documents.SerialNumber, documents.ExtKeyUsage = big.NewInt(3), nil
	documents.UnknownExtKeyUsage = []asn1.ObjectIdentifier{oidDocumentSigning}
	if _, err := Verify(newWriter(newParty(t, documents, ca), ca).sign(t), list(ca), now); err != nil {
		t.Errorf("a signer for documents: %v", err)
	}
	if elliptic.P256() != ca.key.Curve {
		t.Fatal("the test's keys are not P-256")
	}
}

// TestRefusedAttacks changes a well-signed file afterwards.
func TestRefusedAttacks(t *testing.T) {
	ca := newCA(t)
	good := newWriter(newParty(t, leaf(), ca), ca).sign(t)
	contents := bytes.Index(good, []byte("/Contents <")) + len("/Contents <")
	edit := func(old, new string) []byte {
		if len(old) != len(new) || !bytes.Contains(good, []byte(old)) {
			t.Fatalf("%q does not stand in the file, or %q is not as long", old, new)
		}
		return bytes.Replace(good, []byte(old), []byte(new), 1)
	}
	for name, c := range map[string]struct {
		pdf  []byte
		want *rule.Refusal
	}{
		"empty":                   {nil, ErrStructure},
		"too large":               {make([]byte, DefaultMaxPDF+1), ErrTooLarge},
		"not signed":              {original(), ErrUnsigned},
		"cut":                     {good[:len(good)-7], ErrStructure},
		"a byte behind the end":   {append(bytes.Clone(good), ' '), ErrStructure},
		"a line behind the end":   {append(bytes.Clone(good), '\n'), ErrStructure},
		"appended update":         {update(good), ErrStructure},
		"page changed":            {edit("595.28", "595.29"), ErrDigest},
		"original's table moved":  {edit("/Prev ", "/Prex "), ErrDigest},
		"encrypted":               {edit("/Size 9 ", "/Encrypt"), ErrStructure},
		"table of another object": {edit("8 0 obj", "9 0 obj"), ErrStructure},
		"upper-case digits":       {upper(good, contents), ErrField},
		"padding changed":         {flip(good, contents+4000), ErrCMS},
		"range ends early":        {edit("/ByteRange [0 ", "/ByteRange [1 "), ErrCoverage},
	} {
		_, err := Verify(c.pdf, list(ca), now)
		refused(t, name, err, c.want)
	}
}

// update appends an incremental update that shows another page: the classic
// attack on signed files.
func update(b []byte) []byte {
	prev := bytes.LastIndex(b, []byte("xref\n0 1"))
	out := objects(bytes.Clone(b), 3, []string{"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>"}, "/Prev "+big.NewInt(int64(prev)).String()+" ")
	return bytes.Replace(out, []byte("/Size 4 /Root 1 0 R"), []byte("/Size 4 /Root 8 0 R"), 1)
}

func upper(b []byte, from int) []byte {
	b = bytes.Clone(b)
	copy(b[from:from+200], bytes.ToUpper(b[from:from+200]))
	return b
}

func flip(b []byte, at int) []byte {
	b = bytes.Clone(b)
	b[at] ^= 1
	return b
}

// TestEveryByteCounts changes each byte of a signed file: none may be free.
func TestEveryByteCounts(t *testing.T) {
	ca := newCA(t)
	w := newWriter(newParty(t, leaf(), ca), ca)
	w.space = 1200
	good := w.sign(t)
	for i := range good {
		for _, x := range []byte{1, 0x20} {
			b := bytes.Clone(good)
			b[i] ^= x
			if _, err := Verify(b, list(ca), now); err == nil {
				t.Fatalf("byte %d of %d changed from %q to %q passed", i, len(good), good[i], b[i])
			}
		}
	}
}

// TestRevisionsAreBounded chains more updates than a certificate has.
func TestRevisionsAreBounded(t *testing.T) {
	b := update(update(original()))
	_, err := Verify(b, &trust.List{}, now)
	refused(t, "three revisions", err, ErrStructure)
}

// TestRevokedSigner: only the authority's own word on that certificate counts.
func TestRevokedSigner(t *testing.T) {
	ca, namesake := newCA(t), newCA(t)
	file := newWriter(newParty(t, leaf(), ca), ca).sign(t)
	crl := func(by *party, serial int64) *trust.List {
		der, err := x509.CreateRevocationList(nil, &x509.RevocationList{
			Number: big.NewInt(1), ThisUpdate: now, NextUpdate: now.AddDate(0, 1, 0),
			RevokedCertificateEntries: []x509.RevocationListEntry{{SerialNumber: big.NewInt(serial), RevocationTime: now}},
		}, by.cert, by.key)
		if err != nil {
			t.Fatal(err)
		}
		r, err := x509.ParseRevocationList(der)
		if err != nil {
			t.Fatal(err)
		}
		l := list(ca)
		l.CRLs = []*x509.RevocationList{r}
		return l
	}
	_, err := Verify(file, crl(ca, 0x80), now)
	refused(t, "revoked", err, ErrSignerRevoked)
	for name, l := range map[string]*trust.List{"another one is revoked": crl(ca, 0x81), "a namesake's CRL": crl(namesake, 0x80)} {
		if _, err := Verify(file, l, now); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEveryRefusal stands last: it looks at what the tests above provoked.
func TestEveryRefusal(t *testing.T) {
	for _, r := range rule.All() {
		if strings.HasPrefix(r.Code, "pdf.") && !provoked[r] {
			t.Errorf("%s: no test provokes it", r.Code)
		}
	}
}

func FuzzVerify(f *testing.F) {
	ca := newCA(f)
	good := newWriter(newParty(f, leaf(), ca), ca).sign(f)
	f.Add(good)
	f.Add(original())
	f.Add(update(good))
	l := list(ca)
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := Verify(b, l, now); err == nil && !bytes.Equal(b, good) {
			t.Fatal("another file than the signed one passed")
		}
	})
}

func FuzzParseCMS(f *testing.F) {
	ca := newCA(f)
	w := newWriter(newParty(f, leaf(), ca), ca)
	f.Add(w.cms(f, [32]byte{1}))
	w.bag = w.bag[:1]
	f.Add(w.cms(f, [32]byte{1}))
	f.Add([]byte{0x30, 0x80, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := parseCMS(b)
		if err != nil {
			return
		}
		if len(s.others) > 0 {
			return // their order is free
		}
		if !bytes.Equal(reencode(s), bytes.TrimRight(b, "\x00")) && !bytes.Equal(reencode(s), b) {
			t.Fatal("a signature with two encodings passed")
		}
	})
}

// reencode writes a signature's parts in their one encoding.
func reencode(s *signed) []byte {
	attributes := der(s.attributes)
	content, _ := attributes.only(tagSet)
	info := slices.Concat(version1, wrap(tagSequence, issuerAndSerial(s.signer)), algSHA256, wrap(tagContext0, content),
		algECDSA, wrap(tagOctets, s.signature))
	data := slices.Concat(version1, wrap(tagSet, algSHA256), wrap(tagSequence, oidData), wrap(tagContext0, s.signer.Raw), wrap(tagSet, wrap(tagSequence, info)))
	return wrap(tagSequence, slices.Concat(oidSignedData, wrap(tagContext0, wrap(tagSequence, data))))
}

func FuzzObject(f *testing.F) {
	f.Add([]byte("<< /A [1 2 R 3 0 R (a\\)b) <00ff>] /B << >> >>"))
	f.Add([]byte("(a"))
	f.Add([]byte("[[[["))
	f.Fuzz(func(t *testing.T, b []byte) {
		x := newLexer(b, 0)
		if _, ok := x.object(0); ok && x.at > len(b) {
			t.Fatal("read beyond the end")
		}
	})
}
