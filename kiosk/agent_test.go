package kiosk_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"akashi/centre/wire"
	"akashi/kiosk"
	"akashi/kiosk/face"
	"akashi/kiosk/screen"
	"akashi/kiosk/session"
	"akashi/testkit/residents"
	"akashi/testkit/robot"
	"akashi/testkit/simcard"
	"akashi/verifier/credential"
)

// clean holds that nothing of a session is left at the agent.
func (c *town) clean(openBefore int) {
	c.t.Helper()
	left := slices.DeleteFunc(children(c.t, c.agent.Process.Pid), func(pid int) bool {
		b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
		return err != nil || bytes.HasSuffix(b, []byte("\x00-look\x00")) // it looks at the reader, and is of no session
	})
	if len(left) != 0 {
		c.t.Errorf("processes %v are left", left)
	}
	for begun := time.Now(); files(c.t, c.agent.Process.Pid) > openBefore; time.Sleep(20 * time.Millisecond) {
		if time.Since(begun) > hang {
			c.t.Errorf("%d files are open, %d were before", files(c.t, c.agent.Process.Pid), openBefore)
			break
		}
	}
}

func TestSessionInItsProcesses(t *testing.T) {
	c := newTown(t)
	c.await(wire.OK)
	open := files(t, c.agent.Process.Pid)
	for i, kind := range []credential.Kind{credential.Domestic, credential.Overseas} {
		v := c.walk("traveller", kind)
		if v.err != nil || v.last.Code != wire.OK || v.last.Event == nil || v.last.Event.Requests[0].Outcome != session.Delivered {
			t.Fatalf("%v: %v %+v: %s", kind, v.err, v.last, c.out.String())
		}
		if len(c.papers()) != i+1 || v.last.Charged != 120*(i+1) || len(v.record.Pages) == 0 || v.record.Papers != 1 {
			t.Errorf("%d papers, %d yen, %d preview pages", len(c.papers()), v.last.Charged, len(v.record.Pages))
		}
		if got := c.outcomes(i + 1); len(got) != i+1 || got[i] != "delivered" {
			t.Errorf("settled %v", got)
		}
		c.clean(open)
	}
	if exists(filepath.Join(c.dir, "state", "printing")) {
		t.Error("the mark of a print that ended well stays")
	}
}

func TestRefusalsAndEndings(t *testing.T) {
	c := newTown(t, func(k *kiosk.Config) { k.Seconds.Resident = 10 }) // how long nobody pays
	c.await(wire.OK)
	_, one := c.card("takasaki")
	_, other := c.card("hokke")
	two := []*simcard.Card{one, other}
	for _, e := range []struct {
		name  string
		id    string
		spoil func(*gate)
		plan  func(*robot.Plan, kiosk.Reply)
		want  wire.Code
	}{
		{"no record", "takasaki", func(g *gate) { g.code = wire.NoRecord }, nil, wire.NoRecord},
		{"VRS down", "takasaki", func(g *gate) { g.code = wire.VRSDown }, nil, wire.VRSDown},
		{"municipality out", "takasaki", func(g *gate) { g.refuse[wire.TypeBegin] = wire.MunicipalityOut }, nil, wire.MunicipalityOut},
		{"busy", "takasaki", func(g *gate) { g.refuse[wire.TypeOpen] = wire.Busy }, nil, wire.Busy},
		{"terms refused", "takasaki", nil, func(p *robot.Plan, _ kiosk.Reply) { p.Refuse = true }, wire.TermsRefused},
		{"wrong PIN", "takasaki", nil, func(p *robot.Plan, _ kiosk.Reply) { p.PINs = []string{"0000"} }, wire.PINWrong},
		{"locked", "locked", nil, nil, wire.PINLocked},
		{"expired", "expired", nil, nil, wire.CardExpired},
		{"cancelled at the preview", "takasaki", nil, func(p *robot.Plan, _ kiosk.Reply) { p.CancelAt = face.Preview }, wire.Cancelled},
		{"cancelled with the card on the reader", "takasaki", nil, func(p *robot.Plan, _ kiosk.Reply) { p.CancelAt = face.PIN }, wire.Cancelled},
		{"two cards", "takasaki", nil, func(p *robot.Plan, _ kiosk.Reply) { p.Insert = func() { c.tray.Lay(two...) } }, wire.TwoCards},
		{"nobody pays", "takasaki", nil, func(*robot.Plan, kiosk.Reply) { c.unit.Auto(false) }, wire.PaymentTimeout},
		{"page gone", "takasaki", nil, func(p *robot.Plan, _ kiosk.Reply) { p.VanishAt = face.Choose }, wire.Cancelled},
	} {
		t.Run(e.name, func(t *testing.T) {
			c.gate.with(func(g *gate) { g.code, g.refuse = wire.OK, map[wire.Type]wire.Code{} })
			if e.spoil != nil {
				c.gate.with(e.spoil)
			}
			var change []func(*robot.Plan, kiosk.Reply)
			if e.plan != nil {
				change = append(change, e.plan)
			}
			v := c.walk(e.id, credential.Domestic, change...)
			c.unit.Auto(true)
			if m := c.unit.Snapshot(); m.Held() != 0 || m.Charged() != 0 {
				t.Errorf("the unit holds %d and has charged %d", m.Held(), m.Charged())
			}
			if v.last.Code != e.want || v.last.Charged != 0 || len(c.papers()) != 0 {
				t.Errorf("%v, %d yen, %d papers; want %v", v.last.Code, v.last.Charged, len(c.papers()), e.want)
			}
			if left := children(t, c.agent.Process.Pid); len(left) != 0 {
				t.Errorf("processes %v are left", left)
			}
			if e.name != "page gone" {
				if last := v.record.Tells[len(v.record.Tells)-1]; last.Code != e.want || len(last.Texts) != len(screen.Languages) || last.Texts[0].What == "" {
					t.Errorf("the end screen shows %+v", last)
				}
			}
		})
	}
}

