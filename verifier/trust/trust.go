// Package trust reads the offline list of trusted issuers and card
// authorities: signed by a pinned root, dated, older versions refused.
package trust

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/json"
	"errors"
	"math/big"
	"time"

	"akashi/verifier/cardrecord"
)

// DefaultMaxList bounds a trust list in bytes: a few hundred issuers with
// three keys each, and 300,000 revocation IDs.
const DefaultMaxList = 8 << 20

// DefaultClockSlack is how far the clocks of a publisher and a reader may lie
// apart.
const DefaultClockSlack = 5 * time.Minute

// List is what a verifier trusts, for as long as the list is dated.
type List struct {
	Version int // 1 or more; rises with every publication; a lower one is refused
	Issued  time.Time
	Expires time.Time
	SHC     []SHCIssuer
	VDSNC   []CSCA
	PDF     []*x509.Certificate    // CAs of the PDF signers
	CRLs    []*x509.RevocationList // by authorities of VDSNC and PDF, at most one each: signers that are revoked
	Cards   cardrecord.Authorities
	Root    *ecdsa.PublicKey // that signed the list; set by Parse
	Digest  [32]byte         // of the signed part: two lists of one version must not differ in it; set by Parse
}

// SHCIssuer is one issuer of SMART Health Cards.
type SHCIssuer struct {
	URL     string // iss: https, no trailing slash
	NameJA  string
	NameEN  string
	Keys    []SHCKey            // retired ones included, as long as their cards matter
	Revoked map[string][]string // by kid: revocation IDs, each with an optional ".seconds" suffix
}

// SHCKey is a public key of an issuer.
type SHCKey struct {
	ID  string // RFC 7638 thumbprint, base64url
	Key *ecdsa.PublicKey
	// Until is when the key was retired: what claims to be issued then or later
	// was not signed by its issuer. Zero: it was not. Against whoever has a
	// retired key and dates back, only its removal from the list helps.
	Until time.Time
}

// Issues reports whether the key could issue at a time.
func (k *SHCKey) Issues(at time.Time) bool { return k.Until.IsZero() || at.Before(k.Until) }

// CSCA is a country signing CA for VDS-NC.
type CSCA struct {
	Country     string // as VDS-NC hdr.is writes it: ISO 3166-1 alpha-3, or UTO
	Certificate *x509.Certificate
}

// Key gives the issuer's key of that ID, or nil.
func (s *SHCIssuer) Key(kid string) *ecdsa.PublicKey {
	if k := s.Entry(kid); k != nil {
		return k.Key
	}
	return nil
}

// Entry gives the issuer's entry for the key of that ID, or nil.
func (s *SHCIssuer) Entry(kid string) *SHCKey {
	for i := range s.Keys {
		if s.Keys[i].ID == kid {
			return &s.Keys[i]
		}
	}
	return nil
}

// Parse reads a trust list signed by root at a time. With a nil root the
// list's own root is taken, and the caller shows its Fingerprint. A list older
// than newerThan is refused (0: no older one is known). The error is a
// *rule.Refusal; with ErrRollback, ErrNotYet and ErrExpired, of which the first
// that holds is given, the list comes too: it is the root's.
func Parse(b []byte, root *ecdsa.PublicKey, now time.Time, newerThan int) (*List, error) {
	f, err := decode(b)
	if err != nil {
		return nil, err
	}
	own, err := parseKey(f.Root)
	if err != nil {
		return nil, ErrMalformed
	}
	if root != nil && !root.Equal(own) {
		return nil, ErrRoot
	}
	if !verify(own, f.List, f.Signature) {
		return nil, ErrSignature
	}
	l, err := f.list()
	if err != nil {
		return nil, err
	}
	l.Root, l.Digest = own, sha256.Sum256(f.List)
	return l, l.dated(now, newerThan)
}

func (l *List) dated(now time.Time, newerThan int) error {
	switch {
	case l.Version < newerThan:
		return ErrRollback
	case l.Issued.After(now.Add(DefaultClockSlack)):
		return ErrNotYet
	case !now.Before(l.Expires):
		return ErrExpired
	}
	return nil
}

// Encode writes l, signed by root (ECDSA P-256), in the form that Parse reads.
// What Parse would refuse, dates apart, is refused here too.
func Encode(l *List, root crypto.Signer) ([]byte, error) {
	body, err := l.body()
	if err != nil {
		return nil, err
	}
	pub, ok := root.Public().(*ecdsa.PublicKey)
	if !ok {
		return nil, errors.New("trust: the root must be an ECDSA P-256 key")
	}
	spki, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return nil, err
	}
	der, err := root.Sign(rand.Reader, digest(body), crypto.SHA256)
	if err != nil {
		return nil, err
	}
	sig, err := raw(der)
	if err != nil {
		return nil, err
	}
	out, err := json.Marshal(file{List: body, Root: spki, Signature: sig})
	if err != nil {
		return nil, err
	}
	if _, err := Parse(out, pub, l.Issued, 0); err != nil {
		return nil, err
	}
	return out, nil
}

// domain parts the root's signatures over lists from any other use of its key.
const domain = "akashi/1 trust list "

func digest(body []byte) []byte {
	d := sha256.Sum256(append([]byte(domain), body...))
	return d[:]
}

func verify(root *ecdsa.PublicKey, body, sig []byte) bool {
	if len(sig) != 64 {
		return false
	}
	r, s := new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])
	return ecdsa.Verify(root, digest(body), r, s)
}

// raw turns an ASN.1 signature into r||s, the one form that the file holds.
func raw(der []byte) ([]byte, error) {
	var v struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(der, &v); err != nil || len(rest) > 0 || v.R.BitLen() > 256 || v.S.BitLen() > 256 {
		return nil, errors.New("trust: the root's signer gave no P-256 signature")
	}
	out := make([]byte, 64)
	v.R.FillBytes(out[:32])
	v.S.FillBytes(out[32:])
	return out, nil
}
