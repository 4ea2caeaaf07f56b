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

// begin opens a session with the allowance of grant.
func (l *ledger) begin(id [16]byte, grant map[Purpose]int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.open[id] != nil:
		return l.refuse(SessionExists)
	case len(l.open) >= l.lim.MaxSessions:
		return l.refuse(TooManySessions)
	}
	l.open[id] = &allowance{maps.Clone(grant), l.lim.Now().Add(l.lim.MaxLife)}
	l.counts.Sessions++
	return nil
}

// end forgets a session.
func (l *ledger) end(id [16]byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, id)
}

// take takes one signature out of a session's allowance, or says why not. What
// was taken is spent, whatever becomes of the signature.
func (l *ledger) take(id [16]byte, p Purpose) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	a, now := l.open[id], l.lim.Now()
	if a == nil {
		return l.refuse(UnknownSession)
	}
	left, granted := a.left[p]
	switch {
	case !now.Before(a.ends):
		return l.refuse(Expired)
	case !granted:
		return l.refuse(PurposeDenied)
	case left <= 0:
		return l.refuse(Spent)
	case !l.inRate(now):
		return l.refuse(RateCap)
	}
	a.left[p]--
	l.inIt++
	l.counts.Signed[p]++
	return nil
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