// Another resident's paper is never printed, stops this kiosk and is told to
// the centre; only a person lets it serve again, not a restart.
func TestSwappedPaperStopsTheKiosk(t *testing.T) {
	c := newTown(t)
	c.await(wire.OK)
	other, _ := residents.Find("hokke")
	c.gate.with(func(g *gate) { g.swap = &other })
	v := c.walk("takasaki", credential.Domestic)
	if v.last.Code != wire.LastLook || v.last.Charged != 0 || len(c.papers()) != 0 || v.last.Event.Requests[0].Reason == 0 {
		t.Errorf("%+v, %d papers", v.last, len(c.papers()))
	}
	if got := c.outcomes(1); !slices.Equal(got, []string{"unknown"}) {
		t.Errorf("settled %v", got)
	}
	c.gate.with(func(g *gate) {
		if !slices.Equal(g.alarms, []wire.Code{wire.LastLook}) {
			t.Errorf("alarms %v", g.alarms)
		}
		g.swap = nil
	})
	if v := c.walk("takasaki", credential.Domestic); v.first.Code != wire.IssuingStopped {
		t.Errorf("the kiosk serves on: %+v", v.first)
	}
	c.agent.Process.Kill()
	<-c.done
	c.start()
	if got := c.once("state").Code; got != wire.IssuingStopped {
		t.Errorf("a restart cleared the alarm: %v", got)
	}
	if got := c.once("clear").Code; got != wire.OK {
		t.Errorf("clear: %v", got)
	}
	c.await(wire.OK)
	if v := c.walk("takasaki", credential.Domestic); v.last.Code != wire.OK || len(c.papers()) != 1 {
		t.Errorf("after a person cleared it: %+v", v.last)
	}
}

