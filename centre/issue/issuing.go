package issue

import (
	"context"
	"time"

	"akashi/centre/wire"
)

// issue is the list of steps. Every step takes what the one before it gave;
// the first that fails ends the list, and what it had reserved is voided.
func (w *worker) issue(ctx context.Context, sealed wire.Sealed) Done {
	r := &run{ctx: ctx, now: w.now}
	opened := do(r, OpenEnvelope, w.open, sealed)
	authentic := do(r, Authenticate, w.authenticate, opened)
	found := do(r, QueryVRS, w.query, authentic)
	judged := do(r, Judge, w.judge, found)
	composed := do(r, Compose, w.compose, judged)
	permitted := do(r, Lint, w.lint, composed)
	signed := do(r, Sign, w.sign, permitted)
	verified := do(r, VerifyOutput, w.verifyOutput, signed)
	laidOut := do(r, LayOut, w.layOut, verified)
	delivery := do(r, SignReceipt, w.receipt, laidOut)
	answer := do(r, SealAnswer, w.seal, delivery)
	return w.finish(r, answer)
}

// run keeps what happened in the list: the first error, where, and how long
// each step took.
type run struct {
	ctx   context.Context
	now   func() time.Time
	err   error
	event Event
}

// do makes one step, unless one before it has failed.
func do[I, O any](r *run, s Step, step func(context.Context, I) (O, error), in I) (out O) {
	if r.err != nil {
		return out
	}
	r.event.At = s
	begun := r.now()
	out, r.err = guarded(r.ctx, step, in)
	// At least 1: a step that was made never looks like one that was not.
	r.event.Micros[s] = uint32(min(max(r.now().Sub(begun).Microseconds(), 1), 1<<32-1))
	return out
}

// guarded turns a panic of a library into an error: the resident gets a code
// and the certificate ID is voided, and no text of the panic leaves.
func guarded[I, O any](ctx context.Context, step func(context.Context, I) (O, error), in I) (out O, err error) {
	defer func() {
		if recover() != nil {
			err = wire.Internal
		}
	}()
	if ctx.Err() != nil {
		return out, wire.TimedOut
	}
	return step(ctx, in)
}

// finish makes the worker's last word: the sealed answer, or a sealed refusal
// after the reservation was voided. An envelope that did not open cannot be
// answered under a seal.
func (w *worker) finish(r *run, answer wire.Sealed) Done {
	if r.err == nil {
		r.event.Reservation = Handed
		return Done{Answer: &answer, Event: r.event}
	}
	refusal := w.refusal(r.event.At, r.err)
	r.event.Code = refusal.Code
	r.event.Reservation = w.void(r.ctx)
	if w.sealer == nil {
		return Done{Event: r.event}
	}
	sealed, err := w.sealer.Seal(refusal)
	if err != nil {
		return Done{Event: r.event}
	}
	return Done{Answer: &sealed, Event: r.event}
}
