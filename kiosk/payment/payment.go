// Package payment is the payment unit's contract (authorise, then capture or
// release) and a simulated unit that counts what it charged.
//
// A payment carries an amount and nothing about whom or what it is for.
package payment

import (
	"context"
	"errors"
	"sync"
)

// DefaultMaxAmount bounds one authorisation, in yen: 8 requests of 10 copies
// at 1,000 yen, far above any municipality's fee.
const DefaultMaxAmount = 80_000

// The ways a unit says no. Each leaves nothing charged.
var (
	ErrRefused = errors.New("payment: the unit did not take the money; nothing was charged; pay another way or end")
	ErrAmount  = errors.New("payment: amount below 0 or above the bound; nothing was charged; correct the price list")
	ErrState   = errors.New("payment: not the next call; nothing was charged; authorise first, then capture or release once")
)

// State is where one payment stands.
type State uint8

// The states; Captured and Released are final.
const (
	Idle State = iota
	Authorised
	Captured
	Released
)

// Unit is a simulated coin and e-money unit. It is safe for several
// goroutines; each payment is one authorisation followed by one capture or
// one release.
type Unit struct {
	mu      sync.Mutex
	state   State
	held    int
	charged int
	refuse  bool
}

// NewUnit gives a unit that has charged nothing.
func NewUnit() *Unit { return &Unit{} }

// Refuse makes the unit refuse every authorisation from now on, or stop
// refusing.
func (u *Unit) Refuse(yes bool) { u.mu.Lock(); u.refuse = yes; u.mu.Unlock() }

// Authorise holds amount yen, which may be 0. Nothing is charged yet.
func (u *Unit) Authorise(ctx context.Context, amount int) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case amount < 0 || amount > DefaultMaxAmount:
		return ErrAmount
	case u.state == Authorised:
		return ErrState
	case u.refuse:
		return ErrRefused
	}
	u.state, u.held = Authorised, amount
	return nil
}

// Capture charges what was authorised.
func (u *Unit) Capture(context.Context) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.state != Authorised {
		return ErrState
	}
	u.charged += u.held
	u.state, u.held = Captured, 0
	return nil
}

// Release gives back what was authorised. Releasing where nothing is held is
// no error, so that every way out may call it.
func (u *Unit) Release(context.Context) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.state == Authorised {
		u.state, u.held = Released, 0
	}
	return nil
}

// Charged gives the sum of everything captured so far, in yen.
func (u *Unit) Charged() int { u.mu.Lock(); defer u.mu.Unlock(); return u.charged }

// Held gives what is authorised and neither captured nor released, in yen.
func (u *Unit) Held() int { u.mu.Lock(); defer u.mu.Unlock(); return u.held }
