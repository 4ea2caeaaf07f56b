package payunit

import (
	"slices"

	"akashi/kiosk/payment/unit"
)

// How says what goes wrong.
type How string

// The plays. Refuse to BadPaper have the unit say no and do nothing; Jam keeps
// coins and Deaf cards from being taken; the others are about the answer.
const (
	Refuse    How = "refuse"
	NoChange  How = "no-change"
	Jam       How = "jam"
	Deaf      How = "deaf"       // no card is felt: e-money times out
	CannotPay How = "cannot-pay" // too few coins to pay back
	NoPaper   How = "no-paper"   // receipt printer
	Silent    How = "silent"     // not done, no answer
	Lost      How = "lost"       // done, no answer
	Late      How = "late"       // done, answered after Millis
	Twice     How = "twice"      // done, answered twice
	Garbled   How = "garbled"    // done, answered for another payment
	DieBefore How = "die-before" // power lost before it is done
	DieAfter  How = "die-after"  // power lost after it is done
)

// Play is one thing that goes wrong.
type Play struct {
	Do     unit.Do `json:"do,omitempty"` // the ask that it happens to; empty: any
	How    How     `json:"how"`
	Times  int     `json:"times,omitempty"`  // 0: until Calm
	Millis int     `json:"millis,omitempty"` // silence or delay
}

var says = map[How]unit.Fault{
	Refuse: unit.Refused, NoChange: unit.NoChange, CannotPay: unit.CannotPay, NoPaper: unit.NoPaper,
}

// meant gives the ask that a play is about when it does not say.
var meant = map[How]unit.Do{
	Refuse: unit.Authorise, NoChange: unit.Authorise, CannotPay: unit.PayBack, NoPaper: unit.Receipt,
}

// fault gives the clear no of a play.
func (p Play) fault(do unit.Do) (unit.Fault, bool) {
	f, ok := says[p.How]
	if p.How == Jam {
		return unit.Jammed, true
	}
	return f, ok
}

// Play has something go wrong from now on.
func (u *Unit) Play(p Play) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if p.Do == "" {
		p.Do = meant[p.How]
	}
	u.plays = append(u.plays, p)
}

// Calm ends every play.
func (u *Unit) Calm() { u.mu.Lock(); u.plays = nil; u.mu.Unlock() }

// Plays gives what goes wrong now.
func (u *Unit) Plays() []Play { u.mu.Lock(); defer u.mu.Unlock(); return slices.Clone(u.plays) }

// play takes the first play that is about this ask.
func (u *Unit) play(do unit.Do) Play {
	u.mu.Lock()
	defer u.mu.Unlock()
	for i, p := range u.plays {
		if p.Do != "" && p.Do != do || p.How == Deaf || p.How == Jam && do != unit.Ask && do != unit.Authorise {
			continue
		}
		if p.Times > 0 {
			if u.plays[i].Times--; u.plays[i].Times == 0 {
				u.plays = slices.Delete(u.plays, i, i+1)
			}
		}
		return p
	}
	return Play{}
}

func (u *Unit) playing(h How) bool {
	return slices.ContainsFunc(u.plays, func(p Play) bool { return p.How == h })
}
