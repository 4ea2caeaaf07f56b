package keys

import (
	"maps"
	"sync"
	"time"
)

// Counts is what the key process has done since it started; the audit asks
// for it.
type Counts struct {
	Signed   map[Purpose]uint64 `json:"signed"`
	Refused  uint64             `json:"refused"`
	Sessions uint64             `json:"sessions"` // opened
	Open     int                `json:"open"`     // open now
}

// allowance is what one session may still have.
type allowance struct {
	left map[Purpose]int
	ends time.Time
	keys *Custody // that the session began with
}

// ledger keeps every session's allowance, the rate over all, and the counts.
type ledger struct {
	lim Limits

	mu     sync.Mutex
	open   map[[16]byte]*allowance
	minute time.Time // start of the rate's present minute
	inIt   int       // signatures in that minute
	counts Counts
}

func newLedger(lim Limits) *ledger {
	return &ledger{lim: lim, open: map[[16]byte]*allowance{}, counts: Counts{Signed: map[Purpose]uint64{}}}
}

// begin opens a session with the allowance of grant, on keys.
func (l *ledger) begin(id [16]byte, grant map[Purpose]int, keys *Custody) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.open[id] != nil:
		return l.refuse(SessionExists)
	case len(l.open) >= l.lim.MaxSessions:
		return l.refuse(TooManySessions)
	}
	l.open[id] = &allowance{maps.Clone(grant), l.lim.Now().Add(l.lim.MaxLife), keys}
	l.counts.Sessions++
	return nil
}

// end forgets a session.
func (l *ledger) end(id [16]byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, id)
}

// custody gives the keys that a session began with; nil: there is no such
// session.
func (l *ledger) custody(id [16]byte) *Custody {
	l.mu.Lock()
	defer l.mu.Unlock()
	if a := l.open[id]; a != nil {
		return a.keys
	}
	return nil
}

// take takes one signature out of a session's allowance, or says why not, and
// gives the session's keys. What was taken is spent, whatever becomes of the
// signature.
func (l *ledger) take(id [16]byte, p Purpose) (*Custody, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a, now := l.open[id], l.lim.Now()
	if a == nil {
		return nil, l.refuse(UnknownSession)
	}
	left, granted := a.left[p]
	switch {
	case !now.Before(a.ends):
		return nil, l.refuse(Expired)
	case !granted:
		return nil, l.refuse(PurposeDenied)
	case left <= 0:
		return nil, l.refuse(Spent)
	case !l.inRate(now):
		return nil, l.refuse(RateCap)
	}
	a.left[p]--
	l.inIt++
	l.counts.Signed[p]++
	return a.keys, nil
}

// inRate starts a new minute where one is due. A clock that was set back
// starts one too, so that it cannot stop all issuing.
func (l *ledger) inRate(now time.Time) bool {
	if d := now.Sub(l.minute); d < 0 || d >= time.Minute {
		l.minute, l.inIt = now, 0
	}
	return l.inIt < l.lim.Rate
}

// refuse counts a refusal; the lock is held.
func (l *ledger) refuse(r Refusal) error {
	l.counts.Refused++
	return r
}

// refused counts a refusal that was made elsewhere.
func (l *ledger) refused() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts.Refused++
}

func (l *ledger) snapshot() Counts {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.counts
	c.Signed, c.Open = maps.Clone(c.Signed), len(l.open)
	return c
}
