package session_test

import (
	"context"
	"testing"
	"time"

	"akashi/centre/wire"
	"akashi/kiosk/face"
	"akashi/kiosk/reader"
	"akashi/kiosk/session"
)

// The card may leave, or the reader fail, at every command.
func TestCardLeavesAtEveryCommand(t *testing.T) {
	clean := newWorld(t, "takasaki")
	clean.run()
	for n := 1; n <= clean.reader.n; n++ {
		for _, f := range []reader.Fault{reader.Removed, reader.Reset, reader.Failed, reader.Closed} {
			w := newWorld(t, "takasaki")
			w.reader.fail = map[int]reader.Fault{n: f}
			e := w.run()
			if e.Code == wire.OK && w.reader.n >= n && n > 3 {
				t.Errorf("command %d, %v: ended well", n, f)
			}
			if e.Code != wire.OK {
				w.nothing(e, e.Code)
			}
			if e.Code == wire.Internal {
				t.Errorf("command %d, %v: has no code of its own", n, f)
			}
		}
	}
}

// A cancel at every screen before the money is taken ends with nothing; after it, the
// paper that was paid for comes out.
func TestFaceGoneAtEveryScreen(t *testing.T) {
	clean := newWorld(t, "takasaki")
	clean.run()
	for i, at := range clean.face.tells {
		w := newWorld(t, "takasaki")
		n := 0
		w.face.on = func(face.Tell) {
			if n == i {
				w.face.gone()
			}
			n++
		}
		e := w.run()
		switch at.Screen {
		case face.Pay: // the cancel may come as the money is taken
			if (len(w.printer.jobs) == 1) != (w.unit.Charged() == 240) {
				t.Errorf("gone at %s: %d jobs, %d yen", at.Screen, len(w.printer.jobs), w.unit.Charged())
			}
		case face.Printing, face.TakePaper:
			if len(w.printer.jobs) != 1 || w.unit.Charged() != 240 || e.Requests[0].Outcome != session.Delivered {
				t.Errorf("gone at %s: %d jobs, %d yen, %+v", at.Screen, len(w.printer.jobs), w.unit.Charged(), e.Requests[0])
			}
		case face.End:
		default:
			if at.Screen == face.Choose && i > 5 && len(w.printer.jobs) == 1 {
				continue // the choice after the paper
			}
			if e.Code == wire.OK || len(w.printer.jobs) != 0 || w.unit.Charged() != 0 {
				t.Errorf("gone at %s: %v, %d jobs, %d yen", at.Screen, e.Code, len(w.printer.jobs), w.unit.Charged())
			}
		}
	}
}

func TestSettlementThatCannotBeSentChangesNothing(t *testing.T) {
	w := newWorld(t, "takasaki")
	w.centre.fail[wire.TypeSettle] = wire.LineDown
	w.centre.hook = func(t wire.Type) {
		if t == wire.TypeSettle {
			w.centre.delivered = 0 // nobody hears it; VRS takes it as unknown
		}
	}
	if e := w.run(); e.Code != wire.OK || len(w.printer.jobs) != 1 {
		t.Errorf("%v", e.Code)
	}
}

func TestSessionsTimeIsBounded(t *testing.T) {
	w := newWorld(t, "takasaki")
	w.setup.Limits.Session = 40 * time.Millisecond
	w.face.silent = face.Choose
	w.nothing(w.run(), wire.NonceUnknown)
	if at := w.face.shown(face.Choose); at.Left <= 0 || at.Left > 40 {
		t.Errorf("the resident is told of %d ms", at.Left)
	}
}

// UI-11: the time of the nonce is over while the certificate is looked at. It is
// paid for and printed all the same; only another choice is not offered.
func TestThePreviewOutlastsTheNonce(t *testing.T) {
	w := newWorld(t, "takasaki")
	var late time.Duration
	w.setup.Now = func() time.Time { return time.Now().Add(late) }
	w.face.on = func(s face.Tell) {
		if s.Screen == face.Preview {
			if s.Left <= int(session.DefaultSession.Milliseconds()) {
				t.Errorf("%d ms for the preview", s.Left)
			}
			late = session.DefaultSession + time.Minute
		}
	}
	if e := w.run(); e.Code != wire.OK || w.printer.printed() != 1 || w.face.saw(face.Choose) != 1 {
		t.Errorf("%v, %d papers, %d choices", e.Code, w.printer.printed(), w.face.saw(face.Choose))
	}
	late = 0
	again := newWorld(t, "takasaki")
	again.setup.Now, again.face.on, again.face.backs = w.setup.Now, w.face.on, 1
	again.nothing(again.run(), wire.NonceUnknown)
}

// Before anything is read no prompt's ten stays are cut short, also for those
// who asked for three times as long; what is read has its own time.
func TestTenStaysFit(t *testing.T) {
	l := session.Limits{}
	if face.DefaultMaxStays < 3*11 {
		t.Errorf("%d stays", face.DefaultMaxStays)
	}
	const stay = session.DefaultResident * 2 / 3 // the page asks then
	if most := session.DefaultSession * 2; most < 10*stay+session.DefaultResident {
		t.Errorf("%v for the preview", most)
	}
	if l.Longest() < 3*(3*10*stay+session.DefaultResident) {
		t.Errorf("%v for a session", l.Longest())
	}
}

func TestEndedFromOutside(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	w := newWorld(t, "takasaki")
	w.face.on = func(s face.Tell) {
		if s.Screen == face.Preview {
			cancel(wire.KioskDisabled)
		}
	}
	w.face.silent = face.Preview
	w.nothing(w.runIn(ctx), wire.KioskDisabled)
}
