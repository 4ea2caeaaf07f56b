package session_test

import (
	"context"
	"testing"
	"time"

	"akashi/centre/channel"
	"akashi/centre/wire"
	"akashi/kiosk/face"
	"akashi/kiosk/lastlook"
	"akashi/kiosk/reader"
	"akashi/kiosk/session"
	"akashi/printer"
	"akashi/testkit/residents"
	"akashi/verifier/credential"
)

// dice answers every end of a session from the fuzzer's bytes; without bytes
// everything goes well.
type dice struct{ b []byte }

func (d *dice) roll(n int) int {
	if len(d.b) == 0 {
		return 0
	}
	v := int(d.b[0]) % n
	d.b = d.b[1:]
	return v
}

// FuzzSession runs whole sessions in which any end may do anything at any
// time. What is charged was printed, what was printed had its last look, and
// whatever was delivered is settled.
func FuzzSession(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0, 0, 0, 0, 0, 1, 2, 3})
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 1})
	f.Add([]byte("everything that can go wrong goes wrong at some time"))
	f.Fuzz(func(t *testing.T, b []byte) {
		w := newWorld(t, "takasaki")
		d := &dice{b}
		w.setup.Limits = session.Limits{Session: 2 * time.Second, End: time.Second}
		pins := w.face.pins[0]
		for range 8 {
			w.face.choices = append(w.face.choices, pick(residents.Mihon, credential.Kind(d.roll(3)), d.roll(3)+1))
		}
		p := &wild{person: w.face, d: d, pin: pins}
		c := &wildCentre{centre: w.centre, d: d}
		r := &wildReader{tray: w.reader, d: d}
		l := &wildLooker{looker: w.looker, d: d}
		o := &wildPrinter{paperTray: w.printer, d: d}
		e := session.Run(t.Context(), w.setup, session.Devices{
			Face: p, Reader: session.OverAPDU(r), Centre: c, Payment: w.unit, Printer: o, Looker: l,
		})
		w.always(e)
		delivered := 0
		for _, q := range e.Requests[:e.Made] {
			if q.Outcome == session.Delivered {
				delivered++
			}
		}
		if delivered != o.good || o.good+o.bad > l.good {
			t.Errorf("%d delivered, %d printed, %d refused or unknown, %d looks passed", delivered, o.good, o.bad, l.good)
		}
		if max := o.copies * 120; w.unit.Charged() > max {
			t.Errorf("charged %d for %d copies", w.unit.Charged(), o.copies)
		}
		if l.alarm != (len(w.centre.alarms) > 0) || l.alarm && e.Code != wire.LastLook {
			t.Errorf("mismatch %v, alarms %v, %v", l.alarm, w.centre.alarms, e.Code)
		}
	})
}

type wild struct {
	*person
	d   *dice
	pin string
}

func (p *wild) Ask(ctx context.Context, t face.Tell) (face.Act, error) {
	a, err := p.person.Ask(ctx, t)
	if err != nil {
		return a, err
	}
	switch p.d.roll(8) {
	case 5:
		p.gone()
		return face.Act{}, wire.Cancelled
	case 6:
		return face.Act{Do: face.Do([]string{"yes", "again", "back", "choose", "finish", ""}[p.d.roll(6)])}, nil
	case 7:
		return face.Act{}, wire.TimedOut
	}
	return a, nil
}

func (p *wild) PIN(ctx context.Context, t face.Tell) ([]byte, error) {
	if _, err := p.Ask(ctx, t); err != nil {
		return nil, err
	}
	return []byte([]string{p.pin, p.pin, p.pin, "0000", "12", "abcd", ""}[p.d.roll(7)]), nil
}

type wildCentre struct {
	*centre
	d *dice
}

func (c *wildCentre) Ask(ctx context.Context, t wire.Type, body any) (wire.Frame, error) {
	c.code = wire.OK
	if t != wire.TypeSettle && t != wire.TypeAlarm {
		switch c.d.roll(10) {
		case 6:
			return wire.Frame{}, wire.LineDown
		case 7:
			return wire.Frame{}, &channel.Refused{Code: wire.Code(c.d.roll(700)), RetryAfter: 3}
		case 8:
			return wire.Frame{Type: wire.Type("settled"), Body: []byte("{}")}, nil
		case 9:
			codes := wire.Codes()
			c.code = codes[c.d.roll(len(codes))]
		}
	}
	return c.centre.Ask(ctx, t, body)
}

type wildReader struct {
	*tray
	d *dice
}

func (r *wildReader) WaitCard(ctx context.Context) error {
	if n := r.d.roll(20); n > 16 {
		return reader.Fault(n - 16)
	}
	return r.tray.WaitCard(ctx)
}

func (r *wildReader) Transmit(ctx context.Context, b []byte) ([]byte, error) {
	if n := r.d.roll(60); n > 48 {
		r.End()
		return nil, reader.Fault(n - 48)
	}
	return r.tray.Transmit(ctx, b)
}

type wildLooker struct {
	*looker
	d     *dice
	good  int
	alarm bool
}

func (l *wildLooker) Look(ctx context.Context, in lastlook.Input) ([][]byte, error) {
	switch l.d.roll(6) {
	case 4:
		l.alarm = true
		return nil, &lastlook.Mismatch{Reason: 1}
	case 5:
		return nil, context.DeadlineExceeded
	}
	l.good++
	return l.looker.Look(ctx, in)
}

type wildPrinter struct {
	*paperTray
	d         *dice
	good, bad int
	copies    int
}

func (o *wildPrinter) Print(ctx context.Context, j printer.Job) (printer.Outcome, error) {
	out := printer.Outcome([]printer.Outcome{printer.Printed, printer.Printed, printer.Printed, printer.NotPrinted, printer.Unknown, 9}[o.d.roll(6)])
	if out == printer.Printed {
		o.good++
		o.copies += j.Copies
	} else {
		o.bad++
	}
	return out, nil
}
