package keys

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"akashi/verifier/trust"
)

// DefaultMaxRevoked bounds the entries of one key's revocation list: what a
// verifier's trust list can hold of all of them.
const DefaultMaxRevoked = 300_000

// Errors of revocation lists.
var (
	ErrRevocationID = errors.New("keys: a revocation ID (rid) is 1 to 24 characters of base64url; take it from the record")
	ErrBefore       = errors.New("keys: a revocation's time lies before 1970 or beyond the year 9999; correct it")
	ErrCRLFull      = errors.New("keys: the revocation list is full; make a new issuing key and retire this one")
	ErrCRLDamaged   = errors.New("keys: the revocation list's file is not one of this key's; restore it from the last good one")
)

// CRL is the revocation list of one issuing key (SMART Health Cards,
// "Revocation"). Its counter rises with every change and never falls: it stands
// in the key's JWK as crlVersion, and verifiers fetch the list anew when it has
// changed. It may be used side by side.
type CRL struct {
	kid string

	mu      sync.Mutex
	version int
	before  map[string]int64 // by rid: cards issued earlier are revoked; always: all
}

// always stands for a revocation without a time.
const always = -1

// NewCRL makes the list of a key of which nothing is revoked yet. Its version
// is 0, which no JWK names.
func NewCRL(kid string) *CRL { return &CRL{kid: kid, before: map[string]int64{}} }

// crlFile is the file's form; the specification's examples have ctr as a
// number.
type crlFile struct {
	KeyID   string   `json:"kid"`
	Method  string   `json:"method"`
	Counter int      `json:"ctr"`
	RIDs    []string `json:"rids"`
}

// ReadCRL reads back what File wrote for the key kid.
func ReadCRL(kid string, b []byte) (*CRL, error) {
	var f crlFile
	if json.Unmarshal(b, &f) != nil || f.Counter < 0 {
		return nil, ErrCRLDamaged
	}
	entries, err := trust.ParseCRL(b, kid, f.Counter)
	if err != nil {
		return nil, ErrCRLDamaged
	}
	c := &CRL{kid: kid, version: f.Counter, before: make(map[string]int64, len(entries))}
	for _, e := range entries {
		rid, seconds, timed := strings.Cut(e, ".")
		c.before[rid] = always
		if timed {
			c.before[rid], _ = strconv.ParseInt(seconds, 10, 64) // ParseCRL has seen that it is one
		}
	}
	return c, nil
}

// Revoke revokes the cards with that rid: those issued before a time, or all
// when it is zero. It reports whether the list changed; a wider revocation
// stands, so that nothing is ever taken back.
func (c *CRL) Revoke(rid string, before time.Time) (changed bool, err error) {
	if !trust.RevocationID(rid) {
		return false, ErrRevocationID
	}
	at := int64(always)
	if !before.IsZero() {
		if at = before.Unix(); at < 0 || before.Year() > 9999 {
			return false, ErrBefore
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	had, known := c.before[rid]
	switch {
	case known && (had == always || at != always && at <= had):
		return false, nil
	case !known && len(c.before) == DefaultMaxRevoked:
		return false, ErrCRLFull
	}
	c.before[rid] = at
	c.version++
	return true, nil
}

// AtLeast raises the counter: for a list whose file was lost and is being
// written anew, and that verifiers have seen under a higher one.
func (c *CRL) AtLeast(version int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.version = max(c.version, version)
}

// Len gives how many revocation IDs the list has.
func (c *CRL) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.before)
}

// Version gives the counter, which is the crlVersion of the key's JWK.
func (c *CRL) Version() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.version
}

// File gives the list as an issuer serves it at CRLPath, and the counter that
// belongs to it. The order of its entries tells nothing of who was revoked
// when.
func (c *CRL) File() (b []byte, version int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := crlFile{c.kid, "rid", c.version, []string{}}
	for _, rid := range slices.Sorted(maps.Keys(c.before)) {
		if at := c.before[rid]; at != always {
			rid += "." + strconv.FormatInt(at, 10)
		}
		f.RIDs = append(f.RIDs, rid)
	}
	b, _ = json.Marshal(f) // texts and a number: always encodes
	return b, c.version
}

// CRLPath gives where the revocation list of a key stands below its issuer's
// URL.
func CRLPath(kid string) string { return "/.well-known/crl/" + kid + ".json" }
