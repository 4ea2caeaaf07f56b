// Package pcsc is a card reader over PC/SC (pcscd): the only cgo at the kiosk.
//
// Each PC/SC call runs under a watchdog: a call that outlives its ctx is
// cancelled, or, when that does not help, abandoned with its context. The card
// is taken exclusively and powered off at the end and on every error, for a
// card keeps what its PIN opened over resets and disconnections
// (facts/card.md §3).
package pcsc

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"time"

	"akashi/centre/oneshot"
	"akashi/kiosk/reader"
)

// Limits of the package.
const (
	// DefaultSocket is the system's pcscd.
	DefaultSocket = "/run/pcscd/pcscd.comm"
	// DefaultServiceWait is how long a missing daemon or reader is waited for:
	// a restarted pcscd answers after about half a second.
	DefaultServiceWait = 5 * time.Second
	// DefaultEnd bounds the powering-off, the one thing that must not wait for
	// anybody.
	DefaultEnd = 3 * time.Second
	// DefaultGrace is what a cancelled call gets to return.
	DefaultGrace = time.Second
	// DefaultSettle is how long a failed exchange is left to show itself as a
	// removal: pcscd looks for cards every 0.4 s.
	DefaultSettle = time.Second
	// DefaultMaxReaders bounds the readers that are looked at; PC/SC lite
	// itself has 16.
	DefaultMaxReaders = 16

	poll  = time.Second            // between looks at the list of readers
	retry = 200 * time.Millisecond // between tries to reach the daemon
)

// What a link reports beside the faults of package reader.
var (
	// errService: the daemon is gone and this context is of no more use.
	errService = errors.New("pcsc: the PC/SC service does not answer")
	// errGone: no card any more where there was one a moment ago.
	errGone = errors.New("pcsc: no card")
)

// link is one context with the PC/SC service. Its errors are faults of package
// reader, errService or errGone.
type link interface {
	// readers lists the readers' names.
	readers() ([]string, error)
	// change waits until a slot's state is another than its flags and counter
	// say, at most limit, and sets all slots. Running out of time is no error.
	change(slots []slot, limit time.Duration) error
	// connect takes the card exclusively and gives it a cold start.
	connect(name string) (chip, error)
	// cancel ends a change that another goroutine waits in.
	cancel()
	release()
}

// chip is a card that was taken.
type chip interface {
	transmit(command []byte) ([]byte, error)
	// off gives the card back without power.
	off() error
}

// slot is a reader's state as last seen; the zero state is unknown.
type slot struct {
	name    string
	state   uint32 // as PC/SC has it, with the event counter in the upper half
	present bool
	mute    bool
}

// Device is one reader; it implements reader.Device.
type Device struct {
	name string
	dial func() (link, error)

	mu   sync.Mutex // calls do not overlap
	link link       // nil until needed, and after it was lost
	chip chip       // nil without a card
}

var _ reader.Device = (*Device)(nil)

// Enclose fences the process in for good (oneshot.Fence): from now on it talks
// on what it was handed and to the daemon, whose socket this is, and opens
// nothing. The library loads what it needs before that, with the first context;
// a daemon that does not answer now is waited for later.
func (d *Device) Enclose(ctx context.Context, socket string) error {
	ctx, stop := context.WithTimeout(ctx, DefaultServiceWait)
	defer stop()
	d.mu.Lock()
	defer d.mu.Unlock()
	_ = d.establish(ctx)
	return oneshot.Fence(oneshot.Limits{Connect: filepath.Dir(socket)})
}

// WaitCard waits until a card lies on the reader, and none on any other, and
// takes it exclusively, freshly powered. It survives a restart of pcscd.
// Faults: TwoCards, Unanswering, Held, Unavailable, Deadline.
func (d *Device) WaitCard(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.powerOff()
	return d.watch(ctx, func(slots []slot, ours *slot) (bool, error) {
		n := 0
		for _, s := range slots {
			if s.present {
				n++
			}
		}
		switch {
		case !ours.present:
			return false, nil
		case n > 1:
			return false, reader.TwoCards
		case ours.mute:
			return false, reader.Unanswering
		}
		return d.take(ctx)
	})
}

