package pdfsig

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"akashi/verifier/trust"
)

var now = time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)

type party struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newParty(t testing.TB, template *x509.Certificate, by *party) *party {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if by == nil {
		by = &party{template, k}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, by.cert, k.Public(), by.key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &party{c, k}
}

func newCA(t testing.TB) *party {
	return newParty(t, &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test PDF CA"}, NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(10, 0, 0),
		BasicConstraintsValid: true, IsCA: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}, nil)
}

func leaf() *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(0x80), Subject: pkix.Name{CommonName: "test signer"}, NotBefore: now.AddDate(0, -1, 0), NotAfter: now.AddDate(1, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection},
	}
}

func list(ca *party) *trust.List { return &trust.List{PDF: []*x509.Certificate{ca.cert}} }

// writer lays out a signed PDF; a test changes one of its parts.
type writer struct {
	signer  *party
	bag     []*x509.Certificate
	catalog string // of the update, without the brackets
	form    string
	widget  string
	sig     string // of the signature dictionary, before Contents
	m       string
	space   int    // bytes reserved for the signature
	esc     []byte // SigningCertificateV2
	attrs   func(digest [32]byte, w *writer) [][]byte
	patch   func(cms []byte) []byte
}

func newWriter(signer *party, ca *party) *writer {
	id := sha256.Sum256(signer.cert.Raw)
	return &writer{
		signer: signer, bag: []*x509.Certificate{signer.cert, ca.cert},
		catalog: "/Type /Catalog /Pages 2 0 R /AcroForm 5 0 R /Perms << /DocMDP 7 0 R >>",
		form:    "/Fields [6 0 R] /SigFlags 3", widget: "/Type /Annot /Subtype /Widget /FT /Sig /Rect [0 0 0 0] /T (Signature) /V 7 0 R",
		sig: "/Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached " +
			"/Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /Type /TransformParams /P 1 /V /1.2 >> >>]",
		m: "D:20260331150000Z", space: 2048,
		esc:   wrap(tagSequence, wrap(tagSequence, wrap(tagSequence, wrap(tagOctets, id[:])))),
		attrs: standard,
		patch: func(b []byte) []byte { return b },
	}
}

func attribute(oid, value []byte) []byte {
	return wrap(tagSequence, append(bytes.Clone(oid), wrap(tagSet, value)...))
}

func standard(digest [32]byte, w *writer) [][]byte {
	return [][]byte{attribute(oidContentType, oidData), attribute(oidDigest, wrap(tagOctets, digest[:])), attribute(oidSigningV2, w.esc)}
}

// objects appends numbered objects, a table and a trailer to a file.
func objects(b []byte, first int, bodies []string, trailer string) []byte {
	var offsets []int
	for i, body := range bodies {
		offsets = append(offsets, len(b))
		b = fmt.Appendf(b, "%d 0 obj\n%s\nendobj\n", first+i, body)
	}
	at := len(b)
	b = fmt.Appendf(b, "xref\n0 1\n0000000000 65535 f \n%d %d\n", first, len(bodies))
	for _, o := range offsets {
		b = fmt.Appendf(b, "%010d 00000 n \n", o)
	}
	return fmt.Appendf(b, "trailer\n<< /Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n", first+len(bodies), trailer, at)
}

func original() []byte {
	return objects([]byte("%PDF-1.4\n"), 1, []string{"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595.28 841.89] >>"}, "")
}

const (
	rangeHolder = "0 0000000000 0000000000 0000000000"
)

// sign writes the update and fills in range and signature.
func (w *writer) sign(t testing.TB) []byte {
	t.Helper()
	b := original()
	prev := bytes.LastIndex(b, []byte("xref\n0 1"))
	b = append(b, objectsUpdate(b, w, prev)...)
	gap := bytes.LastIndex(b, []byte("/Contents <")) + len("/Contents ")
	behind := gap + 2*w.space + 2
	numbers := fmt.Sprintf("0 %d %d %d", gap, behind, len(b)-behind)
	numbers += strings.Repeat(" ", len(rangeHolder)-len(numbers))
	b = bytes.Replace(b, []byte(rangeHolder), []byte(numbers), 1)
	h := sha256.New()
	h.Write(b[:gap])
	h.Write(b[behind:])
	cms := w.patch(w.cms(t, [32]byte(h.Sum(nil))))
	if len(cms) > w.space {
		t.Fatalf("the signature of %d bytes does not fit", len(cms))
	}
	hex.Encode(b[gap+1:], cms)
	return b
}

func objectsUpdate(before []byte, w *writer, prev int) []byte {
	sig := "<< " + w.sig + " /M (" + w.m + ") /ByteRange [" + rangeHolder + "] /Contents <" + strings.Repeat("0", 2*w.space) + "> >>"
	out := objects(before, 5, []string{"<< " + w.form + " >>", "<< " + w.widget + " >>", sig, "<< " + w.catalog + " >>"},
		fmt.Sprintf("/Prev %d ", prev))
	return bytes.Replace(out[len(before):], []byte("/Root 1 0 R"), []byte("/Root 8 0 R"), 1)
}

// cms makes ContentInfo; nothing of it comes from the reader but wrap.
func (w *writer) cms(t testing.TB, digest [32]byte) []byte {
	t.Helper()
	attrs := w.attrs(digest, w)
	slices.SortFunc(attrs, bytes.Compare)
	signedAttrs := bytes.Join(attrs, nil)
	d := sha256.Sum256(wrap(tagSet, signedAttrs))
	sig, err := ecdsa.SignASN1(rand.Reader, w.signer.key, d[:])
	if err != nil {
		t.Fatal(err)
	}
	var bag []byte
	for _, c := range w.bag {
		bag = append(bag, c.Raw...)
	}
	info := slices.Concat(version1, wrap(tagSequence, issuerAndSerial(w.signer.cert)), algSHA256, wrap(tagContext0, signedAttrs),
		algECDSA, wrap(tagOctets, sig))
	data := slices.Concat(version1, wrap(tagSet, algSHA256), wrap(tagSequence, oidData), wrap(tagContext0, bag), wrap(tagSet, wrap(tagSequence, info)))
	return wrap(tagSequence, slices.Concat(oidSignedData, wrap(tagContext0, wrap(tagSequence, data))))
}
