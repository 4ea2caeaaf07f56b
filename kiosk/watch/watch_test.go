package watch_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"akashi/centre/wire"
	"akashi/kiosk/payment/unit"
	"akashi/kiosk/watch"
	"akashi/printer"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func changed(b *watch.Board) bool {
	select {
	case <-b.Changed():
		return true
	default:
		return false
	}
}

// A device that changes is told at once, numbers that move by themselves wait
// for the beat, and counts of sessions for a quarter of an hour.
func TestBoard(t *testing.T) {
	now := noon
	b := watch.New(func() time.Time { return now }, 10*time.Second)
	if r := b.Report(); r.Every != 10 || r.Reader != wire.Unseen || r.Check() != nil {
		t.Errorf("%+v", r)
	}
	b.Set(func(r *wire.Report) { r.Room.Disk, r.Clock.Known, r.Crashes, r.Days.Trust = 7, true, 1, 3 })
	if changed(b) {
		t.Error("a number that moves by itself is a change")
	}
	for range 3 {
		b.Set(func(r *wire.Report) { r.Reader, r.Reasons = wire.Down, []wire.PrintFault{1} })
	}
	if !changed(b) || changed(b) {
		t.Error("want one change")
	}
	for range 2 {
		b.Ended(wire.PINWrong)
	}
	b.Ended(wire.OK)
	b.Ended(9999) // from a worker that is not itself any more
	if r := b.Report(); r.Ends != nil {
		t.Errorf("a session can be told from another: %v", r.Ends)
	}
	now = now.Add(watch.DefaultStep)
	r := b.Report()
	if want := []wire.Ends{{Code: wire.OK, N: 1}, {Code: wire.Internal, N: 1}, {Code: wire.PINWrong, N: 2}}; !reflect.DeepEqual(r.Ends, want) || r.Check() != nil {
		t.Errorf("%v", r.Ends)
	}
	r.Reasons[0] = 2
	if b.Report().Reasons[0] != 1 {
		t.Error("a report is not the caller's own")
	}
	if watch.New(time.Now, time.Hour).Report().Check() != nil || watch.New(time.Now, time.Millisecond).Report().Check() != nil {
		t.Error("a time between beats that cannot be sent")
	}
}

// The wire's closed sets are those of the devices.
func TestClosedSets(t *testing.T) {
	all := printer.Faults(1<<32 - 1).List()
	if len(all) != wire.PrintFaults() {
		t.Errorf("%d faults of a printer, words for %d", len(all), wire.PrintFaults())
	}
	h, words := watch.Printer(printer.Faults(1<<32 - 1))
	if h != wire.Down || (wire.Report{Every: 1, Reasons: words}).Check() != nil {
		t.Errorf("%v %v", h, words)
	}
	if h, words := watch.Printer(printer.FaultsOf(printer.TonerLow)); h != wire.Ailing || len(words) != 1 {
		t.Errorf("toner low: %v %v", h, words)
	}
	if h, words := watch.Printer(0); h != wire.Well || words != nil {
		t.Errorf("%v %v", h, words)
	}
	for f, want := range map[unit.Fault]wire.Health{
		unit.NoFault: wire.Well, unit.Busy: wire.Well, unit.LowChange: wire.Ailing, unit.NoPaper: wire.Ailing,
		unit.Jammed: wire.Down, unit.Fault(wire.MoneySilent): wire.Down,
	} {
		if got, word := watch.Payment(f); got != want || (want == wire.Well) != (word == 0) {
			t.Errorf("%d: %v %v", f, got, word)
		}
	}
	if wire.MoneySilent != wire.MoneyFault(unit.LowChange)+1 {
		t.Error("the unit's faults have grown into that of silence")
	}
}

// The offset is found whatever the way takes and however long the centre holds
// the beat; how wrong it can be is told with it.
func TestClock(t *testing.T) {
	beat := func(c *watch.Clock, ahead, up, held, down time.Duration) time.Duration {
		sent := noon.Add(ahead)
		left := noon.Add(up + held)
		return c.Learn(sent, sent.Add(up+held+down), left, held)
	}
	for _, ahead := range []time.Duration{0, 90 * time.Second, -90 * time.Second} {
		for _, way := range [][3]time.Duration{{0, 0, 0}, {20e6, 0, 20e6}, {1e6, 3e9, 80e6}, {300e6, 1e9, 0}} {
			var c watch.Clock
			beat(&c, ahead, way[0], way[1], way[2])
			got := c.Wire()
			if wrong := (time.Duration(got.Offset)*time.Millisecond - ahead).Abs(); wrong > time.Duration(got.Within)*time.Millisecond {
				t.Errorf("ahead %v, way %v: %+v", ahead, way, got)
			}
			if line := (way[0] + way[2]).Milliseconds(); int64(got.Line) != line || !got.Known {
				t.Errorf("way %v: %+v", way, got)
			}
		}
	}
	var c watch.Clock
	if c.Wire() != (wire.Clock{}) {
		t.Error("nothing was measured yet")
	}
	beat(&c, time.Second, 5e6, 0, 5e6)
	beat(&c, time.Second, 900e6, 0, 5e6) // a slow beat does not spoil it
	if got := c.Wire(); got.Offset != 1000 || got.Line != 10 {
		t.Errorf("%+v", got)
	}
	if apart := beat(&c, time.Hour, 50e6, 0, 50e6); apart < time.Hour-time.Second {
		t.Errorf("apart %v", apart)
	}
	if got := c.Wire(); got.Offset != 3600_000 { // somebody set the clock: the old samples are of no use
		t.Errorf("%+v", got)
	}
	beat(&c, 48*time.Hour, 0, time.Minute, 0)
	if got := c.Wire(); got.Offset != wire.MaxOffset {
		t.Errorf("%+v", got)
	}
	c.Learn(noon, noon.Add(-time.Hour), noon, time.Hour) // neither a clock that goes back nor a centre that holds longer than it took
	if r := (wire.Report{Every: 1, Clock: c.Wire()}); r.Check() != nil {
		t.Errorf("%+v", r.Clock)
	}
}

func TestMachine(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	d := sha256.Sum256([]byte("program"))
	var first [4]byte
	n := watch.Program(put("program", "program"))
	first[0], first[1], first[2], first[3] = byte(n>>24), byte(n>>16), byte(n>>8), byte(n)
	if hex.EncodeToString(first[:]) != hex.EncodeToString(d[:4]) || watch.Program(filepath.Join(dir, "none")) != 0 {
		t.Errorf("%08x", n)
	}
	if watch.Free(dir) == 0 || watch.Free("") != 0 || watch.Free(filepath.Join(dir, "none")) != 0 {
		t.Error("free room")
	}
	if got := watch.Memory(put("meminfo", "MemTotal:  2048 kB\nMemAvailable:  1048576 kB\n")); got != 1024 {
		t.Errorf("memory %d", got)
	}
	if watch.Memory("/proc/meminfo") == 0 || watch.Memory(put("other", "MemAvailable: x kB\n")) != 0 || watch.Memory(dir) != 0 {
		t.Error("memory")
	}
	if watch.Fitted("") != wire.Unseen || watch.Fitted(dir) != wire.Well || watch.Fitted(filepath.Join(dir, "none")) != wire.Down {
		t.Error("fitted")
	}
	if watch.DaysLeft(noon.Add(49*time.Hour), noon) != 2 || watch.DaysLeft(noon.Add(-time.Hour), noon) != -1 {
		t.Error("days")
	}
}