// Look tells whether a card lies on the reader, and takes none. A daemon that
// does not answer now is not waited for. Fault: Unavailable, Deadline.
func (d *Device) Look(ctx context.Context) (present bool, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	err = d.watchOnce(ctx, func(_ []slot, ours *slot) (bool, error) {
		present = ours.present
		return true, nil
	})
	d.lose()
	if errors.Is(err, errAnswered) {
		err = errService
	}
	return present, outward(err)
}

// take connects to the card; done is false when it has just left.
func (d *Device) take(ctx context.Context) (done bool, err error) {
	l := d.link
	c, err := guard(ctx, d, nil, func() (chip, error) { return l.connect(d.name) }, func(c chip) { _ = c.off() })
	if errors.Is(err, errGone) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	d.chip = c
	return true, nil
}

// Transmit carries one APDU. On any error the card is powered off. Faults:
// NoCard, Removed, Reset, Failed, Unavailable, Deadline.
func (d *Device) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.chip == nil {
		return nil, reader.NoCard
	}
	// The call has its own copy, for it may be abandoned and the caller wipes.
	c, own := d.chip, append(make([]byte, 0, len(command)), command...)
	response, err := guard(ctx, d, nil, func() ([]byte, error) {
		defer clear(own)
		return c.transmit(own)
	}, func(late []byte) { clear(late) })
	if err == nil && len(response) < reader.MinResponse {
		err = reader.Failed // a card that leaves may look like one that says nothing
	}
	if err != nil {
		if reader.FaultOf(err) == reader.Failed && d.left() {
			err = reader.Removed
		}
		d.powerOff()
		return nil, outward(err)
	}
	return response, nil
}

// left waits DefaultSettle for the daemon to notice that the card is not there
// any more. It comes before the powering-off: a daemon that is told to power
// off a card which it has not missed yet overlooks the next one that is laid
// down within that time (seen with pcsc-lite 1.9.9).
func (d *Device) left() bool {
	ctx, cancel := context.WithTimeout(context.Background(), DefaultSettle)
	defer cancel()
	slots := []slot{{name: d.name}}
	for looks := 0; d.link != nil && ctx.Err() == nil; looks++ {
		first := slots[0].state
		var err error
		if slots, err = d.change(ctx, slots, looks > 0); err != nil {
			return false
		}
		if !slots[0].present || looks > 0 && counter(slots[0].state) != counter(first) {
			return true
		}
	}
	return false
}

// WaitRemoved powers the card off and waits until it has left the reader; a
// card that was taken and another laid down counts. Faults: Unavailable,
// Deadline.
func (d *Device) WaitRemoved(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.powerOff()
	var first *slot
	return d.watch(ctx, func(_ []slot, ours *slot) (bool, error) {
		if first == nil {
			s := *ours
			first = &s
		}
		return !ours.present || counter(ours.state) != counter(first.state), nil
	})
}

// counter is the part of a state that counts insertions and removals.
func counter(state uint32) uint32 { return state >> 16 }

// End powers the card off and lets go of the daemon. The error is Unavailable
// when nobody could be asked to, which leaves a card under power for as long
// as the reader gives it.
func (d *Device) End() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	err := d.powerOff()
	d.lose()
	return err
}

// powerOff takes the power from the card that is held, if any.
func (d *Device) powerOff() error {
	c := d.chip
	if c == nil {
		return nil
	}
	d.chip = nil
	ctx, cancel := context.WithTimeout(context.Background(), DefaultEnd)
	defer cancel()
	_, err := guard(ctx, d, nil, func() (any, error) { return nil, c.off() }, nil)
	switch {
	case err == nil, errors.Is(err, errGone), reader.FaultOf(err) == reader.Removed:
		return nil
	}
	d.lose()
	return reader.Unavailable
}

// lose gives the link up. What holds it, the daemon takes back.
func (d *Device) lose() {
	l := d.link
	if l == nil {
		return
	}
	d.link = nil
	ctx, cancel := context.WithTimeout(context.Background(), DefaultGrace)
	defer cancel()
	_, _ = guard(ctx, d, nil, func() (any, error) { l.release(); return nil, nil }, nil)
}

// outward makes a fault of any error that leaves the package.
func outward(err error) error {
	switch {
	case errors.Is(err, errGone):
		return reader.Removed
	case errors.Is(err, errService):
		return reader.Unavailable
	}
	return err
}
