package shc

import (
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"akashi/verifier/strictjson"
	"akashi/verifier/trust"
)

// DefaultMaxPayload bounds a decompressed payload in bytes. A card of 8 doses
// has about 3,000; a bomb of the longest JWS would have 900,000.
const DefaultMaxPayload = 16 << 10

// payloadLimits: a bundle nests 11 levels deep, and a dose is about 20 values.
var payloadLimits = strictjson.Limits{Depth: 16, Values: 2000}

// readers keeps decompressors, whose windows of 40 KiB would otherwise be most
// of what a verification allocates. A window forgets no sooner and no later
// than freed memory does; a process that must forget ends.
var readers = sync.Pool{New: func() any { return flate.NewReader(nil) }}

// inflate decompresses raw DEFLATE (RFC 1951) that fills b.
func inflate(b []byte) ([]byte, error) {
	in := bytes.NewReader(b) // an io.ByteReader: not a byte is read beyond the end
	z := readers.Get().(io.ReadCloser)
	defer readers.Put(z)
	if err := z.(flate.Resetter).Reset(in, nil); err != nil {
		return nil, ErrDeflate
	}
	var out bytes.Buffer
	out.Grow(min(4*len(b)+bytes.MinRead, DefaultMaxPayload)) // cards shrink to about a third
	_, err := out.ReadFrom(io.LimitReader(z, DefaultMaxPayload+1))
	if out.Len() > DefaultMaxPayload {
		return nil, ErrInflated
	}
	if err != nil || in.Len() > 0 {
		return nil, ErrDeflate
	}
	return out.Bytes(), nil
}

// card reads the payload.
func (t *token) card(m mode) (*Card, error) {
	b, err := inflate(t.payload)
	if err != nil {
		return nil, err
	}
	v, err := strictjson.Parse(b, payloadLimits)
	if errors.Is(err, strictjson.ErrSpace) {
		return nil, ErrMinified
	}
	if err != nil {
		return nil, ErrJSON
	}
	c := &Card{KeyID: t.kid}
	if err := c.claims(v, m); err != nil {
		return nil, err
	}
	return c, nil
}

// claims reads the JWT's claims (spec, "Health Cards are encoded as Compact
// Serialization JSON Web Signatures").
func (c *Card) claims(v *strictjson.Value, m mode) (err error) {
	if !v.Only("iss", "nbf", "exp", "vc") {
		return ErrClaims
	}
	if c.Issuer, _ = v.Get("iss").String(); !trust.IssuerURL(c.Issuer) {
		return ErrIssuerURL
	}
	if c.NotBefore, err = numericDate(v.Get("nbf"), m); err != nil {
		return ErrNotBeforeForm
	}
	if exp := v.Get("exp"); exp != nil {
		if c.Expires, err = numericDate(exp, m); err != nil {
			return ErrExpiryForm
		}
	}
	vc := v.Get("vc")
	if !vc.Only("type", "credentialSubject", "rid") {
		return ErrClaims
	}
	if !types(vc.Get("type"), m) {
		return ErrType
	}
	if rid := vc.Get("rid"); rid != nil {
		if c.RevocationID, _ = rid.String(); !trust.RevocationID(c.RevocationID) {
			return ErrRevocationID
		}
	}
	return c.subject(vc.Get("credentialSubject"), m)
}

func (c *Card) subject(v *strictjson.Value, m mode) error {
	if !v.Only("fhirVersion", "fhirBundle") {
		return ErrClaims
	}
	if !v.Get("fhirVersion").Is("4.0.1") {
		return ErrFHIRVersion
	}
	return c.bundle(v.Get("fhirBundle"), m)
}

const typePrefix = "https://smarthealth.cards#"

func types(v *strictjson.Value, m mode) bool {
	items, ok := v.List(3)
	if !ok {
		return false
	}
	var names []string
	for i := range items {
		name, _ := items[i].String()
		name, ok := strings.CutPrefix(name, typePrefix)
		if !ok || slices.Contains(names, name) {
			return false
		}
		extra := name == "immunization" || name == "covid19"
		if name != "health-card" && !(extra && m.tolerates(extraTypes)) {
			return false
		}
		names = append(names, name)
	}
	return slices.Contains(names, "health-card")
}

var errTime = errors.New("shc: not a time")

// Digits of a time: seconds up to the year 9999, fractions to the nanosecond.
const (
	maxSeconds  = 253402300799
	maxFraction = 9
)

// numericDate reads seconds since 1970 (RFC 7519 section 2), never with an
// exponent.
func numericDate(v *strictjson.Value, m mode) (time.Time, error) {
	if v == nil || v.Kind != strictjson.Number {
		return time.Time{}, errTime
	}
	whole, fraction, fractional := strings.Cut(v.Text, ".")
	s, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || s < 0 || s > maxSeconds || whole[0] == '-' {
		return time.Time{}, errTime
	}
	var ns int64
	if fractional {
		if !m.tolerates(fractionalTime) || len(fraction) > maxFraction {
			return time.Time{}, errTime
		}
		if ns, err = strconv.ParseInt((fraction + "000000000")[:maxFraction], 10, 64); err != nil {
			return time.Time{}, errTime
		}
	}
	return time.Unix(s, ns).UTC(), nil
}
