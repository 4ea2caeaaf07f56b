package centre

import (
	"crypto/ecdsa"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"akashi/centre/audit"
	"akashi/centre/fleet"
	"akashi/centre/wire"
	"akashi/verifier/trust/keep"
)

// trustSuffix is that of the file beside the audit that remembers the newest
// trust list: a newer one is taken while the launcher runs, an older one never.
const trustSuffix = ".trust"

// openTrust reads the trust list. One that has expired does not keep the
// launcher from starting: it says so, in the audit too, and issues nothing.
func openTrust(c LauncherConfig) (*keep.Keeper, error) {
	pub, err := x509.ParsePKIXPublicKey(c.Setup.TrustRoot)
	root, ok := pub.(*ecdsa.PublicKey)
	if err != nil || !ok {
		return nil, errors.New("centre: launcher.trust_root: want a P-256 public key in PEM")
	}
	k, err := keep.Open(c.Trust, c.Audit+trustSuffix, root, c.Now)
	if err != nil {
		return nil, fmt.Errorf("centre: launcher.trust: %w", err)
	}
	return k, nil
}

// listed gives the trust list's file, or fails with CentreListExpired when the
// list ends before what begins now can be over. What happens to the list is in
// the audit first.
func (l *Launcher) listed(within time.Duration) ([]byte, error) {
	s := l.trust.Look()
	if err := l.auditList(list(l.c.Node, s)); err != nil {
		return nil, err
	}
	if !s.Lasts(within) {
		return nil, wire.CentreListExpired
	}
	return s.Bytes, nil
}

// auditList writes how the list stands when it has changed; once there is
// something to be done about it, each day is a change.
func (l *Launcher) auditList(now audit.List) error {
	l.mu.Lock()
	last := l.lastList
	l.lastList = now
	l.mu.Unlock()
	if now.Code == wire.OK {
		last.Days = now.Days
	}
	if last == now {
		return nil
	}
	err := l.record(audit.Event{List: &now})
	if err != nil {
		l.mu.Lock()
		l.lastList = audit.List{}
		l.mu.Unlock()
	}
	return err
}

// list is what is told of a trust list, the worst first. Sessions and requests
// begin only under a list that outlasts them, so one is over that long before
// its date.
func list(node fleet.ID, s keep.Status) audit.List {
	l := audit.List{Node: node, Version: uint32(s.List.Version), Days: uint16(min(s.Days(), 1<<16-1))}
	switch {
	case !s.Lasts(DefaultNonceLife):
		l.Code = wire.CentreListExpired
	case s.Fault != nil:
		l.Code = wire.ListRefused
	case s.Ending():
		l.Code = wire.ListExpiring
	}
	return l
}
