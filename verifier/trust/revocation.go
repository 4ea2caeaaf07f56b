package trust

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"akashi/verifier/strictjson"
)

// Limits of a revocation list file (SMART Health Cards, "Revocation").
const (
	DefaultMaxCRL          = 8 << 20 // bytes, as much as a whole trust list
	DefaultMaxRevocationID = 24      // characters of a rid, set by the specification
	maxRevocationSeconds   = 12      // digits of the suffix: beyond the year 9999
)

var crlLimits = strictjson.Limits{Depth: 2, Values: 400_000, Space: true}

// RevocationID reports whether s may be a rid: 1 to 24 characters of the
// base64url alphabet.
func RevocationID(s string) bool {
	return s != "" && len(s) <= DefaultMaxRevocationID && base64url(s)
}

func base64url(s string) bool {
	return strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}

// IsRevoked reports whether the issuer revoked the card with that rid and key
// which was issued at nbf. An entry with a time revokes only cards issued
// before it.
func (s *SHCIssuer) IsRevoked(kid, rid string, nbf time.Time) bool {
	for _, entry := range s.Revoked[kid] {
		id, seconds, timed := strings.Cut(entry, ".")
		if id != rid {
			continue
		}
		n, err := strconv.ParseInt(seconds, 10, 64)
		if !timed || err != nil || nbf.Before(time.Unix(n, 0)) {
			return true
		}
	}
	return false
}

// checkRevoked holds entries against their form.
func checkRevoked(entries []string) error {
	seen := make(map[string]bool, len(entries))
	for _, entry := range entries {
		id, seconds, timed := strings.Cut(entry, ".")
		if !RevocationID(id) || timed && !canonicalSeconds(seconds) {
			return ErrCRLID
		}
		if seen[id] {
			return ErrCRLDuplicate
		}
		seen[id] = true
	}
	return nil
}

func canonicalSeconds(s string) bool {
	n, err := strconv.ParseInt(s, 10, 64)
	return err == nil && n >= 0 && len(s) <= maxRevocationSeconds && strconv.FormatInt(n, 10) == s
}

// covers reports whether every entry of known is revoked here at least as far.
func (s *SHCIssuer) covers(kid string, known []string) bool {
	until := map[string]int64{}
	for _, entry := range s.Revoked[kid] {
		id, at := timed(entry)
		until[id] = at
	}
	for _, entry := range known {
		id, at := timed(entry)
		if now, ok := until[id]; !ok || now < at {
			return false
		}
	}
	return true
}

// timed parts an entry; one without a time revokes for all times.
func timed(entry string) (id string, before int64) {
	id, seconds, timed := strings.Cut(entry, ".")
	n, err := strconv.ParseInt(seconds, 10, 64)
	if !timed || err != nil {
		return id, math.MaxInt64
	}
	return id, n
}

// ParseCRL reads an issuer's revocation list file for the key kid, whose JWK
// names crlVersion. It gives the entries as SHCIssuer.Revoked holds them; the
// error is a *rule.Refusal.
func ParseCRL(b []byte, kid string, crlVersion int) ([]string, error) {
	own, counter, entries, err := parseCRL(b)
	switch {
	case errors.Is(err, ErrCRL), own != "" && own != kid:
		return nil, ErrCRL
	case errors.Is(err, ErrCRLMethod):
		return nil, err
	case own != "" && counter != int64(crlVersion):
		return nil, ErrCRLVersion
	}
	return entries, err
}

// parseCRL reads a revocation list; kid is there as soon as it could be read.
func parseCRL(b []byte) (kid string, counter int64, entries []string, err error) {
	if len(b) > DefaultMaxCRL {
		return "", 0, nil, ErrCRL
	}
	v, err := strictjson.Parse(b, crlLimits)
	if err != nil || !v.Only("kid", "method", "ctr", "rids") {
		return "", 0, nil, ErrCRL
	}
	kid, ok := v.Get("kid").String()
	rids := v.Get("rids")
	if !ok || kid == "" || rids == nil || rids.Kind != strictjson.Array {
		return "", 0, nil, ErrCRL
	}
	if counter, ok = v.Get("ctr").Int(); !ok {
		return "", 0, nil, ErrCRL
	}
	if !v.Get("method").Is("rid") {
		return kid, counter, nil, ErrCRLMethod
	}
	entries = make([]string, len(rids.Items))
	for i := range rids.Items {
		if entries[i], ok = rids.Items[i].String(); !ok {
			return kid, counter, nil, ErrCRLID
		}
	}
	return kid, counter, entries, checkRevoked(entries)
}
