package payunit_test

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"akashi/kiosk/payment/unit"
	"akashi/testkit/payunit"
	"akashi/testkit/programs"
)

func id(n byte) []byte { return append(make([]byte, 15), n) }

func ask(u *payunit.Unit, do unit.Do, n byte, amount int) unit.Answered {
	a := unit.Asked{Do: do, Payment: id(n), Amount: amount}
	if do == unit.Authorise {
		a.Wait = 1
	}
	return u.Answer(context.Background(), a)[0]
}

func TestEachAskIsDoneOnce(t *testing.T) {
	u, err := payunit.New("", nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct {
		do     unit.Do
		n      byte
		amount int
		state  unit.State
		fault  unit.Fault
		taken  int
	}{
		{unit.Capture, 1, 0, unit.Unknown, unit.WrongState, 0},
		{unit.Authorise, 1, 240, unit.Authorised, 0, 0},
		{unit.Authorise, 1, 240, unit.Authorised, 0, 0},
		{unit.Authorise, 2, 120, unit.Unknown, unit.Busy, 0},
		{unit.PayBack, 1, 240, unit.Authorised, unit.WrongState, 0},
		{unit.Capture, 1, 0, unit.Captured, 0, 240},
		{unit.Capture, 1, 0, unit.Captured, 0, 240},
		{unit.Release, 1, 0, unit.Captured, unit.WrongState, 240},
		{unit.Authorise, 1, 240, unit.Captured, unit.WrongState, 240},
		{unit.Release, 3, 0, unit.Released, 0, 240}, // an authorise that comes later is refused
		{unit.Authorise, 3, 120, unit.Released, unit.WrongState, 240},
		{unit.PayBack, 4, 120, unit.PaidBack, 0, 120},
		{unit.PayBack, 4, 120, unit.PaidBack, 0, 120},
		{unit.Release, 4, 0, unit.PaidBack, unit.WrongState, 120},
		{unit.PayBack, 5, 90_000, unit.Unknown, unit.CannotPay, 120},
		{unit.Ask, 1, 0, unit.Captured, 0, 120},
	} {
		got := ask(u, c.do, c.n, c.amount)
		m := u.Snapshot()
		if got.State != c.state || got.Fault != c.fault || m.Charged() != c.taken || !m.Balanced() {
			t.Errorf("%d: %s of %d: %+v, charged %d, balanced %v", i, c.do, c.n, got, m.Charged(), m.Balanced())
		}
	}
}

// Whatever is asked and put in, every yen is somewhere, and the memory is the
// same after a loss of power.
func TestEveryYenIsSomewhere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "memory")
	u, err := payunit.New(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	u.Auto(false)
	r := rand.New(rand.NewPCG(3, 4))
	for range 400 {
		n := byte(r.IntN(20))
		over := make(chan struct{})
		go func() {
			ask(u, []unit.Do{unit.Authorise, unit.Capture, unit.Release, unit.PayBack}[r.IntN(4)], n, 0)
			close(over)
		}()
		<-over
		paid := make(chan struct{})
		go func() {
			u.Answer(context.Background(), unit.Asked{Do: unit.Authorise, Payment: id(n), Amount: 10 * (1 + int(n)), Wait: 2})
			close(paid)
		}()
		for range 3 {
			if r.IntN(4) == 0 {
				u.Touch("c", 500)
			}
			u.Insert(payunit.Coins[r.IntN(4)])
		}
		<-paid
		if !u.Snapshot().Balanced() {
			t.Fatalf("%+v", u.Snapshot())
		}
	}
	again, err := payunit.New(path, nil)
	if err != nil || again.Snapshot().Charged() != u.Snapshot().Charged() || !again.Snapshot().Balanced() {
		t.Errorf("after a loss of power: %+v, %v", again, err)
	}
}

func TestTheProcessAndItsPanel(t *testing.T) {
	dir, err := os.MkdirTemp("", "pu")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "payunit")
	if err := programs.Into(t.Context(), dir, "testkit/cmd/payunit"); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	base := filepath.Join(dir, "u")
	p, err := payunit.Start(ctx, program, base)
	if err != nil {
		t.Fatal(err)
	}
	press := func(x payunit.Panel, want bool) payunit.Seen {
		t.Helper()
		seen, err := p.Press(x)
		if err != nil || seen.Done != want {
			t.Fatalf("%+v: %+v, %v", x, seen, err)
		}
		return seen
	}
	press(payunit.Panel{Do: "auto"}, true)
	press(payunit.Panel{Do: "insert", Coin: 100}, false) // nobody asked for it
	press(payunit.Panel{Do: "dance"}, false)
	press(payunit.Panel{Do: "play"}, false)
	c := unit.Client{Path: base + ".sock"}
	one := unit.ID{1}
	paid := make(chan error, 1)
	go func() { paid <- c.Authorise(ctx, one, 120, time.Minute) }()
	for seen := (payunit.Seen{}); !seen.Done && ctx.Err() == nil; {
		if seen, err = p.Press(payunit.Panel{Do: "touch", Card: "c", Balance: 200}); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-paid; err != nil {
		t.Fatal(err)
	}
	press(payunit.Panel{Do: "play", Play: &payunit.Play{Do: unit.Capture, How: payunit.DieAfter}}, true)
	if err := c.Capture(ctx, one); err == nil {
		t.Error("a dead unit answers")
	}
	<-p.Done()
	if p, err = payunit.Start(ctx, program, base); err != nil {
		t.Fatal(err)
	}
	defer p.Kill()
	if err := c.Capture(ctx, one); err != nil {
		t.Error(err)
	}
	if m := press(payunit.Panel{Do: "look"}, true).Memory; m.Charged() != 120 || m.Cards["c"] != 80 || !m.Balanced() {
		t.Errorf("%+v", m)
	}
}
