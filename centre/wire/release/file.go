package release

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"errors"
	"math/big"
	"time"

	"akashi/centre/channel"
	"akashi/centre/es256"
	"akashi/centre/wire"
)

// file is the outer form.
type file struct {
	Release   json.RawMessage `json:"release"`
	Chain     [][]byte        `json:"chain"`     // DER, leaf first, without the root
	Signature []byte          `json:"signature"` // ES256 over domain || release
}

// domain parts these signatures from any other use of a key.
const domain = "akashi/1 screen release "

func digest(body []byte) [32]byte { return sha256.Sum256(append([]byte(domain), body...)) }

// Parse reads a release that was signed under root, at a time. A version below
// newerThan is refused (0: none is known). The error is a *rule.Refusal, or
// wraps one and names the entry; with ErrRollback, ErrNotYet and ErrExpired, of
// which the first that holds is given, the release comes too.
//
// The signer's certificate must have been valid when the release was issued,
// and the release must end before it does: so a kiosk that was off for long can
// still tell an old release from a forged one.
func Parse(b []byte, root *x509.CertPool, now time.Time, newerThan int) (*Release, error) {
	if len(b) > DefaultMaxRelease {
		return nil, ErrMalformed
	}
	f, err := wire.Decode[file](b, DefaultMaxRelease)
	if err != nil {
		return nil, ErrMalformed
	}
	r, malformed := wire.Decode[Release](f.Release, DefaultMaxRelease)
	issued := r.Issued
	if malformed != nil {
		issued = now // the signature is judged first: what is not the centre's says nothing
	}
	until, err := f.signer(root, issued)
	if err != nil {
		return nil, err
	}
	if malformed != nil {
		return nil, ErrMalformed
	}
	if err := r.check(); err != nil {
		return nil, err
	}
	if r.Expires.After(until) {
		return nil, content("expires: after its signer's certificate does")
	}
	r.Digest = sha256.Sum256(f.Release)
	return &r, r.dated(now, newerThan)
}

// signer holds the signature, and gives the end of the signer's certificate.
func (f *file) signer(root *x509.CertPool, at time.Time) (until time.Time, err error) {
	leaf, err := channel.Vouched(root, f.Chain, at)
	if err != nil {
		return until, ErrSigner
	}
	if channel.RoleOf(leaf) != wire.RoleRelease {
		return until, ErrPurpose
	}
	pub, ok := leaf.PublicKey.(*ecdsa.PublicKey)
	if !ok || pub.Curve != elliptic.P256() || len(f.Signature) != es256.Size {
		return until, ErrSignature
	}
	r, s := new(big.Int).SetBytes(f.Signature[:es256.Size/2]), new(big.Int).SetBytes(f.Signature[es256.Size/2:])
	if d := digest(f.Release); !ecdsa.Verify(pub, d[:], r, s) {
		return until, ErrSignature
	}
	return leaf.NotAfter, nil
}

func (r *Release) dated(now time.Time, newerThan int) error {
	ahead := now.Add(DefaultClockSlack)
	switch {
	case r.Version < newerThan:
		return ErrRollback
	case r.Issued.After(ahead) || r.NotBefore.After(ahead):
		return ErrNotYet
	case !now.Before(r.Expires):
		return ErrExpired
	}
	return nil
}

// Sign writes a release in the form that Parse reads. chain is the signer's
// certificate and those between it and root (DER). What Parse would refuse at
// the release's own time is refused here too.
func Sign(r *Release, chain [][]byte, key crypto.Signer, root *x509.CertPool) ([]byte, error) {
	if err := r.check(); err != nil { // before anything is signed
		return nil, err
	}
	f := file{Release: wire.Encode(r), Chain: chain}
	d := digest(f.Release)
	der, err := key.Sign(rand.Reader, d[:], crypto.SHA256)
	if err != nil {
		return nil, err
	}
	if f.Signature, err = es256.Raw(der); err != nil {
		return nil, err
	}
	b := wire.Encode(f)
	at := r.NotBefore
	if r.Issued.After(at) {
		at = r.Issued
	}
	_, err = Parse(b, root, at, 0)
	return b, err
}

// Draft reads a release that is not signed yet: JSON as people write it, with
// the members of Release, unknown ones refused. issued is taken where the draft
// names no time of its own.
func Draft(b []byte, issued time.Time) (*Release, error) {
	if len(b) > DefaultMaxRelease {
		return nil, errors.New("release: the draft is too large")
	}
	var r Release
	if err := strict(b, &r); err != nil {
		return nil, err
	}
	if r.Issued.IsZero() {
		r.Issued = issued
	}
	return &r, r.check()
}

// Unsigned reads a release's file without asking who signed it: to be looked
// at, never to be shown by a kiosk.
func Unsigned(b []byte) (*Release, error) {
	f, err := wire.Decode[file](b, DefaultMaxRelease)
	if err != nil {
		return nil, ErrMalformed
	}
	r, err := wire.Decode[Release](f.Release, DefaultMaxRelease)
	if err != nil {
		return nil, ErrMalformed
	}
	return &r, r.check()
}
