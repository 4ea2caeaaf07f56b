package kiosk_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"akashi/centre/wire"
	"akashi/kiosk"
	"akashi/kiosk/face"
	"akashi/testkit/residents"
	"akashi/testkit/robot"
	"akashi/testkit/users"
	"akashi/verifier/credential"
)

// kill -9 of the worker at every screen: the agent goes on, nothing is left,
// nothing is charged that was not printed. A print that was begun stops it
// until a person has looked in the tray.
func TestWorkerKilledAtEveryScreen(t *testing.T) {
	c := newTown(t)
	c.await(wire.OK)
	open := files(t, c.agent.Process.Pid)
	charged := 0
	for _, at := range []face.Screen{face.Consent, face.InsertCard, face.PIN, face.TakeCard, face.Choose, face.Working, face.Preview, face.Printing, face.TakePaper} {
		v := c.walk("takasaki", credential.Domestic, func(p *robot.Plan, r kiosk.Reply) {
			p.Seen = func(s face.Tell) {
				if s.Screen == at {
					syscall.Kill(r.Worker, syscall.SIGKILL)
				}
			}
		})
		if v.record.Ended && at != face.TakePaper {
			t.Errorf("%s: an end screen came from a killed worker", at)
		}
		if at == face.TakePaper {
			charged += 120 // printed and captured before
		}
		want := wire.Internal
		if at == face.TakePaper || at == face.Printing && v.last.Code == wire.PrintUnknown { // printing: the print process may not have begun
			want = wire.PrintUnknown
			c.await(wire.IssuingStopped)
			c.once("clear")
			c.await(wire.OK)
		}
		if v.last.Code != want || v.last.Charged != charged && at != face.Printing {
			t.Errorf("%s: %v, charged %d, want %d", at, v.last.Code, v.last.Charged, charged)
		}
		if at == face.Printing {
			charged = v.last.Charged
		}
		c.clean(open)
		if _, err := os.Stat("/proc/" + strconv.Itoa(v.first.Worker)); err == nil {
			t.Errorf("%s: the worker is still there", at)
		}
	}
	if v := c.walk("takasaki", credential.Domestic); v.last.Code != wire.OK {
		t.Errorf("after all that: %v", v.last.Code)
	}
}

// slowly makes the print process hang when it has left a part of a paper.
func (c *town) slowly(part string) {
	c.t.Helper()
	script := "#!/bin/sh\ncase $1 in print) echo %PDF > \"$2/" + part + "\"; exec /bin/sleep 600;; esac\nexec " + c.config.Program + " \"$@\"\n"
	path := filepath.Join(c.dir, "slowly")
	if err := os.WriteFile(path, []byte(script), 0o755); err != nil {
		c.t.Fatal(err)
	}
	c.restart(func() { c.config.Program = path })
}

// restart kills the agent, changes something, and starts it again.
func (c *town) restart(change func()) {
	c.t.Helper()
	c.agent.Process.Kill()
	<-c.done
	change()
	c.start()
}

// kill -9 of the worker while its print process runs: maybe printed, so the
// kiosk stops until a person clears it, whatever is restarted; the fee is
// charged and the receipt bears a reprint right. No alarm of mis-issue goes to
// the centre, and no part of a paper is left.
func TestWorkerKilledWhilePrinting(t *testing.T) {
	c := newTown(t, func(k *kiosk.Config) { k.Seconds.Beat = 1 })
	part := "." + strings.Repeat("0a", 16) + ".part"
	c.slowly(part)
	c.await(wire.OK)
	open := files(t, c.agent.Process.Pid)
	v := c.walk("takasaki", credential.Domestic, func(p *robot.Plan, r kiosk.Reply) {
		p.Seen = func(s face.Tell) {
			if s.Screen != face.Printing {
				return
			}
			for begun := time.Now(); !exists(filepath.Join(c.dir, "out", part)) && time.Since(begun) < hang; {
				time.Sleep(5 * time.Millisecond)
			}
			syscall.Kill(r.Worker, syscall.SIGKILL)
		}
	})
	if v.last.Code != wire.PrintUnknown || v.last.Charged != 120 || len(listing(t, filepath.Join(c.dir, "out"))) != 1 {
		t.Errorf("%+v, left %v", v.last, listing(t, filepath.Join(c.dir, "out")))
	}
	if n, yen := c.gate.rights.Owed(); n != 1 || yen != 120 || len(c.unit.Snapshot().Receipts) != 1 || c.unit.Snapshot().Charged() != 120 {
		t.Errorf("%d rights of %d yen, unit %+v", n, yen, c.unit.Snapshot())
	}
	c.clean(open)
	c.seen(wire.PrintUnknown)
	c.restart(func() { c.gate.with(func(g *gate) { g.faults = nil }) })
	c.seen(wire.PrintUnknown)
	if v := c.walk("takasaki", credential.Domestic); v.first.Code != wire.IssuingStopped {
		t.Errorf("the kiosk serves on: %+v", v.first)
	}
	if got := c.once("clear").Code; got != wire.OK {
		t.Errorf("clear: %v", got)
	}
	c.await(wire.OK)
	c.gate.with(func(g *gate) {
		if len(g.alarms) != 0 {
			t.Errorf("alarms %v", g.alarms)
		}
	})
}

