package centre_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"akashi/centre"
	"akashi/centre/audit"
	"akashi/centre/channel"
	"akashi/centre/wire"
)

// short is a worker's life that a test can wait for, and that is long enough
// for a worker on a loaded machine.
func short(c *centre.LauncherConfig) { c.Worker.Life = 8 * time.Second }

func TestAWorkerThatFails(t *testing.T) {
	h := build(t, 1, short)
	k := h.kiosk("k0")
	for _, order := range []string{"die", "die reserved", "rubbish", "unknown code", "hang"} {
		if _, err := k.whole(order, nil); !errors.Is(err, wire.Internal) {
			t.Errorf("%s: got %v", order, err)
		}
		h.noWorkers()
	}
	voided := h.await(func(e audit.Event) bool { return e.Voided != nil }).Voided
	if voided.Code != wire.OK || voided.Municipality != 131016 {
		t.Errorf("the reservation of a worker that died: %+v", voided)
	}
	if a, err := k.whole("", []byte{9}); err != nil || a.Phone != "09" {
		t.Errorf("the next one: %+v, %v", a, err)
	}
}

func TestAWorkerWhoseRequestNeverComesIsGone(t *testing.T) {
	h := build(t, 1, short)
	k := h.kiosk("k0")
	head := must(k.open())(t)
	a := must(k.begin(head))(t)
	e := h.await(func(e audit.Event) bool { return e.Ended != nil }).Ended
	if e.Code != wire.TimedOut {
		t.Errorf("ended with %v", e.Code)
	}
	h.noWorkers()
	if _, err := k.request(head, a, "", nil); !errors.Is(err, wire.Busy) {
		t.Errorf("too late: %v", err)
	}
}

