// Package rightdesk answers a kiosk's asks about reprint rights as the centre
// does, with the centre's own book, in the test's process; its line and its
// disk can be cut.
package rightdesk

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"akashi/centre/audit"
	"akashi/centre/channel"
	"akashi/centre/fleet"
	"akashi/centre/rights"
	"akashi/centre/wire"
)

// Cut says where the line is cut.
type Cut int

// The cuts.
const (
	Whole  Cut = iota
	Before     // the ask does not arrive
	After      // it is done, and the answer does not arrive
)

// Desk is one centre's book of rights.
type Desk struct {
	book *rights.Book

	mu     sync.Mutex
	cut    Cut
	times  int
	events []audit.Right
}

// New makes an empty one.
func New() *Desk {
	d := &Desk{}
	d.book = rights.New(rights.Config{Node: "n1", Now: time.Now, Rand: rand.Reader, Stretch: 2, Record: func(e audit.Event) error {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.events = append(d.events, *e.Right)
		return nil
	}})
	return d
}

// CutLine cuts the line for the next n asks; 0: for all.
func (d *Desk) CutLine(c Cut, n int) { d.mu.Lock(); d.cut, d.times = c, n; d.mu.Unlock() }

// Do does one ask of one kiosk.
func (d *Desk) Do(kiosk string, r wire.Right) (wire.Righted, error) {
	return d.book.Do(fleet.ID(kiosk), r)
}

// Owed gives the rights that can be used, and their yen.
func (d *Desk) Owed() (n, yen int) { return d.book.Owed() }

// Changes gives what has become of rights so far.
func (d *Desk) Changes() []audit.Right {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]audit.Right(nil), d.events...)
}

// Asker gives the line of one kiosk (payment.Config's Ask).
func (d *Desk) Asker(kiosk string) func(context.Context, wire.Type, any) (wire.Frame, error) {
	return func(_ context.Context, t wire.Type, body any) (wire.Frame, error) {
		r, ok := body.(wire.Right)
		if !ok || t != wire.TypeRight {
			return wire.Frame{}, &channel.Refused{Code: wire.FrameUnexpected}
		}
		cut := d.next()
		if cut == Before {
			return wire.Frame{}, wire.LineDown
		}
		got, err := d.Do(kiosk, r)
		if cut == After {
			return wire.Frame{}, wire.LineDown
		}
		return answer(got, err)
	}
}

func answer(got wire.Righted, err error) (wire.Frame, error) {
	var code wire.Code
	if errors.As(err, &code) {
		return wire.Frame{}, &channel.Refused{Code: code}
	}
	if err != nil {
		return wire.Frame{}, err
	}
	return wire.Frame{Version: wire.Version, Type: wire.TypeRighted, Body: json.RawMessage(wire.Encode(got))}, nil
}

func (d *Desk) next() Cut {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.cut
	if d.times > 0 {
		if d.times--; d.times == 0 {
			d.cut = Whole
		}
	}
	return c
}
