// Package forge signs whatever a test wants signed, right or wrong: SMART
// Health Cards, VDS-NC seals, PDFs, key sets and trust lists.
//
// It is a stand-in and no secret: its keys come from a published word, so that
// anybody can make the same files again, byte for byte, and no list but a
// test's may hold them. It shares no code with the centre, which writes only
// what is right.
package forge

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"io"
	"math/big"
	"time"

	"akashi/verifier/trust"
)

// URL is the iss of the forged cards, Country that of the forged seals.
const (
	URL     = "https://vectors.akashi.invalid/issuer"
	Country = "UTO"
)

// At is the time at which what is forged is judged, unless a test says another.
var At = time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)

// Party is a key and its certificate.
type Party struct {
	Certificate *x509.Certificate
	Key         *ecdsa.PrivateKey
}

// World is one set of signers.
type World struct {
	Root   *ecdsa.PrivateKey // of the trust list
	Card   *ecdsa.PrivateKey // of the SHC issuer
	CSCA   *Party
	Seal   *Party // barcode signer under CSCA
	PDFCA  *Party
	Signer *Party // document signer under PDFCA

	word string
}

// New makes the world of a word: the same word, the same keys.
func New(word string) (*World, error) {
	w := &World{word: word, Root: key(word, "root"), Card: key(word, "card")}
	var err error
	for _, p := range []struct {
		to    **Party
		under **Party
		name  string
		shape *x509.Certificate
	}{
		{&w.CSCA, nil, "CSCA", Authority()}, {&w.Seal, &w.CSCA, "BSC", SealProfile()},
		{&w.PDFCA, nil, "PDF CA", Authority()}, {&w.Signer, &w.PDFCA, "PDF signer", SignerProfile()},
	} {
		var under *Party
		if p.under != nil {
			under = *p.under
		}
		if *p.to, err = w.Issue(p.name, p.shape, under); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// key derives a key on P-256.
func key(word, name string) *ecdsa.PrivateKey {
	d := sha256.Sum256([]byte("akashi test key, worthless: " + word + ": " + name))
	k, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), d[:])
	if err != nil {
		panic("forge: a digest that is no key: " + name) // one in 2^32; choose another name
	}
	return k
}

// Key derives another key of this world.
func (w *World) Key(name string) *ecdsa.PrivateKey { return key(w.word, name) }

// Authority is the template of a certificate authority.
func Authority() *x509.Certificate {
	return &x509.Certificate{
		NotBefore: At.AddDate(-1, 0, 0), NotAfter: At.AddDate(10, 0, 0),
		BasicConstraintsValid: true, IsCA: true, KeyUsage: x509.KeyUsageCertSign,
	}
}

// SealProfile is the template of a barcode signer.
func SealProfile() *x509.Certificate {
	return &x509.Certificate{
		NotBefore: At.AddDate(-1, 0, 0), NotAfter: At.AddDate(9, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature,
		UnknownExtKeyUsage: []asn1.ObjectIdentifier{{2, 23, 136, 1, 1, 14, 2}},
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 23, 136, 1, 1, 6, 2},
			Value: []byte{0x30, 9, 2, 1, 0, 0x31, 4, 0x13, 2, 'N', 'V'}}},
	}
}

// SignerProfile is the template of a document signer.
func SignerProfile() *x509.Certificate {
	return &x509.Certificate{
		NotBefore: At.AddDate(0, -1, 0), NotAfter: At.AddDate(1, 0, 0),
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection},
	}
}

// Issue signs a template under an authority, or under itself when that is nil.
// Subject and serial number come from the name.
func (w *World) Issue(name string, t *x509.Certificate, under *Party) (*Party, error) {
	return w.IssueFor(name, t, under, w.Key(name))
}

// IssueFor is Issue for a key of the caller's, whose curve may be a wrong one.
func (w *World) IssueFor(name string, t *x509.Certificate, under *Party, k *ecdsa.PrivateKey) (*Party, error) {
	id := sha256.Sum256([]byte(name))
	t.SerialNumber = new(big.Int).SetBytes(append([]byte{1}, id[:7]...))
	t.Subject = pkix.Name{Country: []string{"UT"}, CommonName: "Akashi test " + name}
	if under == nil {
		under = &Party{t, k}
	}
	der, err := x509.CreateCertificate(nil, t, under.Certificate, k.Public(), repeatable{under.Key})
	if err != nil {
		return nil, fmt.Errorf("forge: %s: %w", name, err)
	}
	c, err := x509.ParseCertificate(der)
	return &Party{c, k}, err
}

// repeatable signs without randomness (RFC 6979), so that files stay the same.
type repeatable struct{ *ecdsa.PrivateKey }

func (r repeatable) Sign(_ io.Reader, digest []byte, o crypto.SignerOpts) ([]byte, error) {
	return r.PrivateKey.Sign(nil, digest, o)
}

// Raw signs a text: r||s over its SHA-256.
func Raw(k *ecdsa.PrivateKey, text string) []byte {
	d := sha256.Sum256([]byte(text))
	return RawOver(k, d[:], crypto.SHA256)
}

// RawOver signs a digest that some function made.
func RawOver(k *ecdsa.PrivateKey, digest []byte, by crypto.Hash) []byte {
	var v struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(derOver(k, digest, by), &v); err != nil {
		panic("forge: a signature that is none: " + err.Error())
	}
	return append(v.R.FillBytes(make([]byte, 32)), v.S.FillBytes(make([]byte, 32))...)
}

// DER is Raw in ASN.1.
func DER(k *ecdsa.PrivateKey, text string) []byte {
	d := sha256.Sum256([]byte(text))
	return derOver(k, d[:], crypto.SHA256)
}

func derOver(k *ecdsa.PrivateKey, digest []byte, by crypto.Hash) []byte {
	der, err := k.Sign(nil, digest, by)
	if err != nil {
		panic("forge: a key that does not sign: " + err.Error()) // all of them are sound
	}
	return der
}

// List is the trust list of this world: it trusts every one of its signers.
func (w *World) List() *trust.List {
	return &trust.List{
		Version: 1, Issued: At.AddDate(0, -1, 0), Expires: At.AddDate(20, 0, 0),
		SHC: []trust.SHCIssuer{{URL: URL, NameJA: "証 検査用発行者", NameEN: "Akashi test issuer",
			Keys: []trust.SHCKey{{ID: trust.Thumbprint(&w.Card.PublicKey), Key: &w.Card.PublicKey}}}},
		VDSNC: []trust.CSCA{{Country: Country, Certificate: w.CSCA.Certificate}},
		PDF:   []*x509.Certificate{w.PDFCA.Certificate},
	}
}

// Encode writes a trust list under this world's root.
func (w *World) Encode(l *trust.List) ([]byte, error) { return trust.Encode(l, repeatable{w.Root}) }

// SignCRL signs a revocation list as p, which must be an authority that may.
func (p *Party) SignCRL(l *x509.RevocationList) ([]byte, error) {
	return x509.CreateRevocationList(nil, l, p.Certificate, repeatable{p.Key})
}
