package vrs_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"akashi/centre/vrs"
	"akashi/centre/wire"
	"akashi/testkit/residents"
	refvrs "akashi/testkit/vrs"
	"akashi/verifier/credential"
)

func refused(t *testing.T, s *service) wire.Code {
	t.Helper()
	_, err := s.client(t).Query(context.Background(), ask(t, "yoshida", residents.Mihon, credential.Domestic))
	var c wire.Code
	errors.As(err, &c)
	return c
}

func TestDownAndBusyAreNotNoRecord(t *testing.T) {
	s := serve(t, nil)
	s.Faults().Down(true)
	if c := refused(t, s); c != wire.VRSDown {
		t.Errorf("down: %v", c)
	}
	s.Faults().Down(false)
	s.Faults().Busy(1)
	if c := refused(t, s); c != wire.VRSBusy {
		t.Errorf("busy: %v", c)
	}
	if c := refused(t, s); c != wire.OK {
		t.Errorf("after: %v", c)
	}
	s.Faults().Slow(time.Hour)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	_, err := s.client(t).Query(ctx, ask(t, "yoshida", residents.Mihon, credential.Domestic))
	if !errors.Is(err, wire.VRSBusy) {
		t.Errorf("slow: %v", err)
	}
}

func TestMoreThanItCanDoIsBusy(t *testing.T) {
	s := serve(t, func(c *refvrs.Config) { c.AtOnce = 1 })
	leave := s.Occupy()
	if c := refused(t, s); c != wire.VRSBusy {
		t.Errorf("full: %v", c)
	}
	leave()
	if c := refused(t, s); c != wire.OK {
		t.Errorf("free again: %v", c)
	}
}

func TestCutDoesTheWorkAndSaysNothing(t *testing.T) {
	s := serve(t, nil)
	s.Faults().Cut(vrs.PathQuery, 1)
	if c := refused(t, s); c != wire.VRSDown {
		t.Errorf("cut: %v", c)
	}
	if got := state(t, s); got != refvrs.Pending {
		t.Errorf("reserved and unheard: %s", got)
	}
	s.clock.forward(time.Hour)
	if got := state(t, s); got != refvrs.Unknown {
		t.Errorf("later: %s", got)
	}
}

func TestSwapRecordIsCareless(t *testing.T) {
	s := serve(t, nil)
	key, err := vrs.BindingKey(s.w.VRSRoot.Pool(), s.w.Binding.DER(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	s.Faults().SwapRecord(true)
	q := ask(t, "yoshida", residents.Mihon, credential.Domestic)
	a := query(t, s, q)
	if err := vrs.CheckBinding(key, q, a); err != nil {
		t.Fatalf("the careless form is bound to the question: %v", err)
	}
	r, err := vrs.ParseRecord(a.Record)
	if err != nil {
		t.Fatal(err)
	}
	if me, _ := residents.Find("yoshida"); vrs.SameName(me.Card.Name, r.Name) {
		t.Error("nothing was swapped")
	}
}

func TestSwapAnswersIsCrude(t *testing.T) {
	s := serve(t, nil)
	key, err := vrs.BindingKey(s.w.VRSRoot.Pool(), s.w.Binding.DER(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	s.Faults().SwapAnswers(true)
	type asked struct {
		q vrs.Query
		a vrs.Answer
	}
	both := make(chan asked, 2)
	for _, id := range []string{"yoshida", "takasaki"} {
		q, c := ask(t, id, residents.Mihon, credential.Domestic), s.client(t)
		go func() {
			a, _ := c.Query(context.Background(), q)
			both <- asked{q, a}
		}()
	}
	x, y := <-both, <-both
	if vrs.CheckBinding(key, x.q, x.a) == nil || vrs.CheckBinding(key, y.q, y.a) == nil {
		t.Error("a swapped answer is bound to the question that it was given to")
	}
	if vrs.CheckBinding(key, x.q, y.a) != nil || vrs.CheckBinding(key, y.q, x.a) != nil {
		t.Error("not each other's answers")
	}
	if bytes.Equal(x.a.Record, y.a.Record) {
		t.Error("one record for both")
	}
}