// A worker that is killed before its request comes says nothing of the
// request: the resident asks again at once, with a counter of its own, and
// nothing is taken for the old one.
func TestAWorkerThatIsKilledBeforeItsRequest(t *testing.T) {
	h := build(t, 2)
	k, thief := h.kiosk("k0"), h.kiosk("k1")
	head := must(k.open())(t)
	a := must(k.begin(head))(t)
	s, _, err := channel.SealRequest(a, wire.Request{Header: head})
	if err != nil {
		t.Fatal(err)
	}
	for _, pid := range workers(t) {
		if err := syscall.Kill(must(strconv.Atoi(pid))(t), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	e := h.await(func(e audit.Event) bool { return e.Ended != nil }).Ended
	if e.Code != wire.Internal {
		t.Errorf("ended with %v", e.Code)
	}
	for range 2 {
		_, err := k.ask(wire.TypeRequest, s)
		var r *channel.Refused
		if !errors.As(err, &r) || r.Code != wire.Busy || r.RetryAfter == 0 {
			t.Errorf("its request: %v", err)
		}
	}
	if _, err := thief.ask(wire.TypeRequest, s); !errors.Is(err, wire.NonceUsed) {
		t.Errorf("another kiosk: %v", err)
	}
	if _, err := k.begin(head); !errors.Is(err, wire.NonceUsed) {
		t.Errorf("the same counter again: %v", err)
	}
	head.Counter++
	a = must(k.begin(head))(t)
	if answer, err := k.request(head, a, "", []byte{7}); err != nil || answer.Phone != "07" {
		t.Errorf("asked again: %+v, %v", answer, err)
	}
	h.noWorkers()
}

func TestAnEnvelopeThatDoesNotOpen(t *testing.T) {
	h := build(t, 1)
	k := h.kiosk("k0")
	head := must(k.open())(t)
	a := must(k.begin(head))(t)
	s, _, err := channel.SealRequest(a, wire.Request{Header: head})
	if err != nil {
		t.Fatal(err)
	}
	s.Ciphertext[0] ^= 1
	if _, err := k.ask(wire.TypeRequest, s); !errors.Is(err, wire.EnvelopeInvalid) {
		t.Errorf("got %v", err)
	}
}

func TestPartsThatAreDown(t *testing.T) {
	h := build(t, 1)
	k := h.kiosk("k0")
	head := must(k.open())(t)
	vrs := h.stopLn
	vrs()
	if _, err := k.begin(head); !errors.Is(err, wire.VRSDown) {
		t.Errorf("VRS down: %v", err)
	}
	h.stopKeys()
	head.Counter = 2
	if _, err := k.begin(head); !errors.Is(err, wire.KeyRefused) {
		t.Errorf("key process down: %v", err)
	}
	if _, err := k.ask(wire.TypeSettle, wire.Settle{Municipality: city}); !errors.Is(err, wire.KeyRefused) {
		t.Errorf("settling without keys: %v", err)
	}
	for _, e := range []wire.Code{wire.VRSDown, wire.KeyRefused} {
		h.await(func(a audit.Event) bool { return a.Ended != nil && a.Ended.Code == e })
	}
	h.launched() // the launcher ends
	head.Counter = 3
	if _, err := k.begin(head); !errors.Is(err, wire.Busy) {
		t.Errorf("no launcher: %v", err)
	}
	h.bus.Stop()
	if _, err := k.open(); !errors.Is(err, wire.Internal) {
		t.Errorf("no bus: %v", err)
	}
	if _, err := k.ask(wire.TypeRequest, wire.Sealed{Nonce: head.Nonce, Counter: 1, Ciphertext: []byte{1}}); !errors.Is(err, wire.Internal) {
		t.Errorf("no bus: %v", err)
	}
	b := must(channel.Body[wire.Beaten](must(k.ask(wire.TypeBeat, wire.Beat{}))(t)))(t)
	if b.Enabled {
		t.Error("without the bus a kiosk is told that it may go on")
	}
	h.noWorkers()
}

func TestALauncherSaysWhatItMisses(t *testing.T) {
	h := build(t, 1)
	twin := h.lc
	twin.Audit += ".twin"
	if l, err := centre.NewLauncher(within(t), twin); err == nil {
		l.Close()
		t.Error("a second launcher of the same name: started")
	}
	h.launched()
	for name, change := range map[string]func(*centre.LauncherConfig){
		"no key process": func(c *centre.LauncherConfig) { c.Keys = filepath.Join(h.dir, "none") },
		"no bus":         func(c *centre.LauncherConfig) { c.Bus.URL = "tls://127.0.0.1:1" },
		"no address":     func(c *centre.LauncherConfig) { c.Bus.URL = "://" },
		"wrong role":     func(c *centre.LauncherConfig) { c.Bus.Certificate = h.w.Gateway.TLS() },
		"no audit":       func(c *centre.LauncherConfig) { c.Audit = filepath.Join(h.dir, "no", "audit") },
	} {
		c := h.lc
		change(&c)
		if l, err := centre.NewLauncher(within(t), c); err == nil {
			l.Close()
			t.Errorf("%s: started", name)
		}
	}
}

func TestALauncherThatIsStartedAgain(t *testing.T) {
	h := build(t, 1)
	k := h.kiosk("k0")
	head := must(k.open())(t)
	must(k.begin(head))(t)
	h.launched()
	h.noWorkers() // the worker that waited is gone with it
	h.startLauncher()
	if _, err := k.begin(head); !errors.Is(err, wire.NonceUsed) {
		t.Errorf("a nonce used before: %v", err)
	}
	head.Counter = 2
	a, err := k.begin(head)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.request(head, a, "", nil); err != nil {
		t.Error(err)
	}
	f := must(os.Open(h.lc.Audit))(t)
	defer f.Close()
	if _, err := audit.Verify(f, nil); err != nil {
		t.Error(err)
	}
}

// Requests in hand are answered; what comes after is told to try again.
func TestTheLauncherDrains(t *testing.T) {
	h := build(t, 1)
	k := h.kiosk("k0")
	goOn, ends := k.waiting("wait")
	stopped := make(chan struct{})
	go func() { h.launched(); close(stopped) }()
	h.until("nothing new is taken", func() bool {
		_, err := k.open()
		return errors.Is(err, wire.Busy)
	})
	select {
	case <-stopped:
		t.Error("the launcher ended with a request in hand")
	default:
	}
	goOn()
	if err := <-ends; err != nil {
		t.Errorf("the request in hand: %v", err)
	}
	<-stopped
	h.noWorkers()
}

// An answer whose event cannot be written does not leave.
func TestNoAnswerWithoutItsEvent(t *testing.T) {
	h := build(t, 1)
	goOn, ends := h.kiosk("k0").waiting("wait reserved")
	h.launcher.CloseLog()
	goOn()
	if err := <-ends; !errors.Is(err, wire.AuditDown) {
		t.Errorf("got %v", err)
	}
	h.noWorkers()
}

// A nonce's use whose outcome nobody knows counts as used.
func TestAnUnclearUseIsAUse(t *testing.T) {
	h := build(t, 1)
	use, lose, err := centre.Uses(within(t), h.dial)
	if err != nil {
		t.Fatal(err)
	}
	nonce := make([]byte, 32)
	if err := use(nonce, 1); err != nil {
		t.Fatal(err)
	}
	if err := use(nonce, 1); err != wire.NonceUsed {
		t.Errorf("twice: %v", err)
	}
	lose()
	if err := use(nonce, 2); err != wire.NonceUsed {
		t.Errorf("nobody knows: %v", err)
	}
}

func TestSettle(t *testing.T) {
	h := build(t, 1)
	for id, k := range map[string]*kiosk{"enabled": h.kiosk("k0"), "disabled": h.kiosk("off")} {
		if f, err := k.ask(wire.TypeSettle, wire.Settle{Municipality: city}); err != nil || f.Body != nil {
			t.Errorf("%s: %s, %v", id, f.Body, err)
		}
	}
	k := h.kiosk("k0")
	for _, code := range []wire.Code{wire.VRSDown, wire.VRSAnswer} { // the fake worker says the length of Enc
		if _, err := k.ask(wire.TypeSettle, wire.Settle{Municipality: city, Enc: make([]byte, code)}); !errors.Is(err, code) {
			t.Errorf("got %v, want %v", err, code)
		}
	}
	if _, err := k.ask(wire.TypeSettle, wire.Settle{Municipality: city, Enc: make([]byte, 999)}); !errors.Is(err, wire.Internal) {
		t.Errorf("an unknown code: %v", err)
	}
	e := h.await(func(e audit.Event) bool { return e.Settled != nil }).Settled
	if e.Municipality != 131016 || e.Code != wire.OK {
		t.Errorf("event %+v", e)
	}
	h.noWorkers()
}

func TestClosedGatewayContext(t *testing.T) {
	h := build(t, 1)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := centre.NewGateway(ctx, centre.GatewayConfig{Bus: h.dial, Fleet: h.fleet, Now: h.now}); err == nil {
		t.Error("started")
	}
}
