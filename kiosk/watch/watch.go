// Package watch is what a kiosk knows of its own devices, for the centre and
// for the start screen: enums and numbers, nothing of anybody.
package watch

import (
	"bytes"
	"maps"
	"slices"
	"sync"
	"time"

	"akashi/centre/wire"
	"akashi/kiosk/payment/unit"
	"akashi/printer"
)

// DefaultStep is how seldom the counts of ended sessions move: a count that
// moved with each session would tell when that session was, and how it ended.
const DefaultStep = 15 * time.Minute

// Board keeps how the devices are. It is safe for several goroutines.
type Board struct {
	now     func() time.Time
	changed chan struct{}

	mu     sync.Mutex
	report wire.Report
	ends   map[wire.Code]uint32
	moved  time.Time
}

// New makes a board on which nothing is known; beat is the time between two
// beats.
func New(now func() time.Time, beat time.Duration) *Board {
	every := min(max(1, int(beat.Round(time.Second)/time.Second)), wire.MaxEvery)
	return &Board{
		now: now, changed: make(chan struct{}, 1), report: wire.Report{Every: uint16(every)},
		ends: map[wire.Code]uint32{}, moved: now(),
	}
}

// Set changes what is known. f must not keep what it is given.
func (b *Board) Set(f func(*wire.Report)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	was := notable(b.report)
	f(&b.report)
	if bytes.Equal(was, notable(b.report)) {
		return
	}
	select {
	case b.changed <- struct{}{}:
	default:
	}
}

// Changed gives a value after a change that the centre should not have to wait
// a beat for. Several changes give one.
func (b *Board) Changed() <-chan struct{} { return b.changed }

// notable is what makes a change: how devices are, and no number that moves by
// itself.
func notable(r wire.Report) []byte {
	r.Clock, r.Days, r.Room, r.Ends, r.Crashes = wire.Clock{}, wire.Days{}, wire.Room{}, nil, 0
	return wire.Encode(r)
}

// Ended counts a session. A number that is no code counts as Internal: the
// centre takes no report that holds one.
func (b *Board) Ended(c wire.Code) {
	if !c.Known() {
		c = wire.Internal
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ends[c] = min(b.ends[c]+1, wire.MaxCrash)
}

// Report gives what is known now.
func (b *Board) Report() wire.Report {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now := b.now(); now.Sub(b.moved) >= DefaultStep {
		b.moved, b.report.Ends = now, nil
		for _, c := range slices.Sorted(maps.Keys(b.ends)) {
			b.report.Ends = append(b.report.Ends, wire.Ends{Code: c, N: b.ends[c]})
		}
	}
	r := b.report
	r.Reasons, r.Ends = slices.Clone(r.Reasons), slices.Clone(r.Ends)
	return r
}

// Printer gives a printer's health and what is wrong with it.
func Printer(faults printer.Faults) (wire.Health, []wire.PrintFault) {
	var all []wire.PrintFault
	for _, f := range faults.List() {
		all = append(all, wire.PrintFault(f))
	}
	switch worst := faults.Worst(); {
	case worst.Stops():
		return wire.Down, all
	case worst != printer.NoFault:
		return wire.Ailing, all
	}
	return wire.Well, nil
}

// Payment gives a payment unit's health by what it says is wrong with it.
func Payment(f unit.Fault) (wire.Health, wire.MoneyFault) {
	switch f {
	case unit.NoFault, unit.Busy: // busy: with this kiosk's own payment
		return wire.Well, 0
	case unit.NoChange, unit.LowChange, unit.NoPaper, unit.CannotPay:
		return wire.Ailing, wire.MoneyFault(f)
	}
	return wire.Down, wire.MoneyFault(f)
}
