package stack_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"akashi/centre/wire"
	"akashi/kiosk/face"
	"akashi/testkit/robot"
	"akashi/testkit/simcard"
	"akashi/testkit/stack"
	"akashi/testkit/vrs"
	"akashi/verifier/credential"
)

// What can go wrong around a resident ends in its own code, with nothing
// printed, nothing charged and no certificate delivered.
func TestNothingComesOutOfARefusal(t *testing.T) {
	s := start(t, stack.Options{})
	r, err := s.Resident(s.First())
	if err != nil {
		t.Fatal(err)
	}
	k := s.Kiosks[0]
	choice := []robot.Choice{{Municipality: r.Ask(), Kind: credential.Domestic, Copies: 1}}
	for _, c := range []struct {
		name   string
		plan   robot.Plan
		faults func(*vrs.Faults)
		want   wire.Code
	}{
		{"terms refused", robot.Plan{Refuse: true}, nil, wire.TermsRefused},
		{"wrong PIN", robot.Plan{PINs: []string{"0000"}}, nil, wire.PINWrong},
		{"cancelled before the PIN", robot.Plan{CancelAt: face.PIN}, nil, wire.Cancelled},
		{"walked away at the preview", robot.Plan{PINs: []string{r.PIN}, Choices: choice, VanishAt: face.Preview}, nil, wire.Cancelled},
		{"VRS down", robot.Plan{PINs: []string{r.PIN}, Choices: choice}, func(f *vrs.Faults) { f.Down(true) }, wire.VRSDown},
		{"VRS overloaded", robot.Plan{PINs: []string{r.PIN}, Choices: choice}, func(f *vrs.Faults) { f.Busy(-1) }, wire.VRSBusy},
		{"another person's record", robot.Plan{PINs: []string{r.PIN}, Choices: choice}, func(f *vrs.Faults) { f.SwapRecord(true) }, wire.NameDiffers},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := s.VRS.Faults()
			if c.faults != nil {
				c.faults(f)
				defer func() { f.Down(false); f.Busy(0); f.SwapRecord(false) }()
			}
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			v, err := k.Walk(ctx, k.Carry(ctx, r, c.plan))
			if err != nil && c.plan.VanishAt == "" {
				t.Fatal(err)
			}
			if got := v.Outcome(); got != c.want && !(c.want == wire.NameDiffers && got == wire.BirthDiffers) {
				t.Errorf("ended %v, want %v", got, c.want)
			}
			if len(v.Papers) != 0 || v.Charged != 0 {
				t.Errorf("%d papers, %d yen", len(v.Papers), v.Charged)
			}
			told(t, v)
		})
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if n, err := s.Settled(ctx); err != nil || n[vrs.Delivered] != 0 || n[vrs.Pending] != 0 {
		t.Errorf("certificate IDs at the end: %v, %v", n, err)
	}
}

// told holds what a person is told against what the screen had: texts point
// to the phone number and the tries left.
func told(t *testing.T, v stack.Visit) {
	t.Helper()
	var said strings.Builder
	stack.TellEnd(&said, v)
	for code, want := range map[wire.Code]string{
		wire.NameDiffers: "phone: 0", wire.PINWrong: "tries left: 2",
	} {
		if got := strings.Contains(said.String(), want); got != (v.Outcome() == code) {
			t.Errorf("%v: %q is told: %v\n%s", v.Outcome(), want, got, said.String())
		}
	}
}

// Forged and copied cards get no further than the check of their records.
func TestForgedCards(t *testing.T) {
	s := start(t, stack.Options{})
	r, err := s.Resident(s.First())
	if err != nil {
		t.Fatal(err)
	}
	unknown, err := simcard.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	k := s.Kiosks[0]
	for name, c := range map[string]struct {
		authority *simcard.Authority
		faults    simcard.Faults
		want      wire.Code
	}{
		"unknown authority": {unknown, simcard.Faults{}, wire.CardAuthority},
		"bad signature":     {s.Authority(), simcard.Faults{BadSignature: []uint16{0x0003}}, wire.CardSignature},
		"wrong digest":      {s.Authority(), simcard.Faults{WrongDigest: []uint16{0x0002}}, wire.CardDigest},
		"not live":          {s.Authority(), simcard.Faults{ForeignChallenge: true}, wire.CardNotLive},
	} {
		t.Run(name, func(t *testing.T) {
			card, err := simcard.New(r, c.authority, simcard.Options{Faults: c.faults})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			p := k.Ask(ctx, r, credential.Domestic)
			p.Insert = func() { _ = k.Lay(ctx, card) }
			v, err := k.Walk(ctx, p)
			if err != nil {
				t.Fatal(err)
			}
			if v.Outcome() != c.want || len(v.Papers) != 0 || v.Charged != 0 {
				t.Errorf("ended %v, want %v; %d papers, %d yen", v.Outcome(), c.want, len(v.Papers), v.Charged)
			}
		})
	}
}
