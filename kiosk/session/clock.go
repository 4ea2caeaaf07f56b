package session

import (
	"sync/atomic"
	"time"

	"akashi/centre/wire"
)

// How many times Limits.Session a session may take beside the time of its
// nonce, which alone cannot be prolonged: the card has signed it and is gone.
const (
	beforeNonce = 10 // nothing is read yet: ten stays at each screen fit into it
	afterAnswer = 2  // a certificate is there and needs no nonce: ten stays at the preview; VRS keeps its ID for longer
)

// Longest is the longest that a session of these limits can take.
func (l Limits) Longest() time.Duration {
	s := Setup{Limits: l}
	s.fill()
	return s.Limits.Session*(beforeNonce+1+afterAnswer+1) + s.Limits.Print + s.Limits.End
}

// clock ends a session whose time is over, with the code of that time.
type clock struct {
	timer *time.Timer
	code  atomic.Uint32 // a wire.Code
}

func newClock(d time.Duration, end func(error)) *clock {
	c := &clock{}
	c.code.Store(uint32(wire.TimedOut))
	c.timer = time.AfterFunc(d, func() { end(wire.Code(c.code.Load())) })
	return c
}

// bound gives the session so much time from now on, and the code to end with.
func (r *run) bound(d time.Duration, code wire.Code) {
	r.due = r.setup.Now().Add(d)
	r.clock.code.Store(uint32(code))
	r.clock.timer.Reset(d)
}

// left is what remains of the time that cannot be prolonged, in milliseconds;
// 0: it is not running.
func (r *run) left() int {
	if r.nonce == nil {
		return 0
	}
	return int(max(r.due.Sub(r.setup.Now()).Milliseconds(), 1))
}

// rest bounds what follows a request by what is left of the nonce's time, and
// reports whether anything is.
func (r *run) rest() bool {
	d := r.until.Sub(r.setup.Now())
	if d > 0 {
		r.bound(d, wire.NonceUnknown)
	}
	return d > 0
}
