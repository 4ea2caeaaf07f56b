package session_test

import (
	"context"
	"testing"
	"time"

	"akashi/centre/wire"
	"akashi/kiosk/face"
)

// sensor is a tray's sensor: it says what its function does.
type sensor func(context.Context) error

func (s sensor) Taken(ctx context.Context) error { return s(ctx) }

// the screen that calls to the paper goes by the sensor's word, without a
// press; a press is enough where the sensor says nothing.
func TestThePaperIsTaken(t *testing.T) {
	for what, s := range map[string]sensor{
		"by the sensor's word": func(context.Context) error { return nil },
		"by a press, while the sensor waits": func(ctx context.Context) error {
			<-ctx.Done()
			return context.Cause(ctx)
		},
		"by a press, without a sensor": func(context.Context) error { return wire.FrameUnexpected },
	} {
		w := newWorld(t, "takasaki")
		w.sensor = s
		if what == "by the sensor's word" {
			w.face.silent = face.TakePaper
			w.setup.Limits.Resident = time.Minute // nothing waits for it
		}
		if e := w.run(); e.Code != wire.OK || w.face.saw(face.Choose) != 2 {
			t.Errorf("%s: %v, chosen %d times", what, e.Code, w.face.saw(face.Choose))
		}
	}
}

// A paper that nobody takes ends the session: nobody chooses anything more in
// front of it. What was printed is delivered and paid for.
func TestPaperThatNobodyTakes(t *testing.T) {
	w := newWorld(t, "takasaki")
	w.setup.Limits.Resident = 100 * time.Millisecond
	w.face.silent = face.TakePaper
	w.sensor = sensor(func(ctx context.Context) error { <-ctx.Done(); return context.Cause(ctx) })
	e := w.run()
	if e.Code != wire.PaperLeft || w.face.saw(face.Choose) != 1 || w.unit.Charged() == 0 || w.centre.settled[0] != "delivered" {
		t.Errorf("%v, chosen %d times, %d yen, settled %v", e.Code, w.face.saw(face.Choose), w.unit.Charged(), w.centre.settled)
	}
	w = newWorld(t, "takasaki")
	w.setup.Limits.Resident = 100 * time.Millisecond
	w.face.silent = face.TakePaper
	w.sensor = sensor(func(context.Context) error { return wire.FrameUnexpected })
	if e := w.run(); e.Code != wire.OK || w.face.saw(face.Choose) != 1 {
		t.Errorf("without a sensor: %v, chosen %d times", e.Code, w.face.saw(face.Choose))
	}
}

// Whoever takes their paper and goes leaves nothing to the next one in front: the
// wait for another choice is short, and silence is no. With a word of theirs they
// have another paper.
func TestNobodyChoosesInAnothersName(t *testing.T) {
	w := newWorld(t, "takasaki")
	w.setup.Limits.Resident = 200 * time.Millisecond
	w.face.on = func(s face.Tell) {
		if s.Screen == face.TakePaper {
			w.face.silent = face.Choose
		}
		if s.Screen == face.Choose && s.Again && s.Wait > 50 {
			t.Errorf("after a paper it waits %d ms", s.Wait)
		}
	}
	w.face.choices = append(w.face.choices, w.face.choices[0])
	e := w.run()
	if e.Code != wire.OK || w.printer.printed() != 1 || w.face.saw(face.Choose) != 2 {
		t.Errorf("%v, %d papers, chosen %d times", e.Code, w.printer.printed(), w.face.saw(face.Choose))
	}
	w = newWorld(t, "takasaki")
	w.face.choices = append(w.face.choices, w.face.choices[0])
	if e := w.run(); e.Code != wire.OK || w.printer.printed() != 2 {
		t.Errorf("with a word of theirs: %v, %d papers", e.Code, w.printer.printed())
	}
}
