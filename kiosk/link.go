package kiosk

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"sync"
	"time"

	"akashi/centre/channel"
	"akashi/centre/wire"
	"akashi/kiosk/watch"
)

// Times of the line to the centre.
const (
	DefaultBeat = 10 * time.Second       // between signs of life; three missed ones make a kiosk stale
	DefaultDial = 10 * time.Second       // one attempt to connect
	firstRedial = 300 * time.Millisecond // doubled up to lastRedial
	lastRedial  = 15 * time.Second
	beatWithin  = 10 * time.Second
	// DefaultApart is the least time between two beats: a device that comes and
	// goes all the time cannot make more of them.
	DefaultApart = 2 * time.Second
)

// link is the agent's line to the centre: it reconnects by itself, and until
// it has every ask is wire.LineDown.
type link struct {
	config channel.ClientConfig
	beat   time.Duration
	faults func() []wire.Code // device faults and alarms that the centre should see
	// announced is told which screen release a beat has named, and fetches it.
	announced func(ctx context.Context, c *channel.Conn, version int)
	report    func() *wire.Report
	change    <-chan struct{} // a device is not as the last beat said
	clock     watch.Clock

	mu      sync.Mutex
	conn    *channel.Conn
	enabled bool
	release int           // version that the last beat has named
	up      chan struct{} // closed while connected
}

func newLink(c Config, f files, now func() time.Time) *link {
	return &link{config: clientConfig(c, f.root, f.certificate, now), beat: c.Seconds.beat(), up: make(chan struct{})}
}

// beat is the time between two beats.
func (s Seconds) beat() time.Duration {
	if s.Beat <= 0 {
		return DefaultBeat
	}
	return time.Duration(s.Beat) * time.Second
}

func clientConfig(c Config, root *x509.CertPool, cert tls.Certificate, now func() time.Time) channel.ClientConfig {
	return channel.ClientConfig{Address: c.Centre, ServerName: c.ServerName, Root: root, Certificate: cert, Now: now}
}

// run keeps the line until ctx ends.
func (l *link) run(ctx context.Context) {
	wait := firstRedial
	for ctx.Err() == nil {
		c, err := l.dial(ctx)
		if err != nil {
			sleep(ctx, wait)
			wait = min(2*wait, lastRedial)
			continue
		}
		wait = firstRedial
		l.keep(ctx, c)
	}
}

func (l *link) dial(ctx context.Context) (*channel.Conn, error) {
	ctx, stop := context.WithTimeout(ctx, DefaultDial)
	defer stop()
	return channel.Dial(ctx, l.config)
}

// keep beats on one connection until it ends.
func (l *link) keep(ctx context.Context, c *channel.Conn) {
	defer c.Close()
	defer l.set(nil)
	if !l.beatOnce(ctx, c) {
		return
	}
	l.set(c)
	l.catchUp(ctx, c)
	tick := time.NewTicker(l.beat)
	defer tick.Stop()
	for l.due(ctx, c, tick.C) {
		if !l.beatOnce(ctx, c) {
			return
		}
		l.catchUp(ctx, c)
	}
}

// due waits for the next beat, or for a change that goes before it; false when
// the connection is over.
func (l *link) due(ctx context.Context, c *channel.Conn, tick <-chan time.Time) bool {
	apart := time.NewTimer(min(l.beat, DefaultApart))
	defer apart.Stop()
	var change <-chan struct{} // none until the last beat is long enough ago
	for {
		select {
		case <-ctx.Done():
			return false
		case <-c.Done():
			return false
		case <-apart.C:
			change = l.change
		case <-change:
			return true
		case <-tick:
			return true
		}
	}
}

// beatOnce says that this kiosk lives and hears what it may do. With a clock
// that is off nothing can be held against time, so it serves nobody.
func (l *link) beatOnce(ctx context.Context, c *channel.Conn) bool {
	ctx, stop := context.WithTimeout(ctx, beatWithin)
	defer stop()
	beat := wire.Beat{Codes: l.faults(), Report: l.report()}
	sent := l.config.Now()
	f, err := c.Ask(ctx, wire.TypeBeat, beat)
	received := l.config.Now()
	var refused *channel.Refused
	if errors.As(err, &refused) {
		l.allow(false)
		return true
	}
	if err != nil || f.Type != wire.TypeBeaten {
		return false
	}
	b, err := wire.Decode[wire.Beaten](f.Body, wire.DefaultMaxFrame)
	if err != nil {
		return false
	}
	apart := l.clock.Learn(sent, received, time.UnixMilli(b.Now), time.Duration(b.Held)*time.Millisecond)
	l.allow(b.Enabled && apart <= channel.DefaultSkew)
	l.mu.Lock()
	l.release = b.Release
	l.mu.Unlock()
	return true
}

// catchUp fetches the screen release that the last beat has named, if it is
// new. The beats wait for it: a kiosk without the centre's release has nothing
// to say that would not be the same again.
func (l *link) catchUp(ctx context.Context, c *channel.Conn) {
	l.mu.Lock()
	version := l.release
	l.mu.Unlock()
	if l.announced != nil {
		l.announced(ctx, c, version)
	}
}

func (l *link) allow(yes bool) { l.mu.Lock(); l.enabled = yes; l.mu.Unlock() }

func (l *link) set(c *channel.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case c != nil && l.conn == nil:
		close(l.up)
	case c == nil && l.conn != nil:
		l.up = make(chan struct{})
	}
	l.conn = c
}

// state tells whether a session may begin: OK, LineDown or KioskDisabled.
func (l *link) state() wire.Code {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.conn == nil:
		return wire.LineDown
	case !l.enabled:
		return wire.KioskDisabled
	}
	return wire.OK
}

// connected gives a channel that is closed while the line is up.
func (l *link) connected() <-chan struct{} { l.mu.Lock(); defer l.mu.Unlock(); return l.up }

// ask carries one ask over the present connection; it is never repeated here.
func (l *link) ask(ctx context.Context, t wire.Type, body any) (wire.Frame, error) {
	l.mu.Lock()
	c := l.conn
	l.mu.Unlock()
	if c == nil {
		return wire.Frame{}, wire.LineDown
	}
	return c.Ask(ctx, t, body)
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
