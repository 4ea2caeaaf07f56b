package payment_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"

	"akashi/kiosk/payment"
)

func TestAuthoriseThenCaptureOrRelease(t *testing.T) {
	u := payment.NewUnit()
	ctx := t.Context()
	for _, c := range []struct {
		name    string
		do      func() error
		want    error
		held    int
		charged int
	}{
		{"capture before anything", func() error { return u.Capture(ctx) }, payment.ErrState, 0, 0},
		{"release before anything", func() error { return u.Release(ctx) }, nil, 0, 0},
		{"authorise", func() error { return u.Authorise(ctx, 240) }, nil, 240, 0},
		{"authorise again", func() error { return u.Authorise(ctx, 240) }, payment.ErrState, 240, 0},
		{"release", func() error { return u.Release(ctx) }, nil, 0, 0},
		{"capture after release", func() error { return u.Capture(ctx) }, payment.ErrState, 0, 0},
		{"authorise the next", func() error { return u.Authorise(ctx, 120) }, nil, 120, 0},
		{"capture", func() error { return u.Capture(ctx) }, nil, 0, 120},
		{"capture twice", func() error { return u.Capture(ctx) }, payment.ErrState, 0, 120},
		{"release after capture", func() error { return u.Release(ctx) }, nil, 0, 120},
		{"a fee of nothing", func() error { return u.Authorise(ctx, 0) }, nil, 0, 120},
		{"captured", func() error { return u.Capture(ctx) }, nil, 0, 120},
		{"less than nothing", func() error { return u.Authorise(ctx, -1) }, payment.ErrAmount, 0, 120},
		{"too much", func() error { return u.Authorise(ctx, payment.DefaultMaxAmount+1) }, payment.ErrAmount, 0, 120},
	} {
		if err := c.do(); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if u.Held() != c.held || u.Charged() != c.charged {
			t.Errorf("%s: held %d, charged %d; want %d, %d", c.name, u.Held(), u.Charged(), c.held, c.charged)
		}
	}
}

func TestRefusedLeavesNothing(t *testing.T) {
	u := payment.NewUnit()
	u.Refuse(true)
	if err := u.Authorise(t.Context(), 120); !errors.Is(err, payment.ErrRefused) {
		t.Errorf("got %v", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	u.Refuse(false)
	if err := u.Authorise(gone, 120); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if u.Held() != 0 || u.Charged() != 0 {
		t.Error("a refusal left money behind")
	}
}

// Whatever is called in whatever order, what is charged is what was captured
// after its own authorisation, once.
func TestRandomCallsNeverChargeTwice(t *testing.T) {
	u := payment.NewUnit()
	want, held := 0, -1
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		switch r.IntN(3) {
		case 0:
			amount := r.IntN(300)
			if u.Authorise(t.Context(), amount) == nil {
				if held >= 0 {
					t.Fatal("authorised twice")
				}
				held = amount
			}
		case 1:
			if u.Capture(t.Context()) == nil {
				if held < 0 {
					t.Fatal("captured what was not authorised")
				}
				want, held = want+held, -1
			}
		case 2:
			u.Release(t.Context())
			held = -1
		}
		if u.Charged() != want {
			t.Fatalf("charged %d, want %d", u.Charged(), want)
		}
	}
}
