// Package pdfsig signs a PDF by incremental update, in the PAdES-B-B shape,
// with a signature that is made elsewhere.
//
// The one signature certifies the document and allows no change (DocMDP, P 1);
// it covers every byte but itself (ISO 32000-1 section 12.8, ETSI EN 319
// 142-1). Given the same PDF, chain and time, the bytes to be signed are the
// same. What it writes, verifier/pdfsig reads; the two share no code.
package pdfsig

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"time"

	"akashi/centre/es256"
)

// Limits, with their reasons.
const (
	DefaultMaxPDF     = 16 << 20 // bytes: a certificate of two pages has less than a tenth
	DefaultMaxObjects = 10_000   // a certificate has fewer than 100
	DefaultMaxChain   = 3        // the signer, one authority between, the authority
)

// Errors of Prepare and Attach.
var (
	ErrLayout    = errors.New("pdfsig: not a PDF as printer/sheet lays one out (one cross-reference table, one trailer); render it again")
	ErrSigned    = errors.New("pdfsig: the PDF has form fields, annotations, encryption or an update already; sign the PDF as it was rendered")
	ErrTooLarge  = errors.New("pdfsig: the PDF is larger than a certificate can be; render it again")
	ErrChain     = errors.New("pdfsig: want 1 to 3 certificates, the P-256 signer's first, each signed by the next; correct the key process's pdf.pem")
	ErrTime      = errors.New("pdfsig: the signer's certificate is not valid at this time; renew it, or correct the clock")
	ErrSignature = errors.New("pdfsig: not a signature of the signer's key over this PDF, in ASN.1 DER; ask the key process again")
)

// Unsigned is a prepared PDF that waits for its signature.
type Unsigned struct {
	pdf      []byte // whole, with zeros in the place of the signature
	place    int    // of the first hex digit
	space    int    // hex digits reserved
	chain    []*x509.Certificate
	attrs    []byte // content of the signed attributes, in DER order
	signerOf *ecdsa.PublicKey
}

// Prepare lays out the signature of pdf for the key of chain[0] (leaf first,
// the root may be left out). at is when the paper says that it was signed; it
// stands in the signature dictionary (/M), cut to the second, in UTC.
func Prepare(pdf []byte, chain []*x509.Certificate, at time.Time) (*Unsigned, error) {
	key, err := checkChain(chain, at)
	if err != nil {
		return nil, err
	}
	if len(pdf) > DefaultMaxPDF {
		return nil, ErrTooLarge
	}
	d, err := read(pdf)
	if err != nil {
		return nil, err
	}
	u := &Unsigned{chain: chain, signerOf: key}
	// The CMS is measured with the longest signature that the key can give.
	u.attrs = attributes([32]byte{}, chain[0])
	u.space = 2 * len(u.cms(make([]byte, maxSignature)))
	u.pdf, u.place = d.update(at.UTC(), u.space)
	u.attrs = attributes(u.covered(), chain[0])
	return u, nil
}

// maxSignature is the longest ASN.1 ECDSA P-256 signature.
const maxSignature = 72

func checkChain(chain []*x509.Certificate, at time.Time) (*ecdsa.PublicKey, error) {
	if len(chain) < 1 || len(chain) > DefaultMaxChain {
		return nil, ErrChain
	}
	for i, c := range chain[1:] {
		if chain[i].CheckSignatureFrom(c) != nil {
			return nil, ErrChain
		}
	}
	leaf := chain[0]
	key, ok := leaf.PublicKey.(*ecdsa.PublicKey)
	if !ok || key.Curve != elliptic.P256() || leaf.IsCA || leaf.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 {
		return nil, ErrChain
	}
	if at.Before(leaf.NotBefore) || at.After(leaf.NotAfter) {
		return nil, ErrTime
	}
	return key, nil
}

// covered is the digest of the byte range: all but the hex string and its
// angle brackets.
func (u *Unsigned) covered() [32]byte {
	h := sha256.New()
	h.Write(u.pdf[:u.place-1])
	h.Write(u.pdf[u.place+u.space+1:])
	return [32]byte(h.Sum(nil))
}

// Digest gives the SHA-256 digest of the signed attributes, which name the
// digest of the PDF and the signer's certificate (RFC 5652 section 5.4).
func (u *Unsigned) Digest() [32]byte { return sha256.Sum256(tlv(tagSet, u.attrs)) }

// Attach takes the ASN.1 DER signature over Digest, verifies it under the
// signer's certificate and gives the signed PDF.
func (u *Unsigned) Attach(der []byte) ([]byte, error) {
	d := u.Digest()
	if _, err := es256.Raw(der); err != nil || !ecdsa.VerifyASN1(u.signerOf, d[:], der) {
		return nil, ErrSignature
	}
	signed := bytes.Clone(u.pdf)
	hex.Encode(signed[u.place:], u.cms(der))
	return signed, nil
}
