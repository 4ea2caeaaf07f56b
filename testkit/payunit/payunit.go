// Package payunit is a simulated coin and e-money unit: a device of its own
// behind a socket, with a coin mechanism, a change hopper, e-money cards, a
// receipt printer and a memory that survives a loss of power. What a real one
// leaves open it can be told to do wrong: refuse, jam, keep silent, answer
// late or twice, or die before or after it has done what it was asked.
package payunit

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"akashi/kiosk/payment/unit"
)

// Coins are what the mechanism takes, in yen; the largest is a note.
var Coins = []int{1000, 500, 100, 50, 10}

// Payment is one payment in the unit's memory.
type Payment struct {
	State    unit.State `json:"state"`
	Amount   int        `json:"amount"`
	Inserted []int      `json:"inserted,omitempty"` // coins in escrow
	Card     string     `json:"card,omitempty"`
}

// Memory is what survives a loss of power.
type Memory struct {
	Payments map[string]*Payment `json:"payments"` // by id in hexadecimal
	Hopper   map[int]int         `json:"hopper"`   // coins to give change from
	Cards    map[string]int      `json:"cards"`    // balances; a card's own chip in reality
	Receipts [][]string          `json:"receipts"`
	Slot     []int               `json:"slot"`     // coins in the return slot
	In       int                 `json:"in"`       // yen that came in: coins, and what cards were charged
	Out      int                 `json:"out"`      // yen that went out
	Captured int                 `json:"captured"` // yen charged
	PaidBack int                 `json:"paid_back"`
}

// Unit is one unit. It is safe for several goroutines.
type Unit struct {
	path string // of the memory; empty: none survives
	kill func() // pulls the power

	mu      sync.Mutex
	m       Memory
	auto    bool
	plays   []Play
	changed chan struct{} // closed at each change, for who waits for coins
	at      string        // the payment that is waiting or held
}

// New makes a unit. path keeps its memory, "" none; kill is called where a play
// has the unit die, and must not return from a real process.
func New(path string, kill func()) (*Unit, error) {
	u := &Unit{path: path, kill: kill, auto: true, changed: make(chan struct{})}
	u.m = Memory{Payments: map[string]*Payment{}, Hopper: map[int]int{10: 50, 50: 20, 100: 50, 500: 5}, Cards: map[string]int{}}
	if path == "" {
		return u, nil
	}
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return u, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &u.m)
	}
	for id, p := range u.m.Payments {
		if p.State == unit.Waiting { // power came back: what was not authorised goes back
			u.giveBack(p)
		} else if p.State == unit.Authorised {
			u.at = id
		}
	}
	return u, err
}

// keep brings the memory to its file; the unit is as dead without it.
func (u *Unit) keep() {
	close(u.changed)
	u.changed = make(chan struct{})
	if u.path == "" {
		return
	}
	b, err := json.Marshal(u.m)
	if err == nil {
		err = os.WriteFile(u.path+".new", b, 0o600)
	}
	if err == nil {
		err = os.Rename(u.path+".new", u.path)
	}
	if err != nil && u.kill != nil {
		u.kill()
	}
}

// Snapshot gives a copy of the memory.
func (u *Unit) Snapshot() Memory {
	u.mu.Lock()
	defer u.mu.Unlock()
	m := u.m
	m.Payments = map[string]*Payment{}
	for id, p := range u.m.Payments {
		c := *p
		c.Inserted = slices.Clone(p.Inserted)
		m.Payments[id] = &c
	}
	m.Hopper, m.Cards = maps.Clone(u.m.Hopper), maps.Clone(u.m.Cards)
	m.Receipts, m.Slot = slices.Clone(u.m.Receipts), slices.Clone(u.m.Slot)
	return m
}

// Held gives the yen that are authorised and neither captured nor released.
func (m Memory) Held() (yen int) {
	for _, p := range m.Payments {
		if p.State == unit.Authorised {
			yen += p.Amount
		}
	}
	return yen
}

// Charged gives the yen that the unit has taken and not given back.
func (m Memory) Charged() int { return m.Captured - m.PaidBack }

// Balanced reports whether every yen is somewhere: what came in and did not go
// out is what was charged, or lies in escrow.
func (m Memory) Balanced() bool {
	escrow := 0
	for _, p := range m.Payments {
		escrow += sum(p.Inserted)
	}
	return m.In-m.Out-escrow == m.Charged()
}

func sum(coins []int) (yen int) {
	for _, c := range coins {
		yen += c
	}
	return yen
}

// Answer does one ask, as its plays have it (unit.Handler).
func (u *Unit) Answer(ctx context.Context, a unit.Asked) []unit.Answered {
	p := u.play(a.Do)
	switch p.How {
	case Silent:
		u.pause(ctx, p)
		return nil
	case DieBefore:
		u.die()
		return nil
	}
	out := u.do(ctx, a, p)
	switch p.How {
	case DieAfter:
		u.die()
		return nil
	case Lost:
		u.pause(ctx, p)
		return nil
	case Late:
		u.pause(ctx, p)
	case Twice:
		return []unit.Answered{out, out}
	case Garbled:
		out.Payment = []byte{1}
	}
	return []unit.Answered{out}
}

func (u *Unit) die() {
	if u.kill != nil {
		u.kill()
	}
}

func (u *Unit) pause(ctx context.Context, p Play) {
	t := time.NewTimer(time.Duration(p.Millis) * time.Millisecond)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// do does one ask.
func (u *Unit) do(ctx context.Context, a unit.Asked, p Play) unit.Answered {
	u.mu.Lock()
	defer u.mu.Unlock()
	id := hex.EncodeToString(a.Payment)
	out := unit.Answered{Do: a.Do, Payment: a.Payment}
	if f, says := p.fault(a.Do); says {
		out.Fault = f
	} else {
		switch a.Do {
		case unit.Authorise:
			out.Fault = u.authorise(ctx, id, a)
		case unit.Capture:
			out.Fault = u.capture(id)
		case unit.Release:
			out.Fault = u.release(id)
		case unit.PayBack:
			out.Fault = u.payBack(id, a.Amount)
		case unit.Receipt:
			u.m.Receipts = append(u.m.Receipts, a.Lines)
			u.keep()
		}
	}
	out.State = unit.Unknown
	if p := u.m.Payments[id]; p != nil {
		out.State = p.State
	}
	return out
}
