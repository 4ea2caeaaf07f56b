package centre_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"akashi/centre"
	"akashi/centre/audit"
	"akashi/centre/channel"
	"akashi/centre/fleet"
	"akashi/centre/wire"
	"akashi/testkit/pki"
)

func (h *house) tell(o centre.Order) centre.State {
	h.t.Helper()
	o.Operator = 7
	return must(centre.Tell(within(h.t), h.operator(), o))(h.t)
}

// operator is an operator's end of the bus.
func (h *house) operator() centre.DialConfig {
	d := h.dial
	d.Certificate = h.w.Operator.TLS()
	return d
}

func (k *kiosk) alarm() {
	k.h.t.Helper()
	f, err := k.ask(wire.TypeAlarm, wire.Alarm{Code: wire.LastLook})
	if err != nil || f.Type != wire.TypeAlarmed {
		k.h.t.Fatalf("alarm: %v", err)
	}
}

func (k *kiosk) enabled() bool {
	return must(channel.Body[wire.Beaten](must(k.ask(wire.TypeBeat, wire.Beat{}))(k.h.t)))(k.h.t).Enabled
}

// until waits for the gateway to hear of a change.
func (h *house) until(what string, f func() bool) {
	h.t.Helper()
	for end := time.Now().Add(hang); !f(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			h.t.Fatal("never: ", what)
		}
	}
}

func TestAnAlarmStopsItsKioskAndItsNode(t *testing.T) {
	h := build(t, 3)
	a, b, c := h.kiosk("k0"), h.kiosk("k1"), h.kiosk("k2")
	begun := must(b.open())(t)
	at := must(b.begin(begun))(t)
	if _, err := a.whole("", nil); err != nil {
		t.Fatal(err)
	}
	a.alarm()
	for range 3 { // a retry clears nothing
		if _, err := a.open(); !errors.Is(err, wire.IssuingStopped) {
			t.Errorf("the kiosk that alarmed: %v", err)
		}
		if _, err := b.open(); !errors.Is(err, wire.IssuingStopped) {
			t.Errorf("another kiosk at the node that issued: %v", err)
		}
	}
	begun.Counter = 2
	if _, err := b.begin(begun); !errors.Is(err, wire.IssuingStopped) {
		t.Errorf("a session that had begun: %v", err)
	}
	if _, err := b.request(must(sameCounter(begun, 1))(t), at, "", nil); err == nil {
		t.Error("a worker that waited issues on")
	}
	h.until("the kiosk is told", func() bool { return !a.enabled() })
	if !c.enabled() {
		t.Error("a kiosk without alarm is told to stop although other nodes may serve it")
	}
	s := h.tell(centre.Order{})
	if s.Stopped || len(s.Alarms) != 1 || s.Alarms[0].Kiosk != "k0" || s.Alarms[0].Node != "n1" || s.Alarms[0].Code != wire.LastLook {
		t.Errorf("state %+v", s)
	}
	// A restart clears nothing, even when the shared memory is gone with it.
	h.restart()
	if _, err := h.kiosk("k1").open(); !errors.Is(err, wire.IssuingStopped) {
		t.Errorf("after a restart: %v", err)
	}
	s = h.tell(centre.Order{Clear: s.Alarms[0].ID})
	if !s.Alarms[0].Cleared {
		t.Errorf("state %+v", s)
	}
	if _, err := h.kiosk("k0").whole("", nil); err != nil {
		t.Errorf("after a person has cleared it: %v", err)
	}
	e := h.await(func(e audit.Event) bool { return e.Cleared != nil }).Cleared
	if e.Operator != 7 || e.Alarm != s.Alarms[0].ID {
		t.Errorf("audit %+v", e)
	}
}

// The answer under way when its node is stopped may be the wrong one itself.
func TestAStopHoldsBackWhatIsUnderWay(t *testing.T) {
	h := build(t, 2)
	goOn, ends := h.kiosk("k0").waiting("wait reserved")
	h.kiosk("k1").alarm()
	goOn()
	if err := <-ends; !errors.Is(err, wire.IssuingStopped) {
		t.Errorf("got %v", err)
	}
	e := h.await(func(e audit.Event) bool { return e.Ended != nil }).Ended
	if e.Code != wire.IssuingStopped {
		t.Errorf("audit %+v", e)
	}
	if v := h.await(func(e audit.Event) bool { return e.Voided != nil }).Voided; v.Code != wire.OK {
		t.Errorf("its reservation: %+v", v)
	}
	h.noWorkers()
}

func sameCounter(h wire.Header, n uint8) (wire.Header, error) { h.Counter = n; return h, nil }

// restart ends everything but the audit and starts it again.
func (h *house) restart() {
	h.t.Helper()
	h.launched()
	h.bus.Stop()
	h.bus = must(centre.StartBus(centre.BusConfig{
		Listen: "127.0.0.1:0", Certificate: h.w.NATS.TLS(), Root: h.w.Centre.Pool(), Node: "n1", Store: h.t.TempDir(),
	}))(h.t)
	h.t.Cleanup(h.bus.Stop)
	h.dial.URL, h.lc.Bus.URL = h.bus.URL(), h.bus.URL()
	h.startLauncher()
	h.startGateway()
}

