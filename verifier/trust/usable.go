package trust

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// DefaultMinCardKey is the least size of a card authority's RSA key in bits:
// the size that the cards use.
const DefaultMinCardKey = 2048

// usable reports whether every entry is one that the readers can work with.
func (l *List) usable() bool {
	if l.Version < 1 || !whole(l.Issued) || !whole(l.Expires) || !l.Issued.Before(l.Expires) {
		return false
	}
	seen := map[string]bool{}
	for i := range l.SHC {
		if seen[l.SHC[i].URL] || !l.SHC[i].usable() {
			return false
		}
		seen[l.SHC[i].URL] = true
	}
	for _, c := range l.VDSNC {
		if !Country(c.Country) || !authority(c.Certificate) {
			return false
		}
	}
	for _, c := range l.PDF {
		if !authority(c) {
			return false
		}
	}
	for _, k := range l.Cards {
		if k == nil || k.N.BitLen() < DefaultMinCardKey {
			return false
		}
	}
	return l.usableCRLs()
}

func (s *SHCIssuer) usable() bool {
	if !IssuerURL(s.URL) || !utf8.ValidString(s.NameJA+s.NameEN) || len(s.Keys) == 0 {
		return false
	}
	seen := map[string]bool{}
	for _, k := range s.Keys {
		if k.Key == nil || k.Key.Curve != elliptic.P256() || seen[k.ID] || k.ID != Thumbprint(k.Key) ||
			!k.Until.IsZero() && !whole(k.Until) {
			return false
		}
		seen[k.ID] = true
	}
	for kid, rids := range s.Revoked {
		if !seen[kid] || checkRevoked(rids) != nil {
			return false
		}
	}
	return true
}

func whole(t time.Time) bool {
	return t.Nanosecond() == 0 && t.Year() >= 2000 && t.Year() <= 9999
}

func authority(c *x509.Certificate) bool {
	return c != nil && c.BasicConstraintsValid && c.IsCA && c.KeyUsage&x509.KeyUsageCertSign != 0 &&
		len(c.UnhandledCriticalExtensions) == 0
}

// Country reports whether s has the form of an ISO 3166-1 alpha-3 code.
func Country(s string) bool {
	return len(s) == 3 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// DefaultMaxIssuerURL bounds iss in bytes; a card has about 900 for everything.
const DefaultMaxIssuerURL = 256

// IssuerURL reports whether s may be an iss: https, a host, neither user,
// query, fragment nor trailing slash (SMART Health Cards, "Health Card
// Issuer").
func IssuerURL(s string) bool {
	u, err := url.Parse(s)
	if err != nil || len(s) > DefaultMaxIssuerURL || strings.HasSuffix(s, "/") || u.String() != s {
		return false
	}
	return strings.HasPrefix(s, "https://") && u.Hostname() != "" && u.User == nil &&
		!strings.ContainsAny(s, "?#")
}

// Thumbprint gives the JWK thumbprint (RFC 7638) of a P-256 key, base64url.
func Thumbprint(k *ecdsa.PublicKey) string {
	point, err := k.Bytes()
	if err != nil || len(point) != 65 {
		return ""
	}
	b := base64.RawURLEncoding
	d := sha256.Sum256([]byte(`{"crv":"P-256","kty":"EC","x":"` + b.EncodeToString(point[1:33]) +
		`","y":"` + b.EncodeToString(point[33:]) + `"}`))
	return b.EncodeToString(d[:])
}

// Fingerprint gives SHA-256 over the SubjectPublicKeyInfo, in hexadecimal
// digits: what a person compares when a root is not pinned.
func Fingerprint(k *ecdsa.PublicKey) string {
	d := sha256.Sum256(spki(k))
	return hex.EncodeToString(d[:])
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
