package centre

import (
	"context"
	"fmt"

	"akashi/centre/audit"
	"akashi/centre/channel"
	"akashi/centre/fleet"
	"akashi/centre/wire"
	"akashi/centre/wire/release"
	"akashi/centre/wire/release/keep"
)

// releaseSuffix is that of the file beside the audit that keeps the newest
// screen release: a newer one is taken while the launcher runs, an older one
// never.
const releaseSuffix = ".release"

// openRelease reads the screen release. A launcher does not start on one that
// is not in order; on one that is over or not in force yet it does, and says so
// in the audit and issues nothing.
func openRelease(c LauncherConfig) (*keep.Keeper, error) {
	k, err := keep.Open(keep.Config{File: c.Audit + releaseSuffix, Source: c.Release, Root: c.Bus.Root, Now: c.Now})
	if err != nil {
		return nil, fmt.Errorf("centre: release: %w", err)
	}
	return k, nil
}

// inForce gives the screen release that decides now, or fails with
// CentreRelease. What happens to the release is in the audit first.
func (l *Launcher) inForce() (*release.Release, error) {
	s := l.release.Look()
	if err := l.auditRelease(released(l.c.Node, s)); err != nil {
		return nil, err
	}
	if !s.Lasts(0) {
		return nil, wire.CentreRelease
	}
	return s.Release, nil
}

// auditRelease writes how the release stands when that has changed, as
// auditList does.
func (l *Launcher) auditRelease(now audit.List) error {
	l.mu.Lock()
	last := l.lastRelease
	l.lastRelease = now
	l.mu.Unlock()
	if now.Code == wire.OK {
		last.Days = now.Days
	}
	if last == now {
		return nil
	}
	err := l.record(audit.Event{Release: &now})
	if err != nil {
		l.mu.Lock()
		l.lastRelease = audit.List{}
		l.mu.Unlock()
	}
	return err
}

// released is what is told of a release, the worst first.
func released(node fleet.ID, s keep.Status) audit.List {
	a := audit.List{Node: node, Version: uint32(s.Version()), Days: uint16(min(s.Days(), 1<<16-1))}
	switch {
	case !s.Lasts(0):
		a.Code = wire.CentreRelease
	case s.Fault != nil:
		a.Code = wire.ReleaseRefused
	case s.Ending():
		a.Code = wire.ReleaseExpiring
	}
	return a
}

// announced is what a launcher answers a beat with.
type announced struct {
	Release int `json:"release"` // version in force; 0: none
}

func (l *Launcher) announce() announced {
	r, err := l.inForce()
	if err != nil {
		return announced{}
	}
	return announced{r.Version}
}

// wanted gives a gateway the release in force, if it is as new as the one wanted:
// a launcher that does not have it yet must not answer with an older one. It is
// public: whoever walks past a kiosk reads it.
func (l *Launcher) wanted(_ context.Context, c call) (any, error) {
	w, err := wire.Decode[wire.ReleaseWanted](c.Body, channel.DefaultMaxUp)
	if err != nil {
		return nil, err
	}
	r, err := l.inForce()
	if err != nil {
		return nil, err
	}
	if r.Version < w.Version {
		return nil, busy()
	}
	return wire.Released{File: l.release.Look().Bytes}, nil
}