func TestASecondKioskStopsEverything(t *testing.T) {
	h := build(t, 4)
	h.kiosk("k0").alarm() // nobody served it: the node that heard of it stops
	s := h.tell(centre.Order{})
	if s.Stopped || s.Alarms[0].Node != "n1" {
		t.Errorf("state %+v", s)
	}
	s = h.tell(centre.Order{Clear: s.Alarms[0].ID})
	if _, err := h.kiosk("k2").whole("", nil); err != nil {
		t.Fatalf("cleared: %v", err)
	}
	h.shift.Store(int64(59 * time.Minute))
	h.kiosk("k1").alarm()
	if s = h.tell(centre.Order{}); !s.Stopped {
		t.Errorf("a second kiosk within the hour: %+v", s)
	}
	k3 := h.kiosk("k3")
	h.until("every kiosk is told", func() bool { return !k3.enabled() })
	h.shift.Store(int64(3 * time.Hour)) // time clears nothing
	if _, err := k3.open(); !errors.Is(err, wire.IssuingStopped) {
		t.Errorf("got %v", err)
	}
	if s = h.tell(centre.Order{Clear: s.Alarms[1].ID}); s.Stopped {
		t.Errorf("state %+v", s)
	}
	if _, err := k3.whole("", nil); err != nil {
		t.Errorf("after both were cleared: %v", err)
	}
}

func TestAnOperatorStopsEverything(t *testing.T) {
	h := build(t, 1)
	k := h.kiosk("k0")
	if s := h.tell(centre.Order{Stop: true}); !s.Stopped || !s.Operator {
		t.Errorf("state %+v", s)
	}
	if _, err := k.open(); !errors.Is(err, wire.IssuingStopped) {
		t.Errorf("got %v", err)
	}
	if _, err := k.ask(wire.TypeSettle, wire.Settle{Municipality: city}); err != nil {
		t.Errorf("what was issued can still be settled: %v", err)
	}
	h.restart()
	if s := h.tell(centre.Order{}); !s.Stopped {
		t.Errorf("a restart has cleared it: %+v", s)
	}
	if s := h.tell(centre.Order{Resume: true}); s.Stopped {
		t.Errorf("state %+v", s)
	}
	if _, err := h.kiosk("k0").whole("", nil); err != nil {
		t.Errorf("resumed: %v", err)
	}
}

func TestOrdersThatAreNone(t *testing.T) {
	h := build(t, 1)
	for name, o := range map[string]centre.Order{
		"nobody":        {Stop: true},
		"both":          {Operator: 7, Stop: true, Resume: true},
		"no such alarm": {Operator: 7, Clear: 12345},
	} {
		if _, err := centre.Tell(within(t), h.operator(), o); !errors.Is(err, wire.Malformed) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	for name, id := range map[string]*pki.Identity{"gateway": h.w.Gateway, "launcher": h.w.Launcher} {
		other := h.dial
		other.Certificate = id.TLS()
		if _, err := centre.Tell(shortly(t), other, centre.Order{Operator: 7, Resume: true}); err == nil {
			t.Errorf("a %s gives orders", name)
		}
	}
	h.launched()
	if _, err := centre.Tell(within(t), h.operator(), centre.Order{Operator: 7}); err == nil {
		t.Error("an answer without a launcher")
	}
}

// records gives how many events of the audit f counts.
func (h *house) records(f func(audit.Event) bool) (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range h.events {
		if f(e) {
			n++
		}
	}
	return n
}

func alarmed(e audit.Event) bool { return e.Alarmed != nil }

func TestAKioskThatRepeatsItsAlarmHasOne(t *testing.T) {
	h := build(t, 1)
	k := h.kiosk("k0")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 25 {
				if f, err := k.ask(wire.TypeAlarm, wire.Alarm{Code: wire.LastLook}); err != nil || f.Type != wire.TypeAlarmed {
					t.Errorf("a repeat: %v", err)
				}
			}
		})
	}
	wg.Wait()
	s := h.tell(centre.Order{})
	if len(s.Alarms) != 1 || h.records(alarmed) != 1 {
		t.Fatalf("%d alarms, %d records", len(s.Alarms), h.records(alarmed))
	}
	h.tell(centre.Order{Clear: s.Alarms[0].ID})
	k.alarm() // a new one: the old was cleared
	if s = h.tell(centre.Order{}); len(s.Alarms) != 2 || h.records(alarmed) != 2 {
		t.Errorf("after the clearing: %+v, %d records", s, h.records(alarmed))
	}
	if _, err := k.open(); !errors.Is(err, wire.IssuingStopped) {
		t.Errorf("after the second: %v", err)
	}
}

// An audit with thousands of cleared alarms is not told to the bus again.
func TestARestartReplaysWhatStillCounts(t *testing.T) {
	h := build(t, 1)
	h.kiosk("k0").alarm()
	h.launched()
	log := must(audit.Open(h.lc.Audit, "n1", h.now, nil))(t)
	long := h.now().Add(-24 * time.Hour).Unix()
	each := func(event func(id uint64) audit.Event) {
		var wg sync.WaitGroup
		for i := range uint64(2000) {
			wg.Go(func() {
				if err := log.Append(event(i + 1)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	each(func(id uint64) audit.Event {
		return audit.Event{Alarmed: &audit.Alarmed{Alarm: fleet.Alarm{ID: id, At: long, Kiosk: "k0", Node: "n1", Code: wire.LastLook}}}
	})
	each(func(id uint64) audit.Event { return audit.Event{Cleared: &audit.Cleared{Alarm: id, Operator: 7}} })
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	h.restart()
	if s := h.tell(centre.Order{}); len(s.Alarms) != 1 || s.Alarms[0].Cleared {
		t.Errorf("%d alarms are replayed, want the one that stands", len(s.Alarms))
	}
}
