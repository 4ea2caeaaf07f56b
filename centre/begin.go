package centre

import (
	"context"
	"io"
	"time"

	"akashi/centre/audit"
	"akashi/centre/channel"
	"akashi/centre/fleet"
	"akashi/centre/issue"
	"akashi/centre/wire"
)

// seat is what names a request: one nonce, one counter.
type seat struct {
	nonce   [32]byte
	counter uint8
}

// open gives a kiosk a session nonce.
func (l *Launcher) open(ctx context.Context, c call) (any, error) {
	o, err := wire.Decode[wire.Open](c.Body, channel.DefaultMaxUp)
	if err != nil {
		return nil, err
	}
	kiosk, ok := fleet.DigestOf(c.Kiosk)
	if !ok {
		return nil, wire.Malformed
	}
	screen, err := l.inForce()
	if err != nil {
		return nil, err
	}
	k, err := l.c.Fleet.AdmitOpen(kiosk, o.Terms, screen, l.c.Now())
	if err != nil {
		return nil, err
	}
	if err := l.mayIssue(k.ID); err != nil {
		return nil, err
	}
	if _, err := l.listed(DefaultNonceLife); err != nil {
		return nil, err
	}
	nonce := make([]byte, 32)
	if _, err := io.ReadFull(l.c.Rand, nonce); err != nil {
		return nil, wire.Internal
	}
	now := l.c.Now()
	if err := l.sessions.add(ctx, session{Nonce: nonce, Kiosk: c.Kiosk, Terms: o.Terms, Began: now.Unix()}); err != nil {
		return nil, busy() // full, or not answering: the kiosk may try again with a new nonce
	}
	return wire.Opened{Nonce: nonce, Expires: now.Add(DefaultNonceLife).Unix(), Now: now.Unix()}, nil
}

// mayIssue fails while the audit is down or something is stopped.
func (l *Launcher) mayIssue(kiosk fleet.ID) error {
	if l.log.Down() {
		return wire.AuditDown
	}
	return l.stops.now().Check(kiosk, l.c.Node)
}

// admitted is a request that may have a worker.
type admitted struct {
	header  wire.Header
	session session
	seat    seat
	kiosk   fleet.Digest
	request audit.Request
	phone   string
	trust   []byte // list's file
	since   time.Time
}

// begin admits a request, uses up its nonce and counter, and starts its
// worker.
func (l *Launcher) begin(ctx context.Context, c call) (any, error) {
	since := time.Now() // durations are of the monotonic clock
	h, err := wire.Decode[wire.Header](c.Body, channel.DefaultMaxUp)
	if err != nil {
		return nil, err
	}
	a, err := l.admit(ctx, h, c)
	if err != nil {
		return nil, err
	}
	a.since = since
	free, err := l.reserve(a.kiosk)
	if err != nil {
		return nil, err
	}
	if err := l.sessions.begun(ctx, a.session); err != nil {
		free()
		return nil, err
	}
	if err := l.sessions.use(ctx, h.Nonce, h.Counter, l.c.Node); err != nil {
		free()
		return nil, err
	}
	if err := l.record(audit.Event{Admitted: &audit.Admitted{Request: a.request}}); err != nil {
		free()
		return nil, err
	}
	attested, err := l.seat(ctx, a, free)
	if err != nil {
		return nil, l.ended(a, issue.Event{Code: codeOf(err), At: issue.Admit}, err)
	}
	return attested, nil
}

// admit holds a cleartext header against the stops, its session and the fleet.
func (l *Launcher) admit(ctx context.Context, h wire.Header, c call) (admitted, error) {
	kiosk, ok := fleet.DigestOf(c.Kiosk)
	if !ok || len(h.Nonce) != 32 || h.Counter < 1 {
		return admitted{}, wire.Malformed
	}
	if h.Version != wire.Version {
		return admitted{}, wire.WrongVersion
	}
	k, known := l.c.Fleet.Kiosk(kiosk)
	if !known {
		return admitted{}, wire.KioskDisabled
	}
	if err := l.mayIssue(k.ID); err != nil {
		return admitted{}, err
	}
	s, err := l.sessions.find(ctx, c.Kiosk, h.Nonce)
	if err != nil {
		return admitted{}, err
	}
	began := time.Unix(s.Began, 0)
	if owner, ok := fleet.DigestOf(s.Kiosk); !ok || owner != kiosk || l.c.Now().Sub(began) >= DefaultNonceLife {
		return admitted{}, wire.NonceUnknown
	}
	if s.Terms != h.Terms {
		return admitted{}, wire.HeaderMismatch
	}
	screen, err := l.inForce()
	if err != nil {
		return admitted{}, err
	}
	m, err := l.c.Fleet.Admit(h, kiosk, screen, began)
	if err != nil {
		return admitted{}, err
	}
	trust, err := l.listed(l.c.Worker.Life)
	if err != nil {
		return admitted{}, err
	}
	return admitted{
		trust:  trust,
		header: h, session: s, seat: seat{[32]byte(h.Nonce), h.Counter}, kiosk: kiosk, phone: m.Phone,
		request: audit.Request{
			Node: l.c.Node, Kiosk: k.ID, Counter: h.Counter,
			Municipality: audit.MunicipalityOf(h.Municipality), Kind: h.Kind,
		},
	}, nil
}

// reserve takes a worker's slot: Busy when all are taken, or this kiosk has
// its share.
func (l *Launcher) reserve(k fleet.Digest) (free func(), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.byKiosk[k] >= DefaultPerKiosk {
		return nil, busy()
	}
	select {
	case l.workers <- struct{}{}:
	default:
		return nil, busy()
	}
	l.byKiosk[k]++
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		<-l.workers
		if l.byKiosk[k]--; l.byKiosk[k] == 0 {
			delete(l.byKiosk, k)
		}
	}, nil
}
