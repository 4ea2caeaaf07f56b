package stack_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"akashi/centre/wire"
	"akashi/centre/wire/release"
	"akashi/kiosk/face"
	"akashi/kiosk/payment/unit"
	"akashi/testkit/payunit"
	"akashi/testkit/residents"
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
	spoiltCards(t, s, r)
	unpaid(t, s, r)
	shuts(t, s, inMaintenance, wire.Maintenance)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if n, err := s.Settled(ctx); err != nil || n[vrs.Delivered] != 0 || n[vrs.Pending] != 0 {
		t.Errorf("certificate IDs at the end: %v, %v", n, err)
	}
}

// nothing takes the resident through a plan that must end with a code, without
// paper and without a yen.
func nothing(t *testing.T, k *stack.Kiosk, name string, p robot.Plan, want wire.Code) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	v, err := k.Walk(ctx, p)
	if err != nil || v.Outcome() != want || len(v.Papers) != 0 || v.Charged != 0 {
		t.Errorf("%s: ended %v, %v, want %v; %d papers, %d yen", name, v.Outcome(), err, want, len(v.Papers), v.Charged)
	}
}

// spoiltCards: another card than a My Number card, and one that is taken away
// while it is read.
func spoiltCards(t *testing.T, s *stack.Stack, r residents.Resident) {
	t.Helper()
	k := s.Kiosks[0]
	for _, c := range []struct {
		name   string
		faults simcard.Faults
		want   wire.Code
	}{
		{"another card", simcard.Faults{NotMyNumber: true}, wire.CardUnknown},
		{"taken too early", simcard.Faults{LeaveAt: 9}, wire.CardRemoved},
	} {
		card, err := simcard.New(r, s.Authority(), simcard.Options{Faults: c.faults})
		if err != nil {
			t.Fatal(err)
		}
		p := k.Ask(t.Context(), r, credential.Domestic)
		p.Insert = func() { _ = k.Lay(t.Context(), card) }
		nothing(t, k, c.name, p, c.want)
	}
}

// unpaid: the payment unit takes no money.
func unpaid(t *testing.T, s *stack.Stack, r residents.Resident) {
	t.Helper()
	k := s.Kiosks[0]
	for _, c := range []struct {
		how  payunit.How
		want wire.Code
	}{
		{payunit.Refuse, wire.PaymentRefused},
		{payunit.NoChange, wire.PaymentChange},
	} {
		k.AtUnit().Play(payunit.Play{How: c.how, Do: unit.Authorise, Times: 1})
		nothing(t, k, string(c.how), k.Ask(t.Context(), r, credential.Domestic), c.want)
		k.AtUnit().Calm()
	}
	k.AtUnit().Auto(false)
	p := k.Ask(t.Context(), r, credential.Domestic)
	p.Seen = func(x face.Tell) {
		if x.Screen == face.Pay {
			for begun := time.Now(); !k.AtUnit().Touch("poor", 10) && time.Since(begun) < time.Minute; {
				time.Sleep(time.Millisecond)
			}
		}
	}
	nothing(t, k, "too little on the e-money card", p, wire.PaymentBalance)
	k.AtUnit().Auto(true)
}

// inMaintenance, onAClosedDay and newTerms change a screen release.
func inMaintenance(r *release.Release) {
	r.Maintenance = []release.Window{{From: r.Issued.Add(-time.Hour), Until: r.Issued.Add(time.Hour)}}
}

func onAClosedDay(r *release.Release) {
	today := time.Now().In(release.Japan) // and tomorrow, should midnight come
	r.Closed = []release.Day{release.Day(today.Format(time.DateOnly)), release.Day(today.AddDate(0, 0, 1).Format(time.DateOnly))}
}

func newTerms(r *release.Release) { r.Terms.Version = "2027-01" }

// shuts publishes a release while a resident looks for their card: nothing is
// begun under what it says. It is the last that is done with a chain, for the
// kiosk knows of the release a beat later.
func shuts(t *testing.T, s *stack.Stack, change func(*release.Release), want wire.Code) {
	t.Helper()
	r, err := s.Resident(s.First())
	if err != nil {
		t.Fatal(err)
	}
	p := s.Kiosks[0].Ask(t.Context(), r, credential.Domestic)
	p.Seen = func(x face.Tell) {
		if x.Screen != face.InsertCard {
			return
		}
		if _, err := s.Release(change); err != nil {
			t.Error(err)
		}
	}
	nothing(t, s.Kiosks[0], want.Name(), p, want)
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
