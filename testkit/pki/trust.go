package pki

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"akashi/centre/keys"
	"akashi/verifier/cardrecord"
	"akashi/verifier/trust"
)

// trustLife is how long the world's trust list is dated for.
const trustLife = 90 * 24 * time.Hour

var errProduction = errors.New("pki: a stand-in signs for specimens only: issuer under .invalid, country UTO, card key ids 99…; use the real authorities")

// specimen refuses a world that was turned towards production.
func (w *World) specimen() error {
	host, _, _ := strings.Cut(strings.TrimPrefix(w.Issuer.URL, "https://"), "/")
	if !w.Issuer.Specimen || w.Issuer.Country != "UTO" || !strings.HasSuffix(host, ".invalid") ||
		!bytes.HasPrefix(w.Cards.ID[:], []byte("99")) {
		return errProduction
	}
	return nil
}

// TrustList gives the list that a verifier of this world's certificates needs.
func (w *World) TrustList() (*trust.List, error) {
	if err := w.specimen(); err != nil {
		return nil, err
	}
	kid, err := keys.Thumbprint(&w.SHC.Key.PublicKey)
	if err != nil {
		return nil, err
	}
	now := w.now().UTC().Truncate(time.Second)
	return &trust.List{
		Version: 1,
		Issued:  now.Add(-clockSlack),
		Expires: now.Add(trustLife),
		SHC: []trust.SHCIssuer{{
			URL: w.Issuer.URL, NameJA: w.Issuer.NameJA, NameEN: w.Issuer.NameEN,
			Keys: []trust.SHCKey{{ID: kid, Key: &w.SHC.Key.PublicKey}},
		}},
		VDSNC: []trust.CSCA{{Country: w.Issuer.Country, Certificate: w.CSCA.Certificate}},
		PDF:   []*x509.Certificate{w.PDFRoot.Certificate},
		Cards: w.CardAuthorities(),
	}, nil
}

// TrustListOf gives the list with the card keys that a folder of keys shows, in
// place of the world's own: for keys that were made, or changed, by themselves.
func (w *World) TrustListOf(r *keys.Ring) (*trust.List, error) {
	l, err := w.TrustList()
	if err != nil {
		return nil, err
	}
	l.SHC[0].Keys = nil
	for _, k := range r.Shown(keys.PurposeSHC) {
		l.SHC[0].Keys = append(l.SHC[0].Keys, trust.SHCKey{ID: k.ID, Key: k.Chain[0].PublicKey.(*ecdsa.PublicKey), Until: k.UsedUntil()})
	}
	return l, nil
}

// CardAuthorities gives the one authority of the world's simulated cards.
func (w *World) CardAuthorities() cardrecord.Authorities {
	return cardrecord.Authorities{w.Cards.ID: &w.Cards.Key.PublicKey}
}

// JWKS gives the SHC issuer's key set.
func (w *World) JWKS() ([]byte, error) {
	return keys.JWKS(keys.IssuerKey{Chain: w.SHC.Chain})
}

// cardAuthority is one row of card-authorities.json.
type cardAuthority struct {
	ID        cardrecord.KeyID `json:"id"`
	PublicKey []byte           `json:"public_key"` // PKIX DER, RSA
}

func (w *World) cardAuthoritiesJSON() ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(&w.Cards.Key.PublicKey)
	if err != nil {
		return nil, err
	}
	b, err := json.MarshalIndent([]cardAuthority{{w.Cards.ID, der}}, "", "  ")
	return append(b, '\n'), err
}

// ReadCardAuthorities reads the card-authorities.json of a world.
func ReadCardAuthorities(path string) (cardrecord.Authorities, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var rows []cardAuthority
	if err := json.Unmarshal(b, &rows); err != nil {
		return nil, fmt.Errorf("pki: %s: %w", path, err)
	}
	all := cardrecord.Authorities{}
	for _, r := range rows {
		key, err := x509.ParsePKIXPublicKey(r.PublicKey)
		pub, ok := key.(*rsa.PublicKey)
		if err != nil || !ok || !bytes.HasPrefix(r.ID[:], []byte("99")) {
			return nil, fmt.Errorf("pki: %s: not a simulator's authority", path)
		}
		all[r.ID] = pub
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("pki: %s: no authority in it", path)
	}
	return all, nil
}
