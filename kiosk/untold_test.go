package kiosk

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"akashi/centre/channel"
	"akashi/centre/wire"
)

// teller is an agent with no more than an alarm and an outbox, as the start of
// one leaves it.
func teller(dir string, o *office) *Agent {
	a := &Agent{alarm: alarm{dir}, outbox: newOutbox(o.ask, time.Now)}
	a.outbox.alarmed = a.told
	a.recall()
	return a
}

// sends has an agent's outbox send what is due, once.
func sends(t *testing.T, a *Agent) {
	t.Helper()
	l, _ := a.outbox.due(true)
	if l == nil {
		l, _ = a.outbox.due(false)
	}
	if l == nil {
		t.Fatal("nothing is to be sent")
	}
	a.outbox.deliver(t.Context(), l)
}

// An alarm goes out with every agent until the centre has confirmed it, and
// then with none.
func TestAlarmIsToldAfterARestart(t *testing.T) {
	dir := t.TempDir()
	o := &office{errs: []error{wire.LineDown, &channel.Refused{Code: wire.Malformed}}}
	first := teller(dir, o)
	if first.outbox.waiting() != 0 {
		t.Fatal("an alarm that nobody raised is sent")
	}
	first.raise(wire.LastLook)
	sends(t, first)
	second := teller(dir, o)
	sends(t, second)
	third := teller(dir, o)
	if third.standing() != wire.LastLook || third.outbox.letters[0].body != (wire.Alarm{Code: wire.LastLook}) {
		t.Errorf("stands as %v, sends %+v", third.standing(), third.outbox.letters[0])
	}
	sends(t, third)
	if fourth := teller(dir, o); fourth.outbox.waiting() != 0 || fourth.standing() != wire.LastLook {
		t.Errorf("told, and %d letters wait; stands as %v", fourth.outbox.waiting(), fourth.standing())
	}
}

// The centre's word for one alarm is none for the next.
func TestAlarmBehindAnotherStaysUntold(t *testing.T) {
	a := teller(t.TempDir(), &office{})
	a.raise(wire.LastLook)
	a.raise(wire.LastLook)
	sends(t, a)
	if !a.untold().stands() {
		t.Error("the second alarm would be lost with the agent")
	}
	sends(t, a)
	if a.untold().stands() {
		t.Error("all are told, and the mark stands")
	}
}

// An alarm that somebody took away before the centre knew of it stands again;
// one that the centre knows of does not, nor does an abandoned print become one.
func TestAlarmTakenAway(t *testing.T) {
	dir := t.TempDir()
	a := teller(dir, &office{})
	a.raise(wire.LastLook)
	if err := a.clear(); err != nil {
		t.Fatal(err)
	}
	again := teller(dir, &office{})
	if again.standing() != wire.LastLook {
		t.Errorf("stands as %v", again.standing())
	}
	sends(t, again)
	if err := again.clear(); err != nil {
		t.Fatal(err)
	}
	if a := teller(dir, &office{}); a.alarmed() || a.outbox.waiting() != 0 {
		t.Errorf("stands as %v", a.standing())
	}
	again.halt(wire.PrintUnknown)
	if a := teller(dir, &office{}); a.standing() != wire.PrintUnknown || a.outbox.waiting() != 0 {
		t.Errorf("stands as %v, %d letters", a.standing(), a.outbox.waiting())
	}
}

// The centre hears of an alarm whose mark cannot be kept, and one that was
// raised over an abandoned print is told as what it is.
func TestUntoldMark(t *testing.T) {
	gone := teller(filepath.Join(t.TempDir(), "gone"), &office{})
	gone.raise(wire.LastLook)
	sends(t, gone)
	dir := t.TempDir()
	a := teller(dir, &office{})
	a.halt(wire.PrintUnknown)
	a.raise(wire.LastLook)
	if b, err := os.ReadFile(filepath.Join(dir, untoldMark)); err != nil || len(b) != 0 {
		t.Errorf("it holds %q, %v", b, err)
	}
	if _, err := os.Stat(filepath.Join(dir, printMark)); !errors.Is(err, os.ErrNotExist) {
		t.Error("it is taken for a print's")
	}
	if a := teller(dir, &office{}); a.standing() != wire.LastLook || a.outbox.waiting() != 1 {
		t.Errorf("stands as %v", a.standing())
	}
}
