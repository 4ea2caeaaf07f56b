package keys

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"akashi/centre/keys/history"
)

// Key is one of the issuer's keys, as everybody may know it: what became of it
// and, once it was published, its certificates.
type Key struct {
	history.Key
	Purpose Purpose
	Chain   []*x509.Certificate // leaf first; nil when it is not shown
}

// Ring is the public side of a folder of keys: every key that there ever was.
type Ring struct {
	past *history.History
	keys []Key
}

// Errors of a folder of keys.
var (
	ErrNoHistory = errors.New("keys: the folder has no record of its keys; if they were made without one, `keys adopt` makes it, and else the last good copy must be put back")
	ErrUnknown   = errors.New("keys: a file that the record of the keys does not know; if a change was broken off, remove it and begin again, and else put the last good copy of the record back")
	ErrReplaced  = errors.New("keys: not the certificates that the record of the keys names; run `keys publish` if they are newer ones, and else put the former ones back")
)

// ReadRing reads the record of a folder and the certificates that it names
// (NAME.pem, leaf first). It reads no private key: the folder that
// `keys publish` fills does as well as the key process's own.
func ReadRing(dir string) (*Ring, error) {
	past, err := history.Read(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", ErrNoHistory, dir)
	}
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	r := &Ring{past: past}
	for _, k := range past.Keys() {
		key := Key{Key: k, Purpose: Purpose(k.Purpose)}
		if purposeNumber(key.Purpose) == 0 || key.Purpose == "" {
			return nil, fmt.Errorf("%w: %s is for nothing that this version signs", history.ErrDamaged, k.Name)
		}
		if k.Shown() {
			if key.Chain, err = readShown(dir, key); err != nil {
				return nil, err
			}
		}
		r.keys = append(r.keys, key)
	}
	return r, r.known(dir)
}

// readShown reads the certificates of a key that verifiers are told of.
func readShown(dir string, k Key) ([]*x509.Certificate, error) {
	path := filepath.Join(dir, k.Name+".pem")
	chain, err := readFitting(path, k.Purpose)
	if err != nil {
		return nil, err
	}
	if chainDigest(chain) != k.Certificate {
		return nil, fmt.Errorf("%w: %s", ErrReplaced, path)
	}
	return chain, holds(path, chain[0], k.ID)
}

// readFitting reads a chain whose leaf is of a P-256 key and for the purpose.
func readFitting(path string, p Purpose) ([]*x509.Certificate, error) {
	chain, err := readChain(path)
	if err != nil {
		return nil, err
	}
	if pub, ok := chain[0].PublicKey.(*ecdsa.PublicKey); !ok || pub.Curve != elliptic.P256() {
		return nil, fmt.Errorf("%w: %s", ErrNotP256, path)
	}
	if err := fits(p, chain[0]); err != nil {
		return nil, fmt.Errorf("keys: %s: %w", path, err)
	}
	return chain, nil
}

// holds makes sure that a certificate is of the key with that id.
func holds(path string, leaf *x509.Certificate, id string) error {
	pub, _ := leaf.PublicKey.(*ecdsa.PublicKey)
	if got, err := Thumbprint(pub); err != nil || got != id {
		return fmt.Errorf("keys: %s: the certificate is not of %s.key; put the right one there", path, strings.TrimSuffix(filepath.Base(path), ".pem"))
	}
	return nil
}

func chainDigest(chain []*x509.Certificate) string {
	h := sha256.New()
	for _, c := range chain {
		h.Write(c.Raw)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// known refuses keys and certificates that the record does not know, and
// private parts that it says are gone.
func (r *Ring) known(dir string) error {
	files, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	for _, f := range files {
		ext := filepath.Ext(f.Name())
		k, ok := r.past.Key(strings.TrimSuffix(f.Name(), ext))
		switch {
		case ext != ".key" && ext != ".pem":
		case !ok, ext == ".key" && k.Token != "":
			return fmt.Errorf("%w: %s", ErrUnknown, filepath.Join(dir, f.Name()))
		case ext == ".key" && !k.Private():
			return fmt.Errorf("keys: %s is still there, and the record says %s; run `keys destroy` for it once more", filepath.Join(dir, f.Name()), k.State)
		}
	}
	return nil
}

// Keys gives every key, in the order of their making.
func (r *Ring) Keys() []Key { return slices.Clone(r.keys) }

// Key gives the key of that name (shc, shc-2, …).
func (r *Ring) Key(name string) (Key, bool) {
	return r.find(func(k Key) bool { return k.Name == name })
}

// Signing gives the key that signs for a purpose now.
func (r *Ring) Signing(p Purpose) (Key, bool) {
	return r.find(func(k Key) bool { return k.Purpose == p && k.Signs() })
}

func (r *Ring) find(is func(Key) bool) (Key, bool) {
	i := slices.IndexFunc(r.keys, is)
	if i < 0 {
		return Key{}, false
	}
	return r.keys[i], true
}

// Shown gives the keys of a purpose that verifiers are told of: the one that
// signs, those that will, and those that did, the last first.
func (r *Ring) Shown(p Purpose) []Key {
	var all []Key
	rank := func(k Key) int {
		switch k.State {
		case history.Activated:
			return 0
		case history.Published:
			return 1
		}
		return 2
	}
	for _, k := range r.keys {
		if k.Purpose == p && k.Shown() {
			all = append(all, k)
		}
	}
	slices.SortStableFunc(all, func(a, b Key) int {
		if rank(a) != rank(b) {
			return rank(a) - rank(b)
		}
		return b.Generation - a.Generation
	})
	return all
}

// JWKS gives the issuer's key set with its history: every SMART Health Card
// key that verifiers are told of. crlVersion gives the counter of a key's
// revocation list by its kid, 0 for none; nil: no key has one.
func (r *Ring) JWKS(crlVersion func(kid string) int) ([]byte, error) {
	var all []IssuerKey
	for _, k := range r.Shown(PurposeSHC) {
		i := IssuerKey{Chain: k.Chain}
		if crlVersion != nil {
			i.CRLVersion = crlVersion(k.ID)
		}
		all = append(all, i)
	}
	return JWKS(all...)
}

// Public gives the public side of the keys that sign now.
func (r *Ring) Public() Public {
	p := Public{Chains: map[Purpose][][]byte{}}
	for _, purpose := range Purposes() {
		k, ok := r.Signing(purpose)
		if !ok {
			continue
		}
		for _, c := range k.Chain {
			p.Chains[purpose] = append(p.Chains[purpose], c.Raw)
		}
		if purpose == PurposeSHC {
			p.KeyID = k.ID
		}
	}
	return p
}

// UsedUntil gives when the last session that began with a retired key has
// ended, in whole seconds: what claims a later time is not its. Zero: it was
// not retired.
func (k Key) UsedUntil() time.Time {
	if k.Retired.IsZero() {
		return time.Time{}
	}
	return k.Retired.Add(DefaultMaxLife + DefaultPatience)
}

// SignUntil gives the end of the time in which a key may sign: of its leaf's
// validity, or of its private key usage period (RFC 3280 4.2.1.4) where it has
// one. It is zero before the key is published.
func (k Key) SignUntil() time.Time {
	if len(k.Chain) == 0 {
		return time.Time{}
	}
	end := k.Chain[0].NotAfter
	if until, ok := usageEnd(k.Chain[0]); ok && until.Before(end) {
		end = until
	}
	return end
}
