// Package site is the issuer's public site: the key set with its history,
// revocation lists, authorities' and signers' certificates and the signed trust
// list, as a server of its own or as static files.
//
// It holds no key that signs anything a verifier believes. It learns from VRS
// which revocation IDs are revoked (package centre/vrs) and writes the lists of
// each key; the trust list, the certificates and their revocation lists (CRL)
// are signed elsewhere and put here by renaming. A list never loses an entry
// and its counter never falls: not over a restart, a crash, a lost file, or a
// VRS that was restored from an older copy.
//
// It keeps no record of who asked for what.
package site

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"akashi/centre/vrs"
	"akashi/verifier/trust"
	"akashi/verifier/trust/keep"
)

// Ask is the question to VRS: what was revoked after a number.
type Ask func(ctx context.Context, after uint64) (vrs.Revocations, error)

// Options say what a site publishes, and from where.
type Options struct {
	Issuer    string            // iss: the key set stands below it
	JWKS      string            // file: the issuer's key set, without list counters
	Trust     string            // file: the signed trust list
	TrustRoot *ecdsa.PublicKey  // that signs it
	Files     map[string]string // certificates (NAME.pem) and their CRLs (NAME.crl), by the name that they get
	State     string            // folder for the lists, this process's alone
	Ask       Ask
	Now       func() time.Time
	// Wait waits, and gives ctx's error when that ends first.
	Wait func(ctx context.Context, d time.Duration) error
	// Jitter gives a number from 0 up to, not including, n.
	Jitter func(n int64) int64
	// Say is told of each change for the better or the worse; nil: nobody.
	Say func(Notice)
}

// Site is one site. Close it after Run has ended.
type Site struct {
	o     Options
	base  string // path of the issuer's URL, "" or "/issuer"
	trust *keep.Keeper
	lists *lists

	content atomic.Pointer[content]
	build   sync.Mutex // one update at a time
	seen    string     // what the content was built from

	mu   sync.Mutex
	said map[Source]Notice
}

var errTrustRoot = errors.New("site: the root's public key is missing: a trust list that is not pinned must not be published")

// New reads what is to be published and what is known of revocations. A file
// that cannot be used is an error now, and once the site runs a Notice.
func New(o Options) (*Site, error) {
	if !trust.IssuerURL(o.Issuer) {
		return nil, fmt.Errorf("site: issuer %q: want https, a host and no slash at the end", o.Issuer)
	}
	if o.TrustRoot == nil {
		return nil, errTrustRoot
	}
	u, err := url.Parse(o.Issuer)
	if err != nil {
		return nil, err
	}
	s := &Site{o: o, base: u.Path, said: map[Source]Notice{}}
	if s.lists, err = openLists(o.State); err != nil {
		return nil, err
	}
	if s.trust, err = keep.Open(o.Trust, s.lists.path("trust"), o.TrustRoot, o.Now); err != nil {
		return nil, errors.Join(fmt.Errorf("site: trust list: %w", err), s.Close())
	}
	if err := s.update(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close lets another process have the state.
func (s *Site) Close() error { return s.lists.close() }

// Whole reports whether the lists are known to have all that was ever revoked.
// Until then neither they nor the key set are given out: a list that lacks an
// entry it had would take a revocation back.
func (s *Site) Whole() bool { return s.lists.isWhole() }