// A part that a killed agent's print left is gone once the next agent serves;
// a paper stays. A file that the agent was started with reaches no worker.
func TestAgentStartsClean(t *testing.T) {
	c := newTown(t)
	part, paper := "."+strings.Repeat("0a", 16)+".part", strings.Repeat("0a", 16)+".pdf"
	log, err := os.Create(filepath.Join(c.dir, "service.log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	c.restart(func() {
		c.more = slices.Repeat([]*os.File{log}, 8) // more than a worker is handed, which would hide one
		for _, name := range []string{part, paper} {
			if err := os.WriteFile(filepath.Join(c.dir, "out", name), []byte("%PDF"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	})
	if exists(filepath.Join(c.dir, "out", part)) || !exists(filepath.Join(c.dir, "out", paper)) {
		t.Errorf("left %v", listing(t, filepath.Join(c.dir, "out")))
	}
	c.await(wire.OK)
	if !slices.Contains(targets(t, c.agent.Process.Pid), log.Name()) {
		t.Error("the agent was not started with the file")
	}
	c.walk("takasaki", credential.Domestic, func(p *robot.Plan, r kiosk.Reply) {
		p.Refuse = true
		p.Seen = func(s face.Tell) {
			if s.Screen == face.Consent && slices.Contains(targets(t, r.Worker), log.Name()) {
				t.Error("the worker has the agent's file")
			}
		}
	})
}

// targets gives what a process has open; nothing for a fenced process of
// another user, where only root can look.
func targets(t *testing.T, pid int) (all []string) {
	t.Helper()
	links, err := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range links {
		if to, err := os.Readlink(l); err == nil {
			all = append(all, to)
		}
	}
	return all
}

func alive(pid int) bool {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && !slices.Contains([]string{"Z", "X"}, state(string(b)))
}

func state(stat string) string {
	for i := len(stat) - 1; i >= 0; i-- {
		if stat[i] == ')' && i+2 < len(stat) {
			return stat[i+2 : i+3]
		}
	}
	return ""
}

// The card is taken too early: a code of its own, no paper.
func TestCardTakenTooEarly(t *testing.T) {
	c := newTown(t)
	c.await(wire.OK)
	v := c.walk("takasaki", credential.Domestic, func(p *robot.Plan, _ kiosk.Reply) {
		p.Seen = func(s face.Tell) {
			if s.Screen == face.PIN {
				c.tray.Clear()
			}
		}
	})
	if v.last.Code != wire.CardRemoved || len(c.papers()) != 0 {
		t.Errorf("%v, %d papers", v.last.Code, len(c.papers()))
	}
}

// Whoever has heard that a session is over can start the next one at once.
func TestNextSessionAtOnce(t *testing.T) {
	c := newTown(t)
	c.await(wire.OK)
	for range 5 {
		v := c.walk("takasaki", credential.Domestic, func(p *robot.Plan, _ kiosk.Reply) { p.Refuse = true })
		if v.last.Code != wire.TermsRefused {
			t.Fatalf("%+v, %+v", v.first, v.last)
		}
	}
}

func TestOneSessionAtATime(t *testing.T) {
	c := newTown(t)
	c.await(wire.OK)
	var second kiosk.Reply
	c.walk("takasaki", credential.Domestic, func(p *robot.Plan, _ kiosk.Reply) {
		p.Refuse = true
		p.Seen = func(s face.Tell) {
			if s.Screen == face.Consent {
				second = c.once("start")
			}
		}
	})
	if second.Code != wire.Busy || second.Address != "" {
		t.Errorf("a second session: %+v", second)
	}
}

func TestStartIsRefused(t *testing.T) {
	c := newTown(t, func(k *kiosk.Config) { k.Seconds.Beat = 1 })
	c.await(wire.OK)
	c.gate.with(func(g *gate) { g.enabled = false })
	c.await(wire.KioskDisabled)
	if got := c.once("start"); got.Code != wire.KioskDisabled || got.Address != "" {
		t.Errorf("disabled: %+v", got)
	}
	c.gate.with(func(g *gate) { g.enabled = true })
	c.await(wire.OK)
	if got := c.once("nonsense"); got.Code != wire.Malformed {
		t.Errorf("nonsense: %+v", got)
	}
}

func TestNoLineNoSession(t *testing.T) {
	c := newTown(t, func(k *kiosk.Config) { k.Centre = "127.0.0.1:1" })
	if got := c.once("start"); got.Code != wire.LineDown {
		t.Errorf("got %+v", got)
	}
}

// A settlement that the centre does not take at once arrives after the worker
// has gone.
func TestSettlementArrivesLater(t *testing.T) {
	c := newTown(t)
	c.await(wire.OK)
	c.gate.with(func(g *gate) { g.refuse[wire.TypeSettle] = wire.VRSDown })
	v := c.walk("takasaki", credential.Domestic)
	if v.last.Code != wire.OK || v.last.Waiting != 1 {
		t.Errorf("%v, %d waiting", v.last.Code, v.last.Waiting)
	}
	c.gate.with(func(g *gate) { delete(g.refuse, wire.TypeSettle) })
	if got := c.outcomes(1); !slices.Equal(got, []string{"delivered"}) {
		t.Errorf("settled %v", got)
	}
}

// Beside the papers a session writes nothing.
func TestNoFileIsLeft(t *testing.T) {
	c := newTown(t)
	c.await(wire.OK)
	before := listing(t, c.dir)
	c.walk("takasaki", credential.Domestic)
	for _, f := range listing(t, c.dir) {
		if !slices.Contains(before, f) && filepath.Base(filepath.Dir(f)) != "out" {
			t.Errorf("%s was written", f)
		}
	}
}

func listing(t *testing.T, dir string) (all []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		all = append(all, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestWorkerAloneDoesNothing(t *testing.T) {
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"session"}, {"print", t.TempDir()}, {}, {"agent"}, {"session", "x"}} {
		if err := exec.Command(path, args...).Run(); err == nil {
			t.Errorf("kiosk %v ended well", args)
		}
	}
}

// BenchmarkWorker is one session-worker start, from the agent's word to the
// worker's readiness, with its code loaded and its fence up.
func BenchmarkWorker(b *testing.B) {
	c := newTown(b)
	c.await(wire.OK)
	var total time.Duration
	for b.Loop() {
		begun := time.Now()
		conn, replies := c.dial("start")
		first := c.reply(replies)
		total += time.Since(begun)
		b.StopTimer()
		ctx := b.Context()
		if _, err := robot.Follow(ctx, first.Address, first.Origin, first.Token, robot.Plan{Refuse: true}); err != nil {
			b.Fatal(err)
		}
		c.reply(replies)
		conn.Close()
		b.StartTimer()
	}
	b.ReportMetric(float64(total.Microseconds())/float64(b.N)/1000, "ms/start")
}
