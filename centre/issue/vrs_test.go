package issue_test

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"akashi/centre/issue"
	"akashi/centre/keys"
	"akashi/centre/vrs"
	"akashi/centre/wire"
	"akashi/testkit/residents"
	refvrs "akashi/testkit/vrs"
	"akashi/verifier/credential"
)

func TestVRSFailures(t *testing.T) {
	r := open(t, keys.Limits{})
	f := r.vrs.Faults()
	short := func(a *attempt) {
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second) // to get as far as VRS on a loaded machine
		t.Cleanup(cancel)
		a.ctx = ctx
	}
	for name, c := range map[string]struct {
		change func(*attempt)
		undo   func()
		want   wire.Code
	}{
		"line is dead": {func(a *attempt) { a.vrsConn = func(c net.Conn) net.Conn { c.Close(); return c } }, nil, wire.VRSDown},
		"down":         {func(*attempt) { f.Down(true) }, func() { f.Down(false) }, wire.VRSDown},
		"busy":         {func(*attempt) { f.Busy(1) }, nil, wire.VRSBusy},
		"slow":         {func(a *attempt) { f.Slow(time.Minute); short(a) }, func() { f.Slow(0) }, wire.VRSBusy},
		"somebody else": {func(a *attempt) {
			a.setup = func(s *issue.Setup) { s.VRS.ServerName = "other.akashi.invalid" }
		}, nil, wire.VRSDown},
	} {
		a := ask(t, "yoshida", residents.Mihon, credential.Domestic)
		c.change(&a)
		o := r.make(a)
		if c.undo != nil {
			c.undo()
		}
		r.refused(name, o, c.want)
		if !o.answered || (c.want == wire.VRSBusy) != (o.answer.RetryAfter > 0) {
			t.Errorf("%s: answered %v, retry after %d", name, o.answered, o.answer.RetryAfter)
		}
	}
}

func TestVRSDiesAfterReserving(t *testing.T) {
	r := open(t, keys.Limits{})
	r.vrs.Faults().Cut(vrs.PathQuery, 1)
	o := r.make(ask(t, "yoshida", residents.Mihon, credential.Domestic))
	if o.done.Event.Code != wire.VRSDown || o.token != nil || o.done.Event.Reservation != issue.NotReserved {
		t.Errorf("%+v", o.done.Event)
	}
	counts, err := r.vrs.Counts(context.Background())
	must(t, err)
	if counts[refvrs.Pending] != 1 {
		t.Errorf("nobody knows the token, so VRS waits and then says unknown: %v", counts)
	}
}

func TestVRSDiesWhileVoiding(t *testing.T) {
	r := open(t, keys.Limits{})
	r.vrs.Faults().Cut(vrs.PathVoid, 1)
	o := r.make(ask(t, "othername", residents.Reiji, credential.Domestic))
	if o.done.Event.Code != wire.NameDiffers || o.done.Event.Reservation != issue.VoidUnheard || o.token == nil {
		t.Errorf("%+v", o.done.Event)
	}
	// The launcher has the token and can have a fresh worker say it again.
	if e := r.order(func(s *issue.Setup) {
		s.Mode, s.Void = issue.ModeVoid, &vrs.VoidOrder{Municipality: residents.Reiji, Token: o.token}
	}); e.Code != wire.OK || e.Reservation != issue.Voided {
		t.Errorf("%+v", e)
	}
}

func TestSwappedRecordIsNotThisCards(t *testing.T) {
	r := open(t, keys.Limits{})
	r.vrs.Faults().SwapRecord(true)
	o := r.make(ask(t, "yoshida", residents.Mihon, credential.Domestic))
	r.refused("careless", o, wire.BirthDiffers)
	if o.done.Event.Reservation != issue.Voided {
		t.Error("the ID was reserved for this question and must be void")
	}
}

func TestSwappedAnswersAreNotBound(t *testing.T) {
	r := open(t, keys.Limits{})
	r.vrs.Faults().SwapAnswers(true)
	both := []attempt{
		ask(t, "yoshida", residents.Mihon, credential.Domestic),
		ask(t, "takasaki", residents.Mihon, credential.Domestic),
	}
	var wait sync.WaitGroup
	for _, a := range both {
		wait.Go(func() {
			o := r.make(a)
			if o.done.Event.Code != wire.VRSAnswer || o.answer.Delivery != nil {
				t.Errorf("crude: %+v", o.done.Event)
			}
			if o.token != nil || o.done.Event.Reservation != issue.NotReserved {
				t.Error("voided, or told of, a reservation that is another question's")
			}
		})
	}
	wait.Wait()
}

// order runs a worker in one of the other modes.
func (r *rooms) order(change func(*issue.Setup)) issue.Event {
	r.t.Helper()
	f, err := r.control.OpenRelay(context.Background(), [16]byte{byte(time.Now().UnixNano()), 1})
	must(r.t, err)
	keyConn, err := net.FileConn(f)
	must(r.t, err)
	f.Close()
	vrsConn, err := net.Dial("tcp", r.vrsAddr)
	must(r.t, err)
	launcher, worker := net.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- issue.Run(context.Background(), worker, vrsConn, keyConn, issue.Deps{})
		worker.Close()
		vrsConn.Close()
		keyConn.Close()
	}()
	s := r.setup
	change(&s)
	l, err := issue.Begin(launcher, s)
	must(r.t, err)
	done, err := l.Wait()
	must(r.t, err)
	must(r.t, <-ended)
	return done.Event
}
