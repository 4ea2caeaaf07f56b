package keys

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/lestrrat-go/jwx/v2/cert"
	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
)

// IssuerKey is one public key of a SMART Health Card issuer: of its
// certificate chain (leaf first), or bare.
type IssuerKey struct {
	Chain      []*x509.Certificate
	Key        *ecdsa.PublicKey // used when there is no chain
	CRLVersion int              // ctr of the key's revocation list; 0: none
}

// Errors of key sets.
var (
	ErrNoKey        = errors.New("keys: a key set needs at least one key; create the SHC key first")
	ErrNotP256      = errors.New("keys: not an ECDSA P-256 key; create one with `keys create`")
	ErrDuplicateKey = errors.New("keys: the same key and certificate stand twice in the set; remove one")
)

// Thumbprint gives the key's kid: its RFC 7638 thumbprint, base64url.
func Thumbprint(pub *ecdsa.PublicKey) (string, error) {
	k, err := publicJWK(pub)
	if err != nil {
		return "", err
	}
	return k.KeyID(), nil
}

// publicJWK gives pub with its kid and nothing else.
func publicJWK(pub *ecdsa.PublicKey) (jwk.Key, error) {
	if pub == nil || pub.Curve != elliptic.P256() {
		return nil, ErrNotP256
	}
	k, err := jwk.FromRaw(pub)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	sum, err := k.Thumbprint(crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	return k, k.Set(jwk.KeyIDKey, base64.RawURLEncoding.EncodeToString(sum))
}

// JWKS gives the key set that an issuer serves at /.well-known/jwks.json
// (SMART Health Cards, "Determining keys associated with an issuer"): the
// current key first, then the retired ones that cards still rest on. One entry
// a certificate; it holds public keys only.
func JWKS(issuer ...IssuerKey) ([]byte, error) {
	if len(issuer) == 0 {
		return nil, ErrNoKey
	}
	set := jwk.NewSet()
	seen := map[string]bool{}
	for _, i := range issuer {
		k, err := i.jwk()
		if err != nil {
			return nil, err
		}
		mark := k.KeyID()
		if len(i.Chain) > 0 {
			mark += string(i.Chain[0].Raw)
		}
		if seen[mark] {
			return nil, ErrDuplicateKey
		}
		seen[mark] = true
		if err := set.AddKey(k); err != nil {
			return nil, fmt.Errorf("keys: %w", err)
		}
	}
	return json.Marshal(set)
}

func (i IssuerKey) jwk() (jwk.Key, error) {
	pub := i.Key
	if len(i.Chain) > 0 {
		pub, _ = i.Chain[0].PublicKey.(*ecdsa.PublicKey)
	}
	k, err := publicJWK(pub)
	if err != nil {
		return nil, err
	}
	members := map[string]any{jwk.KeyUsageKey: jwk.ForSignature, jwk.AlgorithmKey: jwa.ES256}
	if i.CRLVersion > 0 {
		members["crlVersion"] = i.CRLVersion
	}
	if len(i.Chain) > 0 {
		var chain cert.Chain
		for _, c := range i.Chain {
			if err := chain.AddString(base64.StdEncoding.EncodeToString(c.Raw)); err != nil {
				return nil, fmt.Errorf("keys: %w", err)
			}
		}
		members[jwk.X509CertChainKey] = &chain
	}
	for name, value := range members {
		if err := k.Set(name, value); err != nil {
			return nil, fmt.Errorf("keys: %w", err)
		}
	}
	return k, nil
}
