// Package trust reads the offline list of trusted issuers and card
// authorities: signed by a pinned root, dated, older versions refused.
package trust

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/x509"
	"time"

	"akashi/verifier/cardrecord"
	"akashi/verifier/rule"
)

// List is what a verifier trusts, for as long as the list is dated.
type List struct {
	Version int // rises with every publication; a lower one is refused
	Issued  time.Time
	Expires time.Time
	SHC     []SHCIssuer
	VDSNC   []CSCA
	PDF     []*x509.Certificate // CAs of the PDF signers
	Cards   cardrecord.Authorities
}

// SHCIssuer is one issuer of SMART Health Cards.
type SHCIssuer struct {
	URL     string // iss: https, no trailing slash
	NameJA  string
	NameEN  string
	Keys    []SHCKey
	Revoked map[string][]string // by kid: revocation IDs, each with an optional ".seconds" suffix
}

// SHCKey is a public key of an issuer, retired ones included.
type SHCKey struct {
	ID  string // RFC 7638 thumbprint, base64url
	Key *ecdsa.PublicKey
}

// CSCA is a country signing CA for VDS-NC.
type CSCA struct {
	Country     string // as VDS-NC hdr.is writes it: ISO 3166-1 alpha-3, or UTO
	Certificate *x509.Certificate
}

var errSkeleton = rule.New("trust.malformed", "", "not built yet")

// Parse reads a trust list signed by root. With a nil root the list's own root
// is taken, and the caller shows its fingerprint. A list older than newerThan
// is refused (0: no older one is known).
func Parse(b []byte, root *ecdsa.PublicKey, now time.Time, newerThan int) (*List, error) {
	return nil, errSkeleton
}

// Encode writes l, signed by root (ECDSA P-256), in the form that Parse reads.
func Encode(l *List, root crypto.Signer) ([]byte, error) { return nil, errSkeleton }
