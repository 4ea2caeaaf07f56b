package session

import (
	"context"
	"time"

	"akashi/centre/channel"
	"akashi/centre/wire"
	"akashi/kiosk/face"
	"akashi/kiosk/payment"
	"akashi/verifier/cardrecord"
)

// run is one session under way: everything known of this resident, until wipe.
type run struct {
	setup Setup
	dev   Devices
	event Event
	step  Step
	clock *clock    // ends the session
	due   time.Time // when it does
	until time.Time // when the nonce's time is over

	resident context.Context // ends when the resident cancels too; used up to the payment
	card     Card
	nonce    []byte
	files    cardrecord.Files
	signed   []byte // the card's signature over the session digest
	record   *cardrecord.Record
	tries    int
	taken    bool              // the paper of the request before is
	why      refusal           // beside the code that the session ends with
	paid     payment.Concluded // of the request that it ended in
	req      *request          // the present one; nil between requests
}

// request is one turn of the bracket.
type request struct {
	header   wire.Header
	offer    face.Offer
	copies   int
	sealed   wire.Sealed
	key      *channel.AnswerKey
	delivery *wire.Delivery
	paper    *paper
	pages    [][]byte
	right    string // number of the reprint right that is to pay, as it was typed; empty: money
	held     bool   // money is authorised and its payment not concluded
	paid     payment.Concluded
	outcome  Outcome
	code     wire.Code // why it ended early, for the resident and the event
	refusal  refusal
}

// refusal is what goes with a refusing code.
type refusal struct {
	phone      string
	retryAfter int
	opens      int64 // of the municipality that was asked, Unix seconds; 0: nobody can say
}

// paper is a print stream that passed the last look; it can be taken once.
type paper struct{ pdf []byte }

func (p *paper) take() []byte {
	if p == nil {
		return nil
	}
	b := p.pdf
	p.pdf = nil
	return b
}

// Run takes one resident from consent to wipe and gives the session's event.
// Whatever goes wrong, when it returns the card has no power, nothing is held
// at the payment unit, every delivery has been settled and this session's
// data is dropped. The devices stay the caller's to close.
func Run(ctx context.Context, s Setup, d Devices) Event {
	s.fill()
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	clock := newClock(s.Limits.Session*beforeNonce, end)
	defer clock.timer.Stop()
	resident, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-d.Face.Done():
			cancel(d.Face.Cause())
		case <-resident.Done():
		}
	}()
	r := &run{setup: s, dev: d, resident: resident, clock: clock}
	r.walk(ctx)
	return r.event
}

// walk goes from step to step until wipe.
func (r *run) walk(ctx context.Context) {
	for {
		t, err := r.enter(ctx)
		if r.step == Wipe {
			return
		}
		if err != nil {
			r.leave(ctx, codeOf(err))
			r.step = Wipe
			continue
		}
		to, ok := next(r.step, t)
		if !ok {
			r.leave(ctx, wire.Internal)
		}
		r.step = to
	}
}

// enter does the present step in its time and notes how long it took.
func (r *run) enter(ctx context.Context) (turn, error) {
	if r.step <= Authorise {
		ctx = r.resident
	}
	begun := r.setup.Now()
	r.event.Entered[r.step]++
	t, err := way[r.step](r, ctx)
	r.event.Micros[r.step] += r.setup.Now().Sub(begun).Microseconds()
	return t, err
}

// within bounds one wait; its end is the code TimedOut.
func within(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, d, wire.TimedOut)
}

func (s *Setup) fill() {
	l := &s.Limits
	for _, p := range []struct {
		d *time.Duration
		v time.Duration
	}{
		{&l.Resident, DefaultResident}, {&l.Card, DefaultCard}, {&l.Centre, DefaultCentre}, {&l.Look, DefaultLook},
		{&l.Print, DefaultPrint}, {&l.Session, DefaultSession}, {&l.End, DefaultEnd},
	} {
		if *p.d <= 0 {
			*p.d = p.v
		}
	}
	if s.MaxCopies <= 0 || s.MaxCopies > DefaultMaxCopies {
		s.MaxCopies = DefaultMaxCopies
	}
	if s.Now == nil {
		s.Now = time.Now
	}
}

// shown fills in where in the session a screen stands.
func (r *run) shown(t face.Tell) face.Tell {
	t.Step, t.Of = int(r.step)+1, NumSteps
	t.Cancel = r.step <= Authorise
	if t.Wait > 0 {
		t.Left = r.left()
	}
	if q := r.req; q != nil && r.step >= Request && r.step <= Print {
		t.Choice = &face.Choice{Municipality: q.header.Municipality, Kind: q.header.Kind, Copies: q.copies}
	}
	return t
}
