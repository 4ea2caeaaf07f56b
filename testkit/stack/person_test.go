package stack_test

import (
	"context"
	"testing"
	"time"

	"akashi/centre"
	"akashi/centre/wire"
	"akashi/testkit/stack"
	"akashi/verifier/credential"
)

// A node that was stopped by a person and started again is still stopped, and
// serves the same kiosks once the person lets it.
func TestReplacedNodeKeepsAPersonsStop(t *testing.T) {
	s := start(t, stack.Options{})
	if got, err := s.Order(t.Context(), centre.Order{Operator: 7, Stop: true}); err != nil || !got.Stopped || !got.Operator {
		t.Fatalf("stop: %+v, %v", got, err)
	}
	if err := s.Replace(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if v := walk(t, s, s.First(), credential.Domestic); v.Code != wire.KioskDisabled || len(v.Papers) != 0 {
		t.Fatalf("stopped: ended %v with %d papers", v.Code, len(v.Papers))
	}
	if got, err := s.Order(t.Context(), centre.Order{Operator: 7, Resume: true}); err != nil || got.Stopped {
		t.Fatalf("resume: %+v, %v", got, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := s.Kiosks[0].AwaitServing(ctx); err != nil {
		t.Fatal(err)
	}
	if v := walk(t, s, s.First(), credential.Domestic); v.Code != wire.OK || len(v.Papers) != 1 {
		t.Fatalf("resumed: ended %v with %d papers; centre said %s", v.Code, len(v.Papers), said(s))
	}
	shuts(t, s, onAClosedDay, wire.OutOfHours)
}

func TestAReissuedCardHasAllItsTries(t *testing.T) {
	s := start(t, stack.Options{})
	r, err := s.Resident(s.First())
	if err != nil {
		t.Fatal(err)
	}
	old, err := s.CardOf(r)
	if err != nil {
		t.Fatal(err)
	}
	s.Reissue(r.ID)
	fresh, err := s.CardOf(r)
	if err != nil || fresh == old || fresh.TriesLeft() != 3 {
		t.Fatalf("%v: the same card, or %d tries left", err, fresh.TriesLeft())
	}
}
