package kiosk

import (
	"crypto/ecdsa"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"akashi/centre/wire"
	"akashi/verifier/trust"
	"akashi/verifier/trust/keep"
)

// trustFile remembers, in the state folder, the newest trust list that was
// used; a new one is taken while the agent runs, an older one never.
const trustFile = "trust"

// TrustList is how this kiosk's trust list stands, for whoever looks after it.
type TrustList struct {
	Version int       `json:"version"`
	Days    int       `json:"days"`              // whole ones left
	Code    wire.Code `json:"code"`              // OK, or the worst of ListExpired, ListRefused, ListExpiring
	Refused string    `json:"refused,omitempty"` // the rule that a newer file breaks; the list in use stays
}

// openTrust reads the trust list and what is remembered of it. One that has
// expired does not keep the agent from starting: its state says so.
func openTrust(c Config, f files, now func() time.Time) (*keep.Keeper, error) {
	root, err := trustKey(f.trustRoot)
	if err != nil {
		return nil, fmt.Errorf("%w: trust_root: %w", ErrConfig, err)
	}
	k, err := keep.Open(c.Trust, filepath.Join(c.State, trustFile), root, now)
	if err != nil {
		return nil, fmt.Errorf("%w: trust: %w", ErrConfig, err)
	}
	return k, nil
}

// errUnfenced says that a real resident's data would be in the clear.
var errUnfenced = fmt.Errorf("%w: unfenced_demonstration: the trust list has more than specimens: cleartext of residents is not safe without a fence; leave it out and run on Linux", ErrConfig)

// specimens reports whether all that a trust list knows is invented: issuers
// under .invalid, the country UTO, cards' authorities whose key ids begin with the digits 99.
func specimens(l *trust.List) bool {
	for _, s := range l.SHC {
		if u, err := url.Parse(s.URL); err != nil || !strings.HasSuffix(u.Hostname(), ".invalid") {
			return false
		}
	}
	for _, c := range l.VDSNC {
		if c.Country != "UTO" {
			return false
		}
	}
	for id := range l.Cards {
		if id[0] != '9' || id[1] != '9' {
			return false
		}
	}
	return true
}

// list tells how the trust list stands. A session that begins must be able to
// end under it, so a list is over that long before its date.
func (a *Agent) list() TrustList {
	s := a.trust.Look()
	l := TrustList{Version: s.List.Version, Days: s.Days(), Refused: s.Refused()}
	switch {
	case !s.Lasts(a.config.visitLife()):
		l.Code = wire.ListExpired
	case s.Fault != nil:
		l.Code = wire.ListRefused
	case s.Ending():
		l.Code = wire.ListExpiring
	}
	return l
}

// trustList reads the trust list that a session worker is told, under its
// pinned root (PKIX).
func trustList(b, root []byte) (*trust.List, error) {
	key, err := trustKey(root)
	if err != nil {
		return nil, err
	}
	return trust.Parse(b, key, time.Now(), 0)
}

func trustKey(pkix []byte) (*ecdsa.PublicKey, error) {
	pub, err := x509.ParsePKIXPublicKey(pkix)
	if err != nil {
		return nil, err
	}
	key, ok := pub.(*ecdsa.PublicKey)
	if !ok {
		return nil, errors.New("the root is not an ECDSA key")
	}
	return key, nil
}
