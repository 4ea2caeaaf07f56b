package centre

import (
	"context"
	"fmt"
	"time"

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

// DefaultMaxServing bounds the releases that one launcher gives out at once:
// all kiosks want a new one within a beat, and requests go before it. Who finds
// no place asks again at the next beat.
const DefaultMaxServing = 16

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

// wanted gives a kiosk the release in force. It is public: whoever walks past a
// kiosk reads it.
func (l *Launcher) wanted(_ context.Context, c call) (any, error) {
	if _, err := wire.Decode[wire.ReleaseWanted](c.Body, channel.DefaultMaxUp); err != nil {
		return nil, err
	}
	select {
	case l.serving <- struct{}{}:
	default:
		return nil, busy()
	}
	defer func() { <-l.serving }()
	if _, err := l.inForce(); err != nil {
		return nil, err
	}
	return wire.Released{File: l.release.Look().Bytes}, nil
}

// giveRelease passes a kiosk's want on.
func (g *Gateway) giveRelease(ctx context.Context, p channel.Peer, body []byte) (any, error) {
	if _, err := wire.Decode[wire.ReleaseWanted](body, channel.DefaultMaxUp); err != nil {
		return nil, err
	}
	return g.ask(ctx, subjectRelease, p, body, DefaultGive)
}

// DefaultGive is how long a gateway waits for a release: it is the largest
// thing on the bus, and a few of them are under way at once.
const DefaultGive = 10 * time.Second
