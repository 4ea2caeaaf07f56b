package pdfsig_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-pdf/fpdf"

	"akashi/centre/pdfsig"
	"akashi/testkit/pki"
	reader "akashi/verifier/pdfsig"
)

// signedAt is the present of the tests: the outside tools know no other clock
// than the machine's.
var signedAt = time.Now()

var world = sync.OnceValues(func() (*pki.World, error) { return pki.New(nil, func() time.Time { return signedAt }) })

func theWorld(t testing.TB) *pki.World {
	t.Helper()
	w, err := world()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// page makes a small PDF of that many pages.
func page(t testing.TB, pages int) []byte {
	t.Helper()
	p := fpdf.New("P", "mm", "A4", "")
	day := time.Date(2027, 4, 1, 0, 0, 0, 0, time.UTC)
	p.SetCreationDate(day)
	p.SetModificationDate(day)
	p.SetCatalogSort(true)
	p.SetTitle("SPECIMEN", true)
	p.SetLang("ja")
	for range pages {
		p.AddPage()
		p.SetFont("Helvetica", "", 12)
		p.Text(20, 20, "SPECIMEN")
	}
	var b bytes.Buffer
	if err := p.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func prepare(t testing.TB, pdf []byte) *pdfsig.Unsigned {
	t.Helper()
	u, err := pdfsig.Prepare(pdf, theWorld(t).PDF.Chain, signedAt)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func der(t testing.TB, key *ecdsa.PrivateKey, digest [32]byte) []byte {
	t.Helper()
	sig, err := ecdsa.SignASN1(rand.Reader, key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return sig
}

func sign(t testing.TB, pdf []byte) []byte {
	t.Helper()
	u := prepare(t, pdf)
	signed, err := u.Attach(der(t, theWorld(t).PDF.Key, u.Digest()))
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func TestVerifierAccepts(t *testing.T) {
	l, err := theWorld(t).TrustList()
	if err != nil {
		t.Fatal(err)
	}
	for pages := 1; pages <= 3; pages++ {
		pdf := page(t, pages)
		signed := sign(t, pdf)
		if !bytes.HasPrefix(signed, pdf) {
			t.Errorf("%d pages: the rendered bytes are not left as they were", pages)
		}
		s, err := reader.Verify(signed, l, signedAt)
		if err != nil {
			t.Fatalf("%d pages: %v", pages, err)
		}
		if s.Signer != theWorld(t).PDF.Chain[0].Subject.CommonName || !s.SignedAt.Equal(signedAt.Truncate(time.Second)) {
			t.Errorf("%d pages: %+v", pages, s)
		}
	}
}

// The chain may hold the authority too.
func TestWholeChain(t *testing.T) {
	w := theWorld(t)
	u, err := pdfsig.Prepare(page(t, 1), []*x509.Certificate{w.PDF.Chain[0], w.PDFRoot.Certificate}, signedAt)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := u.Attach(der(t, w.PDF.Key, u.Digest()))
	if err != nil {
		t.Fatal(err)
	}
	l, err := w.TrustList()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := reader.Verify(signed, l, signedAt); err != nil {
		t.Error(err)
	}
}

// Before the signature everything is determined; the longest and the shortest
// signature leave the same bytes around them.
func TestSameInputSameBytes(t *testing.T) {
	a, b := prepare(t, page(t, 2)), prepare(t, page(t, 2))
	if a.Digest() != b.Digest() {
		t.Error("one PDF gives two digests to sign")
	}
	first, err := a.Attach(der(t, theWorld(t).PDF.Key, a.Digest()))
	if err != nil {
		t.Fatal(err)
	}
	second, err := a.Attach(der(t, theWorld(t).PDF.Key, a.Digest())) // ECDSA is randomised
	if err != nil {
		t.Fatal(err)
	}
	if from, to := contents(t, first); len(first) != len(second) || !bytes.Equal(first[:from], second[:from]) || !bytes.Equal(first[to:], second[to:]) {
		t.Error("the bytes around the signature depend on it")
	}
}

// contents gives the place of the hex digits.
func contents(t testing.TB, signed []byte) (from, to int) {
	t.Helper()
	from = bytes.LastIndex(signed, []byte("/Contents <")) + len("/Contents <")
	to = from + bytes.IndexByte(signed[from:], '>')
	if _, err := hex.DecodeString(string(signed[from:to])); err != nil {
		t.Fatal(err)
	}
	return from, to
}

// One bit anywhere but in the zeros behind the CMS, and the verifier refuses.
func TestEveryByteCounts(t *testing.T) {
	l, err := theWorld(t).TrustList()
	if err != nil {
		t.Fatal(err)
	}
	signed := sign(t, page(t, 1))
	if _, err := reader.Verify(signed, l, signedAt); err != nil {
		t.Fatal(err)
	}
	for i := range signed {
		spoilt := bytes.Clone(signed)
		spoilt[i] ^= 1
		if _, err := reader.Verify(spoilt, l, signedAt); err == nil {
			t.Errorf("byte %d of %d: %q became %q and passed", i, len(signed), signed[i], spoilt[i])
		}
	}
}

func TestAttachRefuses(t *testing.T) {
	u := prepare(t, page(t, 1))
	for name, sig := range map[string][]byte{
		"none": nil, "not DER": make([]byte, 64), "another key's": der(t, theWorld(t).SHC.Key, u.Digest()),
		"another PDF's": der(t, theWorld(t).PDF.Key, prepare(t, page(t, 2)).Digest()),
	} {
		if signed, err := u.Attach(sig); !errors.Is(err, pdfsig.ErrSignature) || signed != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestChainRefused(t *testing.T) {
	w := theWorld(t)
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	issue := func(change func(*x509.Certificate), key any) []*x509.Certificate {
		template := &x509.Certificate{SerialNumber: big.NewInt(1), KeyUsage: x509.KeyUsageDigitalSignature, NotBefore: signedAt.Add(-time.Hour), NotAfter: signedAt.Add(time.Hour)}
		change(template)
		b, err := x509.CreateCertificate(rand.Reader, template, w.PDFRoot.Certificate, key, w.PDFRoot.Key)
		if err != nil {
			t.Fatal(err)
		}
		c, err := x509.ParseCertificate(b)
		if err != nil {
			t.Fatal(err)
		}
		return []*x509.Certificate{c}
	}
	leaf, ca := w.PDF.Chain[0], w.PDFRoot.Certificate
	for name, c := range map[string]struct {
		chain []*x509.Certificate
		want  error
	}{
		"none":          {nil, pdfsig.ErrChain},
		"too long":      {[]*x509.Certificate{leaf, ca, ca, ca}, pdfsig.ErrChain},
		"order":         {[]*x509.Certificate{ca, leaf}, pdfsig.ErrChain},
		"another's CA":  {[]*x509.Certificate{leaf, w.CSCA.Certificate}, pdfsig.ErrChain},
		"an authority":  {[]*x509.Certificate{ca}, pdfsig.ErrChain},
		"P-384":         {issue(func(*x509.Certificate) {}, p384.Public()), pdfsig.ErrChain},
		"not to sign":   {issue(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyAgreement }, w.PDF.Key.Public()), pdfsig.ErrChain},
		"expired":       {issue(func(c *x509.Certificate) { c.NotAfter = signedAt.Add(-time.Minute) }, w.PDF.Key.Public()), pdfsig.ErrTime},
		"not valid yet": {issue(func(c *x509.Certificate) { c.NotBefore = signedAt.Add(time.Minute) }, w.PDF.Key.Public()), pdfsig.ErrTime},
	} {
		if _, err := pdfsig.Prepare(page(t, 1), c.chain, signedAt); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// defects are changes to a PDF that Prepare must see.
var defects = map[string]struct {
	from, to string
	want     error
}{
	"not a PDF":           {"%PDF-1.3", "%PDF-2.0", pdfsig.ErrLayout},
	"no end":              {"%%EOF\n", "", pdfsig.ErrLayout},
	"more behind":         {"%%EOF\n", "%%EOF\n\n\n", pdfsig.ErrLayout},
	"no startxref":        {"startxref", "startxxxx", pdfsig.ErrLayout},
	"start outside":       {"startxref\n", "startxref\n9", pdfsig.ErrLayout},
	"start elsewhere":     {"startxref\n", "startxref\n1", pdfsig.ErrLayout},
	"stream table":        {"xref\n0 ", "xxxx\n0 ", pdfsig.ErrLayout},
	"two sections":        {"xref\n0 8", "xref\n0 7", pdfsig.ErrLayout},
	"many objects":        {"xref\n0 8", "xref\n0 99999", pdfsig.ErrLayout},
	"more than there are": {"xref\n0 8", "xref\n0 800", pdfsig.ErrLayout},
	"free object":         {" 00000 n \n", " 00000 f \n", pdfsig.ErrLayout},
	"no free one":         {" 65535 f \n", " 65535 n \n", pdfsig.ErrLayout},
	"no trailer":          {"trailer\n", "traileR\n", pdfsig.ErrLayout},
	"no size":             {"/Size", "/Sizz", pdfsig.ErrLayout},
	"two sizes":           {"/Size 8", "/Size 8\n/Size 9", pdfsig.ErrLayout},
	"another size":        {"/Size 8", "/Size 9", pdfsig.ErrLayout},
	"no root":             {"/Root", "/Roor", pdfsig.ErrLayout},
	"root outside":        {"/Root 7", "/Root 8", pdfsig.ErrLayout},
	"root a stream":       {"/Root 7", "/Root 4", pdfsig.ErrLayout},
	"update":              {"/Size 8", "/Size 8\n/Prev 9", pdfsig.ErrSigned},
	"encrypted":           {"/Size 8", "/Size 8\n/Encrypt 5 0 R", pdfsig.ErrSigned},
	"hybrid":              {"/Size 8", "/Size 8\n/XRefStm 9", pdfsig.ErrSigned},
	"form":                {"/Type /Catalog", "/AcroForm <<>>", pdfsig.ErrSigned},
	"permissions":         {"/Type /Catalog", "/Perms <<>>   ", pdfsig.ErrSigned},
	"annotations":         {"/Parent 1 0 R", "/Annots [   ]", pdfsig.ErrSigned},
	"no pages":            {"/Pages 1 0 R", "/Pagez 1 0 R", pdfsig.ErrLayout},
	"no kids":             {"/Kids [", "/Kidz [", pdfsig.ErrLayout},
	"not an object":       {"3 0 obj", "3 1 obj", pdfsig.ErrLayout},
	"object open":         {"\nendobj\n", "\nendobx\n", nil},
}

func TestPrepareRefuses(t *testing.T) {
	pdf := page(t, 1)
	for name, c := range defects {
		spoilt := bytes.Replace(pdf, []byte(c.from), []byte(c.to), 1)
		if name == "start elsewhere" || name == "no startxref" || name == "start outside" {
			at := bytes.LastIndex(pdf, []byte(c.from))
			spoilt = append(bytes.Clone(pdf[:at]), append([]byte(c.to), pdf[at+len(c.from):]...)...)
		}
		if bytes.Equal(spoilt, pdf) {
			t.Fatalf("%s: nothing was changed", name)
		}
		_, err := pdfsig.Prepare(spoilt, theWorld(t).PDF.Chain, signedAt)
		if c.want == nil && err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := pdfsig.Prepare(make([]byte, pdfsig.DefaultMaxPDF+1), theWorld(t).PDF.Chain, signedAt); !errors.Is(err, pdfsig.ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
	if _, err := pdfsig.Prepare(sign(t, pdf), theWorld(t).PDF.Chain, signedAt); err == nil {
		t.Error("a signed PDF was signed again")
	}
	if _, err := pdfsig.Prepare(nil, theWorld(t).PDF.Chain, signedAt); !errors.Is(err, pdfsig.ErrLayout) {
		t.Errorf("nothing: %v", err)
	}
}

// FuzzPrepare: whatever is laid out for signing can be read back by the
// verifier once it is signed.
func FuzzPrepare(f *testing.F) {
	pdf := page(f, 1)
	f.Add(pdf)
	f.Add(page(f, 2))
	f.Add([]byte(strings.Replace(string(pdf), "/Root 7", "/Root 1", 1)))
	l, err := theWorld(f).TrustList()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		u, err := pdfsig.Prepare(b, theWorld(t).PDF.Chain, signedAt)
		if err != nil {
			return
		}
		signed, err := u.Attach(der(t, theWorld(t).PDF.Key, u.Digest()))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(signed, b) {
			t.Error("the PDF was changed")
		}
		// What the fuzzer wrote may be no PDF at all for a stricter reader; but
		// a reader that takes it must find every byte covered.
		var from, to, rest int
		if n := bytes.LastIndex(signed, []byte("/ByteRange [0 ")); n < 0 {
			t.Error("no byte range")
		} else if _, err := fmt.Sscanf(string(signed[n+len("/ByteRange [0 "):]), "%d %d %d]", &from, &to, &rest); err != nil || to+rest != len(signed) || signed[from] != '<' || signed[to-1] != '>' {
			t.Errorf("byte range: %d %d %d of %d, %v", from, to, rest, len(signed), err)
		}
		_, _ = reader.Verify(signed, l, signedAt) // must not crash
	})
}

func BenchmarkSign(b *testing.B) {
	pdf := page(b, 1)
	b.ReportAllocs()
	for b.Loop() {
		sign(b, pdf)
	}
}
