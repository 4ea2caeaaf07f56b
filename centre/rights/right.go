package rights

import (
	"fmt"
	"time"

	"akashi/centre/audit"
	"akashi/centre/fleet"
	"akashi/centre/wire"
	"akashi/centre/wire/release"
)

// state is where one right stands.
type state uint8

const (
	whole     state = iota
	redeemed        // used up for paper
	refunded        // used up for its money
	withdrawn       // nothing had been charged
)

// right is one reprint right.
type right struct {
	bill    wire.Bill
	expires int64 // Unix seconds
	payment ID    // that it was given for
	state   state
	by      ID // the payment that used it up
	closed  map[ID]bool
}

// DefaultMaxClosed bounds how many payments one right remembers as closed. So
// many redemptions that printed nothing have no honest reason.
const DefaultMaxClosed = 64

// may decides what an ask changes: 0 when it was done before.
func (v *right) may(r wire.Right, now int64) (audit.RightChange, error) {
	id := ID(r.Payment)
	switch r.Do {
	case wire.RightRestore:
		return v.mayRestore(id)
	case wire.RightWithdraw:
		switch {
		case v.payment != id:
			return 0, wire.RightUnknown
		case v.state == redeemed || v.state == refunded:
			return 0, wire.RightUsed
		case v.state == withdrawn:
			return 0, nil
		}
		return audit.RightWithdrawn, nil
	}
	want, change := redeemed, audit.RightRedeemed
	if r.Do == wire.RightRefund {
		want, change = refunded, audit.RightRefunded
	}
	switch {
	case v.state == want && v.by == id: // the answer was not heard
		return 0, nil
	case v.state == withdrawn:
		return 0, wire.RightVoid
	case v.state != whole || v.closed[id] || len(v.closed) >= DefaultMaxClosed:
		return 0, wire.RightUsed
	case now >= v.expires:
		return 0, wire.RightExpired
	case want == redeemed && !v.covers(*r.Bill):
		return 0, wire.RightMismatch
	}
	return change, nil
}

// mayRestore takes a redemption or a refund back. One that has not come yet
// never will.
func (v *right) mayRestore(id ID) (audit.RightChange, error) {
	if (v.state == redeemed || v.state == refunded) && v.by == id {
		return audit.RightRestored, nil
	}
	v.close(id)
	return 0, nil
}

func (v *right) close(id ID) {
	if v.closed == nil {
		v.closed = map[ID]bool{}
	}
	if len(v.closed) < DefaultMaxClosed {
		v.closed[id] = true
	}
}

// covers compares all but the amount: what was paid once is paid, whatever the
// fee is by now.
func (v *right) covers(b wire.Bill) bool {
	b.Amount = v.bill.Amount
	return b == v.bill
}

// become makes a change that is on disk.
func (v *right) become(c audit.RightChange, p ID) {
	switch c {
	case audit.RightIssued:
		v.payment = p
	case audit.RightRedeemed:
		v.state, v.by = redeemed, p
	case audit.RightRefunded:
		v.state, v.by = refunded, p
	case audit.RightRestored:
		v.state = whole
		v.close(p)
	case audit.RightWithdrawn:
		v.state = withdrawn
	}
}

func billOf(e *audit.Right) wire.Bill {
	return wire.Bill{Amount: int(e.Amount), Municipality: fmt.Sprintf("%06d", e.Municipality), Kind: e.Kind, Copies: int(e.Copies)}
}

// endOfDay gives the last second of t's day in Japan.
func endOfDay(t time.Time) int64 {
	y, m, d := t.In(release.Japan).Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, release.Japan).Unix() - 1
}

// count is of what one kiosk did since a time.
type count struct {
	since time.Time
	n     int
}

// of gives a kiosk's count, a new one when the last is over.
func of(all map[fleet.ID]*count, kiosk fleet.ID, now time.Time, in time.Duration) *count {
	c := all[kiosk]
	if c == nil || now.Sub(c.since) >= in {
		c = &count{since: now}
		all[kiosk] = c
	}
	return c
}

// try takes one of the kiosk's tries; done gives it back when the number was a
// right's. So many tries at once are no way around the bound.
func (b *Book) try(kiosk fleet.ID) (done func(right bool), err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	w := of(b.wrong, kiosk, b.c.Now(), DefaultWrongIn)
	if w.n >= DefaultWrong {
		return nil, wire.RightsTooMany
	}
	w.n++
	return func(right bool) {
		b.mu.Lock()
		defer b.mu.Unlock()
		if right {
			w.n--
		}
	}, nil
}
