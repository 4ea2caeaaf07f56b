package kiosk

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"akashi/centre/wire"
)

func TestAlarmStandsUntilCleared(t *testing.T) {
	a := alarm{t.TempDir()}
	if a.stands() {
		t.Fatal("an alarm stands before anything happened")
	}
	if err := a.raise(wire.LastLook); err != nil || !a.stands() {
		t.Fatalf("%v; it must stand", err)
	}
	if again := (alarm{a.dir}); !again.stands() {
		t.Error("a restart cleared the alarm")
	}
	b, err := os.ReadFile(filepath.Join(a.dir, alarmFile))
	if err != nil || string(b) != "606 last-look\n" {
		t.Errorf("the file holds %q, %v", b, err)
	}
	if got := a.code(); got != wire.LastLook {
		t.Errorf("it stands as %v", got)
	}
	if err := a.clear(); err != nil || a.stands() || a.code() != wire.OK {
		t.Errorf("%v; a person cleared it", err)
	}
	if err := a.clear(); err != nil {
		t.Errorf("clearing what does not stand: %v", err)
	}
}

// What the file says is kept over a restart; what it cannot say is the worst.
func TestAlarmCode(t *testing.T) {
	a := alarm{t.TempDir()}
	if err := a.raise(wire.PrintUnknown); err != nil || a.code() != wire.PrintUnknown {
		t.Errorf("%v, %v", err, a.code())
	}
	for _, text := range []string{"", "x", "0 ok\n", "66152 print-unknown\n", "-1 x", "606 last-look\n"} {
		if err := os.WriteFile(filepath.Join(a.dir, alarmFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := a.code(); got != wire.LastLook {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// A paper that may lie in the tray never hides an alarm of mis-issue.
func TestAbandonedLeavesAGraverAlarm(t *testing.T) {
	ag := &Agent{alarm: alarm{t.TempDir()}}
	if err := ag.mark().put(); err != nil {
		t.Fatal(err)
	}
	ag.recall()
	if got := ag.standing(); got != wire.PrintUnknown {
		t.Errorf("stands as %v", got)
	}
	if ag.mark().stands() {
		t.Error("the mark stands beside the alarm")
	}
	ag.halt(wire.LastLook)
	ag.abandoned()
	if got := ag.standing(); got != wire.LastLook {
		t.Errorf("stands as %v", got)
	}
}

// The mark of a print says nothing of anybody, and stays while the alarm that
// takes its place cannot be kept.
func TestMark(t *testing.T) {
	ag := &Agent{alarm: alarm{t.TempDir()}}
	ag.recall()
	if ag.alarmed() {
		t.Fatal("a kiosk that printed nothing stops")
	}
	if err := ag.mark().put(); err != nil || !ag.mark().stands() {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(filepath.Join(ag.alarm.dir, printMark)); err != nil || len(b) != 0 {
		t.Errorf("it holds %q, %v", b, err)
	}
	if err := os.Mkdir(filepath.Join(ag.alarm.dir, alarmFile), 0o700); err != nil { // nothing can be written there
		t.Fatal(err)
	}
	ag.recall()
	if ag.standing() == wire.OK {
		t.Error("the kiosk serves")
	}
	if err := os.Remove(filepath.Join(ag.alarm.dir, alarmFile)); err != nil {
		t.Fatal(err)
	}
	if err := ag.mark().lift(); err != nil || ag.mark().stands() {
		t.Error(err)
	}
	if err := ag.mark().lift(); err != nil {
		t.Errorf("lifting what does not stand: %v", err)
	}
	if (mark{filepath.Join(ag.alarm.dir, "gone"), printMark}).put() == nil {
		t.Error("a mark that cannot be kept is no error")
	}
}

// An alarm that cannot be written still stops the kiosk, and one that cannot
// be read counts as standing.
func TestAlarmThatCannotBeKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gone")
	ag := &Agent{alarm: alarm{dir}, outbox: newOutbox(nil, time.Now)}
	ag.raise(wire.LastLook)
	if !ag.alarmed() {
		t.Error("the kiosk goes on serving")
	}
	if got := ag.standing(); got != wire.LastLook {
		t.Errorf("stands as %v", got)
	}
	loop := filepath.Join(t.TempDir(), "loop")
	if err := os.Symlink(loop, loop); err != nil {
		t.Skip(err)
	}
	if !(alarm{loop}).stands() {
		t.Error("a state folder that cannot be read counts as no alarm")
	}
}
