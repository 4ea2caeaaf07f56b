package payunit

import (
	"context"
	"slices"
	"time"

	"akashi/kiosk/payment/unit"
)

// authorise waits until the payment is paid, refused, released or out of time.
// It is called with the lock held and lets go of it while it waits.
func (u *Unit) authorise(ctx context.Context, id string, a unit.Asked) unit.Fault {
	p := u.m.Payments[id]
	switch {
	case p != nil && p.State == unit.Authorised:
		return unit.NoFault
	case p != nil:
		return unit.WrongState
	case u.at != "":
		return unit.Busy
	}
	p = &Payment{State: unit.Waiting, Amount: a.Amount}
	u.m.Payments[id], u.at = p, id
	u.keep()
	if u.auto {
		u.insert(p, exact(a.Amount)...)
	}
	over := time.NewTimer(time.Duration(a.Wait) * time.Millisecond)
	defer over.Stop()
	for {
		if fault, done := u.paid(p); done {
			return fault
		}
		changed := u.changed
		u.mu.Unlock()
		var late bool
		select {
		case <-changed:
		case <-over.C:
			late = true
		case <-ctx.Done():
			late = true
		}
		u.mu.Lock()
		if late && p.State == unit.Waiting {
			u.giveBack(p)
			u.keep()
			return unit.TimedOut
		}
	}
}

// paid looks whether a waiting payment has what it needs.
func (u *Unit) paid(p *Payment) (unit.Fault, bool) {
	have := sum(p.Inserted)
	switch {
	case p.State == unit.Released:
		return unit.WrongState, true
	case p.State == unit.Authorised:
		return unit.NoFault, true
	case p.Card != "" && u.m.Cards[p.Card] < p.Amount:
		u.giveBack(p)
		u.keep()
		return unit.LowBalance, true
	case p.Card == "" && have < p.Amount:
		return 0, false
	case p.Card == "" && u.change(have-p.Amount) == nil:
		u.giveBack(p)
		u.keep()
		return unit.NoChange, true
	}
	p.State = unit.Authorised
	u.keep()
	return unit.NoFault, true
}

// capture charges once.
func (u *Unit) capture(id string) unit.Fault {
	p := u.m.Payments[id]
	switch {
	case p != nil && p.State == unit.Captured:
		return unit.NoFault
	case p == nil || p.State != unit.Authorised:
		return unit.WrongState
	}
	if p.Card != "" {
		u.m.Cards[p.Card] -= p.Amount
		u.m.In += p.Amount
	} else {
		back := u.change(sum(p.Inserted) - p.Amount)
		for _, c := range p.Inserted {
			u.m.Hopper[c]++
		}
		u.dispense(back)
		p.Inserted = nil
	}
	p.State, u.at = unit.Captured, ""
	u.m.Captured += p.Amount
	u.keep()
	return unit.NoFault
}

// release gives everything back; an id that was never heard of is closed.
func (u *Unit) release(id string) unit.Fault {
	p := u.m.Payments[id]
	switch {
	case p == nil:
		u.m.Payments[id] = &Payment{State: unit.Released}
	case p.State == unit.Captured || p.State == unit.PaidBack:
		return unit.WrongState
	case p.State != unit.Released:
		u.giveBack(p)
	}
	u.keep()
	return unit.NoFault
}

// payBack pays coins out, once for an id.
func (u *Unit) payBack(id string, amount int) unit.Fault {
	if p := u.m.Payments[id]; p != nil {
		if p.State == unit.PaidBack {
			return unit.NoFault
		}
		return unit.WrongState
	}
	coins := u.change(amount)
	if coins == nil {
		return unit.CannotPay
	}
	u.dispense(coins)
	u.m.Payments[id] = &Payment{State: unit.PaidBack, Amount: amount}
	u.m.PaidBack += amount
	u.keep()
	return unit.NoFault
}

// giveBack empties the escrow into the return slot.
func (u *Unit) giveBack(p *Payment) {
	u.m.Slot = append(u.m.Slot, p.Inserted...)
	u.m.Out += sum(p.Inserted)
	p.Inserted, p.Card, p.State, u.at = nil, "", unit.Released, ""
}

func (u *Unit) dispense(coins []int) {
	for _, c := range coins {
		u.m.Hopper[c]--
		u.m.Slot = append(u.m.Slot, c)
		u.m.Out += c
	}
}

// change gives the coins of the hopper that make an amount, the largest first;
// nil when they do not.
func (u *Unit) change(amount int) []int {
	coins := []int{}
	for _, c := range Coins {
		for n := u.m.Hopper[c]; n > 0 && amount >= c; n-- {
			coins, amount = append(coins, c), amount-c
		}
	}
	if amount != 0 {
		return nil
	}
	return coins
}

// exact gives coins that make an amount; what no coin makes is rounded up.
func exact(amount int) []int {
	var coins []int
	for _, c := range Coins {
		for ; amount >= c; amount -= c {
			coins = append(coins, c)
		}
	}
	if amount > 0 {
		coins = append(coins, 10)
	}
	return coins
}

func (u *Unit) insert(p *Payment, coins ...int) {
	for _, c := range coins {
		u.m.In += c
		p.Inserted = append(p.Inserted, c)
	}
	u.keep()
}

// Insert puts one coin into the slot, as a resident does. One that the
// mechanism does not want falls through: false.
func (u *Unit) Insert(coin int) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	p := u.m.Payments[u.at]
	if p == nil || p.State != unit.Waiting || p.Card != "" || !slices.Contains(Coins, coin) || u.playing(Jam) {
		return false
	}
	u.insert(p, coin)
	return true
}

// Touch holds an e-money card to the unit. A card that it has not seen has the
// balance given. It is false when the unit wants no card now.
func (u *Unit) Touch(card string, balance int) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	p := u.m.Payments[u.at]
	if p == nil || p.State != unit.Waiting || p.Card != "" || card == "" || u.playing(Deaf) {
		return false
	}
	if _, ok := u.m.Cards[card]; !ok {
		u.m.Cards[card] = balance
	}
	u.giveCoins(p)
	p.Card = card
	u.keep()
	return true
}

// giveCoins returns coins that a card makes needless.
func (u *Unit) giveCoins(p *Payment) {
	u.m.Slot = append(u.m.Slot, p.Inserted...)
	u.m.Out += sum(p.Inserted)
	p.Inserted = nil
}

// Auto has the unit paid exactly as soon as it asks, or leaves it to Insert
// and Touch. A new unit is on Auto.
func (u *Unit) Auto(yes bool) { u.mu.Lock(); u.auto = yes; u.keep(); u.mu.Unlock() }

// IsAuto reports whether the unit is paid as soon as it asks.
func (u *Unit) IsAuto() bool { u.mu.Lock(); defer u.mu.Unlock(); return u.auto }

// Fill sets the coins that change is given from.
func (u *Unit) Fill(hopper map[int]int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.m.Hopper = map[int]int{}
	for _, c := range Coins {
		u.m.Hopper[c] = hopper[c]
	}
	u.keep()
}

// Empty takes what lies in the return slot.
func (u *Unit) Empty() []int {
	u.mu.Lock()
	defer u.mu.Unlock()
	coins := u.m.Slot
	u.m.Slot = nil
	u.keep()
	return coins
}
