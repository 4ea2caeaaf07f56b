package trust

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/base64"

	"akashi/verifier/strictjson"
)

// Limits of an issuer's key set file.
const (
	DefaultMaxJWKS = 1 << 20 // bytes: 200 keys with chains of three certificates
	maxJWKSKeys    = 200
	maxJWKSChain   = 8 // certificates behind one key
)

var jwksLimits = strictjson.Limits{Depth: 4, Values: 10_000, Space: true}

// JWK is one key of an issuer's key set.
type JWK struct {
	SHCKey
	CRLVersion int                 // counter of the key's revocation list; 0: it has none
	Chain      []*x509.Certificate // x5c, leaf first; may be empty
}

// ParseJWKS reads the key set (.well-known/jwks.json) of the issuer iss
// (SMART Health Cards, "Determining keys"; RFC 7517): P-256 signing keys under
// their thumbprints, public only. A chain must be of the key and of the
// issuer, each certificate signed by the next; its dates are not looked at,
// because a chain says whose the key is, not how long a card is valid. The
// error is a *rule.Refusal.
func ParseJWKS(b []byte, iss string) ([]JWK, error) {
	if len(b) > DefaultMaxJWKS {
		return nil, ErrJWKS
	}
	v, err := strictjson.Parse(b, jwksLimits)
	if err != nil {
		return nil, ErrJWKS
	}
	items, ok := v.Get("keys").List(maxJWKSKeys)
	if !ok {
		return nil, ErrJWKS
	}
	keys := make([]JWK, len(items))
	seen := map[string]bool{}
	for i := range items {
		if err := keys[i].parse(&items[i], iss); err != nil {
			return nil, err
		}
		if seen[keys[i].ID] {
			return nil, ErrJWKS
		}
		seen[keys[i].ID] = true
	}
	return keys, nil
}

func (k *JWK) parse(v *strictjson.Value, iss string) error {
	if !v.Get("kty").Is("EC") || !v.Get("crv").Is("P-256") || !v.Get("use").Is("sig") || !v.Get("alg").Is("ES256") {
		return ErrJWKS
	}
	if v.Get("d") != nil { // a private key has no place here, and its set no trust
		return ErrJWKS
	}
	pub, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, coordinate(v.Get("x"))...), coordinate(v.Get("y"))...))
	if err != nil || !v.Get("kid").Is(Thumbprint(pub)) {
		return ErrJWKS
	}
	k.SHCKey = SHCKey{ID: Thumbprint(pub), Key: pub}
	if c := v.Get("crlVersion"); c != nil {
		n, ok := c.Int()
		if !ok || n < 0 || n > 1<<31-1 {
			return ErrJWKS
		}
		k.CRLVersion = int(n)
	}
	return k.parseChain(v.Get("x5c"), iss)
}

// coordinate reads a coordinate of 32 bytes; nil for anything else.
func coordinate(v *strictjson.Value) []byte {
	s, _ := v.String()
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != 32 || base64.RawURLEncoding.EncodeToString(b) != s {
		return nil
	}
	return b
}

func (k *JWK) parseChain(x5c *strictjson.Value, iss string) error {
	if x5c == nil {
		return nil
	}
	items, ok := x5c.List(maxJWKSChain)
	if !ok {
		return ErrJWKSChain
	}
	for i := range items {
		s, _ := items[i].String()
		der, err := base64.StdEncoding.Strict().DecodeString(s)
		if err != nil {
			return ErrJWKSChain
		}
		c, err := x509.ParseCertificate(der)
		if err != nil || i > 0 && k.Chain[i-1].CheckSignatureFrom(c) != nil {
			return ErrJWKSChain
		}
		k.Chain = append(k.Chain, c)
	}
	return k.checkLeaf(iss)
}

func (k *JWK) checkLeaf(iss string) error {
	leaf := k.Chain[0]
	if pub, ok := leaf.PublicKey.(*ecdsa.PublicKey); !ok || !k.Key.Equal(pub) {
		return ErrJWKSChain
	}
	for _, u := range leaf.URIs {
		if u.String() == iss {
			return nil
		}
	}
	return ErrJWKSChain
}
