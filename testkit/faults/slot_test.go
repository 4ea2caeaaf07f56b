package faults_test

import (
	"context"
	"testing"
	"time"

	"akashi/centre/wire"
	"akashi/testkit/faults"
)

// inClear is a seal that hides nothing.
func inClear(a wire.Answer) (wire.Sealed, error) {
	s := wire.Sealed{Ciphertext: []byte("no delivery")}
	if a.Delivery != nil {
		s.Ciphertext = a.Delivery.PDF
	}
	return s, nil
}

func answer(s string) wire.Answer {
	return wire.Answer{Delivery: &wire.Delivery{PDF: []byte(s)}}
}

func TestTwoAnswersCross(t *testing.T) {
	for range 50 { // either may come first, or both at once
		crossed(t)
	}
}

func crossed(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	type out struct {
		a   wire.Sealed
		err error
	}
	first := make(chan out, 1)
	swap := faults.Slot(dir, time.Minute)
	go func() {
		a, err := swap(context.Background(), wire.Header{}, answer("A"), inClear)
		first <- out{a, err}
	}()
	second, err := swap(context.Background(), wire.Header{}, answer("B"), inClear)
	got := <-first
	if err != nil || got.err != nil {
		t.Fatal(err, got.err)
	}
	if string(second.Ciphertext) != "A" || string(got.a.Ciphertext) != "B" {
		t.Errorf("the defect does not swap: %s and %s", got.a.Ciphertext, second.Ciphertext)
	}
}

func TestALoneAnswerGoesThrough(t *testing.T) {
	a, err := faults.Slot(t.TempDir(), 20*time.Millisecond)(context.Background(), wire.Header{}, answer("A"), inClear)
	if err != nil || string(a.Ciphertext) != "A" {
		t.Errorf("%v, %v", a, err)
	}
	refusal := wire.Answer{Code: wire.NoRecord}
	if a, err := faults.Slot(t.TempDir(), time.Hour)(context.Background(), wire.Header{}, refusal, inClear); err != nil || string(a.Ciphertext) != "no delivery" {
		t.Error("a refusal must not wait for a partner")
	}
}
