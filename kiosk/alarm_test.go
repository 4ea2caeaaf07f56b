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
	if err := a.clear(); err != nil || a.stands() {
		t.Errorf("%v; a person cleared it", err)
	}
	if err := a.clear(); err != nil {
		t.Errorf("clearing what does not stand: %v", err)
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
	loop := filepath.Join(t.TempDir(), "loop")
	if err := os.Symlink(loop, loop); err != nil {
		t.Skip(err)
	}
	if !(alarm{loop}).stands() {
		t.Error("a state folder that cannot be read counts as no alarm")
	}
}
