package kiosk

import (
	"context"
	"crypto/x509"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"akashi/centre/channel"
	"akashi/centre/wire"
	"akashi/centre/wire/release"
	"akashi/centre/wire/release/keep"
	"akashi/kiosk/screen"
)

// releaseFile keeps, in the state folder, the newest screen release: the kiosk
// has it again after a restart without the centre, and never takes an older one.
const releaseFile = "release"

// Times of the screen release.
const (
	// DefaultFetch bounds one fetch: 1 MiB over a slow line.
	DefaultFetch = 20 * time.Second
	// DefaultRefetch is how long a release that was refused is not fetched again:
	// it will not have become better, but a clock may have been set.
	DefaultRefetch = 5 * time.Minute
)

// ScreenRelease is how this kiosk's screen release stands, for whoever looks
// after it.
type ScreenRelease struct {
	Version int       `json:"version"`           // 0: there has been none
	Days    int       `json:"days"`              // whole ones left
	Code    wire.Code `json:"code"`              // OK, or the worst of ReleaseOut, ReleaseRefused, ReleaseExpiring
	Refused string    `json:"refused,omitempty"` // the rule that a newer one breaks; the one in use stays
}

// releases is the agent's screen release: fetched when a beat names a newer one,
// verified under the pinned centre root, held against this kiosk's own screen.
type releases struct {
	keeper *keep.Keeper
	life   time.Duration // that a session may take

	mu      sync.Mutex
	edition *screen.Edition // of the release held
	refused int             // version that was fetched and refused
	tried   time.Time
	now     func() time.Time
}

// openReleases recalls the screen release. A kiosk without one starts and waits
// for the centre's: its state says so.
func openReleases(c Config, root *x509.CertPool, now func() time.Time) (*releases, error) {
	k, err := keep.Open(keep.Config{File: filepath.Join(c.State, releaseFile), Root: root, Now: now, Hold: screen.Hold})
	if err != nil {
		return nil, fmt.Errorf("%w: screen release: %w", ErrConfig, err)
	}
	return &releases{keeper: k, life: c.visitLife(), now: now}, nil
}

// announced fetches the release that a beat has named, if it is newer. One that
// is older than the one held is refused unseen.
func (r *releases) announced(ctx context.Context, c *channel.Conn, version int) {
	held := r.keeper.Look().Version()
	switch {
	case version == 0:
		return
	case version == held:
		r.keeper.Refuse(nil)
		return
	case version < held:
		r.keeper.Refuse(release.ErrRollback)
		return
	}
	r.mu.Lock()
	again := version != r.refused || r.now().Sub(r.tried).Abs() >= DefaultRefetch
	r.mu.Unlock()
	if !again {
		return
	}
	ctx, stop := context.WithTimeout(ctx, DefaultFetch)
	defer stop()
	f, err := c.Ask(ctx, wire.TypeRelease, wire.ReleaseWanted{Version: version})
	if err != nil {
		return // Busy, or the line: at the next beat
	}
	got, err := wire.Decode[wire.Released](f.Body, wire.DefaultMaxFrame)
	if err != nil {
		r.keeper.Refuse(release.ErrMalformed)
	} else {
		err = r.keeper.Take(got.File)
	}
	if err != nil {
		r.mu.Lock()
		r.refused, r.tried = version, r.now()
		r.mu.Unlock()
	}
}

// use gives the release in force with what the screen says under it, for a
// session or a look at the page; nil while there is none that outlasts a
// session.
func (r *releases) use() (*screen.Edition, []byte) {
	s := r.keeper.Look()
	if !s.Lasts(r.life) {
		return nil, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.edition == nil || r.edition.Release() != s.Release {
		e, err := screen.NewEdition(s.Release)
		if err != nil {
			return nil, nil // the keeper has held it already
		}
		r.edition = e
	}
	return r.edition, s.Bytes
}

// stands tells how the release stands.
func (r *releases) stands() ScreenRelease {
	s := r.keeper.Look()
	out := ScreenRelease{Version: s.Version(), Days: s.Days(), Refused: s.Refused()}
	switch {
	case !s.Lasts(r.life):
		out.Code = wire.ReleaseOut
	case s.Fault != nil:
		out.Code = wire.ReleaseRefused
	case s.Ending():
		out.Code = wire.ReleaseExpiring
	}
	return out
}

// serves tells whether a session may begin by the release: OK, ReleaseOut, or
// that nobody can be asked now.
func (r *releases) serves() wire.Code {
	e, _ := r.use()
	if e == nil {
		return wire.ReleaseOut
	}
	code, _ := e.Release().Serves(r.now())
	return code
}

// place gives a municipality's names, for receipts: also of a release that is
// over.
func (r *releases) place(code string) (ja, en string) {
	if s := r.keeper.Look().Release; s != nil {
		if m := s.Find(code); m != nil {
			return m.NameJA, m.NameEN
		}
	}
	return code, code
}

// edition reads the release that a session worker is told, under the pinned
// root, and what the screen says under it.
func edition(b []byte, root *x509.CertPool) (*screen.Edition, error) {
	r, err := release.Parse(b, root, time.Now(), 0)
	if err != nil {
		return nil, err
	}
	return screen.NewEdition(r)
}
