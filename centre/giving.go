package centre

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"akashi/centre/channel"
	"akashi/centre/wire"
)

// A new screen release is wanted by every kiosk within a beat. It must not get
// in the way of residents: a gateway asks a launcher for it once and keeps it,
// and gives it out a few at a time.
const (
	// DefaultMaxGiving bounds the releases of one gateway that are on their way
	// to kiosks, until they have left: at 1.4 MiB each, and each for as long as a
	// slow line takes. Who finds no place asks again at its next beat.
	DefaultMaxGiving = 16
	// DefaultRegive is how long a kiosk is not given the same release again: it
	// keeps what it gets, and one whose line broke loses a minute.
	DefaultRegive = time.Minute
	// DefaultGive is how long a gateway waits for a release from a launcher: it
	// is the largest thing on the bus.
	DefaultGive = 10 * time.Second
)

// giving is the release that one gateway gives out, as it goes onto the line.
type giving struct {
	places chan struct{}

	fetch   sync.Mutex // one at a time: the others find it there; guards what follows
	version int        // that was wanted when it was fetched; it may be newer
	body    json.RawMessage

	mu    sync.Mutex
	given map[[32]byte]given // by kiosk; not more than the fleet has
}

// given is what a kiosk has been given last.
type given struct {
	version int
	at      time.Time
	now     bool // it has a place
}

func newGiving() giving {
	return giving{places: make(chan struct{}, DefaultMaxGiving), given: map[[32]byte]given{}}
}

// giveRelease gives a kiosk the release that it wants, or one that is newer. It
// is Busy while there is no place, and for whom it has just been given to.
func (g *Gateway) giveRelease(ctx context.Context, p channel.Peer, body []byte) (any, error) {
	w, err := wire.Decode[wire.ReleaseWanted](body, channel.DefaultMaxUp)
	if err != nil {
		return nil, err
	}
	if !g.giving.enter(p.Digest) {
		return nil, busy()
	}
	version, b, err := g.release(ctx, p, w, body)
	if err == nil && !g.giving.note(p.Digest, version, g.c.Now()) {
		err = &channel.Refused{Code: wire.Busy, RetryAfter: int(DefaultRegive.Seconds())}
	}
	if err != nil {
		g.giving.leave(p.Digest)
		return nil, err
	}
	return channel.Held{Body: b, Sent: func() { g.giving.leave(p.Digest) }}, nil
}

// release gives the one held, fetched first if a newer one is wanted.
func (g *Gateway) release(ctx context.Context, p channel.Peer, w wire.ReleaseWanted, body []byte) (int, json.RawMessage, error) {
	r := &g.giving
	r.fetch.Lock()
	defer r.fetch.Unlock()
	if w.Version > r.version {
		b, err := g.answerOf(ctx, subjectRelease, p, body, DefaultGive)
		if err != nil {
			return 0, nil, err
		}
		r.version, r.body = w.Version, b
	}
	return r.version, r.body, nil
}

// enter takes a place, one a kiosk.
func (r *giving) enter(kiosk [32]byte) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := r.given[kiosk]
	if k.now {
		return false
	}
	select {
	case r.places <- struct{}{}:
	default:
		return false
	}
	k.now = true
	r.given[kiosk] = k
	return true
}

func (r *giving) leave(kiosk [32]byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := r.given[kiosk]
	k.now = false
	r.given[kiosk] = k
	<-r.places
}

// note reports whether a kiosk may be given this version now.
func (r *giving) note(kiosk [32]byte, version int, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := r.given[kiosk]
	if k.version == version && now.Sub(k.at).Abs() < DefaultRegive {
		return false
	}
	k.version, k.at = version, now
	r.given[kiosk] = k
	return true
}