// kill -9 of the agent while a print process runs: the next agent finds the mark
// and stops as for a killed worker.
func TestAgentKilledWhilePrinting(t *testing.T) {
	c := newTown(t, func(k *kiosk.Config) { k.Seconds.Beat = 1 })
	part := "." + strings.Repeat("0a", 16) + ".part"
	c.slowly(part)
	c.await(wire.OK)
	c.walk("takasaki", credential.Domestic, func(p *robot.Plan, _ kiosk.Reply) {
		p.Seen = func(s face.Tell) {
			if s.Screen != face.Printing {
				return
			}
			for begun := time.Now(); !exists(filepath.Join(c.dir, "out", part)) && time.Since(begun) < hang; {
				time.Sleep(5 * time.Millisecond)
			}
			syscall.Kill(c.agent.Process.Pid, syscall.SIGKILL)
		}
	})
	<-c.done
	c.start()
	c.seen(wire.PrintUnknown)
	if v := c.walk("takasaki", credential.Domestic); v.first.Code != wire.IssuingStopped {
		t.Errorf("the kiosk serves: %+v", v.first)
	}
	if exists(filepath.Join(c.dir, "out", part)) {
		t.Error("a part of a paper is left")
	}
	c.restart(func() {}) // no restart clears it
	c.seen(wire.PrintUnknown)
	if got := c.once("clear").Code; got != wire.OK {
		t.Errorf("clear: %v", got)
	}
	c.await(wire.OK)
}

// kill -9 of the agent while the centre takes no alarm: the next agent tells
// the centre, and keeps nothing of it once it has.
func TestAgentKilledWithAnAlarmUntold(t *testing.T) {
	c := newTown(t)
	c.await(wire.OK)
	other, _ := residents.Find("hokke")
	c.gate.with(func(g *gate) { g.swap, g.refuse[wire.TypeAlarm] = &other, wire.Busy })
	if v := c.walk("takasaki", credential.Domestic); v.last.Code != wire.LastLook {
		t.Fatalf("%+v", v.last)
	}
	c.restart(func() { c.gate.with(func(g *gate) { delete(g.refuse, wire.TypeAlarm) }) })
	for begun := time.Now(); exists(filepath.Join(c.dir, "state", "untold")); time.Sleep(10 * time.Millisecond) {
		if time.Since(begun) > hang {
			t.Fatal("the alarm stays untold")
		}
	}
	c.gate.with(func(g *gate) {
		if !slices.Equal(g.alarms, []wire.Code{wire.LastLook}) {
			t.Errorf("the centre heard %v", g.alarms)
		}
	})
	if got := c.once("state").Code; got != wire.IssuingStopped {
		t.Errorf("the kiosk says %v", got)
	}
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

// seen waits until a beat has told the centre of a fault.
func (c *town) seen(want wire.Code) {
	c.t.Helper()
	for begun := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		var got []wire.Code
		c.gate.with(func(g *gate) { got = g.faults })
		if slices.Equal(got, []wire.Code{want}) {
			return
		} else if time.Since(begun) > hang {
			c.t.Fatalf("the centre sees %v, want %v", got, want)
		}
	}
}

// ofProcess puts a reader process between worker and card.
func ofProcess(t *testing.T) func(*kiosk.Config) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path, err := program()
	if err != nil {
		t.Fatal(path, err)
	}
	if self, err = users.Program(self, filepath.Dir(path)); err != nil {
		t.Fatal(err)
	}
	return func(k *kiosk.Config) { k.Reader = kiosk.Reader{Program: self} } // newTown names it
}

// kill -9 of the reader process at every screen at which the card is used: a
// code of its own, no paper, no money, and the next session is served.
func TestReaderKilledAtEveryScreen(t *testing.T) {
	c := newTown(t, ofProcess(t))
	c.await(wire.OK)
	open := files(t, c.agent.Process.Pid)
	for _, at := range []face.Screen{face.Consent, face.InsertCard, face.PIN, face.Reading, face.TakeCard} {
		v := c.walk("takasaki", credential.Domestic, func(p *robot.Plan, r kiosk.Reply) {
			p.Seen = func(s face.Tell) {
				if s.Screen != at {
					return
				}
				for _, pid := range children(t, c.agent.Process.Pid) {
					if pid != r.Worker {
						syscall.Kill(pid, syscall.SIGKILL)
					}
				}
			}
			if at == face.TakeCard {
				p.Take = nil
			}
		})
		if v.last.Code != wire.ReaderFault || v.last.Charged != 0 || len(c.papers()) != 0 {
			t.Errorf("%s: %v, %d papers, shown %v", at, v.last.Code, len(c.papers()), v.record.Shown)
		}
		c.clean(open)
	}
	if v := c.walk("takasaki", credential.Domestic); v.last.Code != wire.OK {
		t.Errorf("after all that: %v", v.last.Code)
	}
	c.clean(open)
}
