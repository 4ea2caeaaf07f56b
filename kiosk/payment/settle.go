package payment

import (
	"context"
	"errors"
	"time"

	"akashi/centre/wire"
	"akashi/kiosk/payment/unit"
)

// done is the stage after the last one.
const done Stage = ""

// steps are what each stage does, and the stage that follows. An error says
// that nobody knows whether it was done: the same is asked again. What is not
// here waits for a session.
var steps = map[Stage]func(*Till, context.Context, *entry) (Stage, error){
	Printed: (*Till).charge, Maybe: (*Till).owe, Owed: (*Till).chargeOwed, Charged: (*Till).receipt,
	Undo: (*Till).undo, Withdraw: (*Till).withdraw,
	Refunding: (*Till).refund, Paying: (*Till).pay, Unpaying: (*Till).unpay, Slip: (*Till).slip, Paid: (*Till).receipt,
}

// settle brings a payment to a stage and on from there as far as it goes in
// some time. It is called with work held.
func (t *Till) settle(e *entry, s Stage, within time.Duration) {
	if !t.isOpen(e) {
		return
	}
	if e.Stage != s && t.move(e, s) != nil {
		return // the disk is gone: the stage before stands, and is undone when it is back
	}
	ctx, stop := context.WithTimeout(context.Background(), within)
	defer stop()
	for {
		over, err := t.drive(ctx, e)
		if over || ctx.Err() != nil || err == nil {
			return
		}
		pause(ctx, DefaultAgain)
	}
}

// drive takes stages until the payment is settled or one cannot be done now.
func (t *Till) drive(ctx context.Context, e *entry) (over bool, err error) {
	for {
		step := steps[e.Stage]
		if step == nil {
			return false, nil
		}
		next, err := step(t, ctx, e)
		switch {
		case err != nil:
			return false, err
		case next == done:
			t.close(e)
			return true, nil
		}
		if err := t.move(e, next); err != nil {
			return false, err
		}
	}
}

// move brings a stage to disk, and then it is so, and only then it counts: the
// unit may be asked, and say yes, many times before.
func (t *Till) move(e *entry, s Stage) error {
	next := *e
	next.Stage = s
	if err := t.journal.put(&next); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case e.Stage == s:
	case s == Charged && e.coins():
		t.charged += e.Bill.Amount
	case s == Paid:
		t.charged -= e.Bill.Amount
	}
	e.Stage = s
	return nil
}

// close takes a settled payment off the disk. One that stays there is settled
// once more, which changes nothing.
func (t *Till) close(e *entry) {
	if t.journal.drop(e) != nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if e.lost {
		t.lost += e.Bill.Amount
	}
	delete(t.open, e.id())
}

func (t *Till) isOpen(e *entry) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.open[e.id()] == e
}

// charge: the papers are there. Money that the unit has given back by now is
// the shop's loss, never asked for again.
func (t *Till) charge(ctx context.Context, e *entry) (Stage, error) {
	switch {
	case e.With != "":
		return Charged, nil
	case !e.coins():
		return done, nil
	}
	err := t.c.Unit.Capture(ctx, e.id()) // once, however often it is asked
	if refused(err) {
		e.lost = true
		return done, nil
	}
	return Charged, err
}

func refused(err error) bool {
	var r *unit.Refusal
	return errors.As(err, &r)
}

// owe: nobody knows whether the papers are there. The right comes first, then
// the charge; without a right nothing is charged.
func (t *Till) owe(ctx context.Context, e *entry) (Stage, error) {
	if e.With == "" && !e.coins() {
		return done, nil // as free the next time
	}
	r, err := t.right(ctx, wire.RightIssue, e, e.With)
	switch {
	case err == nil:
		e.Given, e.Expires = r.Number, r.Expires
	case sure(err) || t.c.Now().Sub(t.begun) > DefaultPatience:
		return Undo, nil
	default:
		return Maybe, err
	}
	if e.With != "" {
		return Charged, nil
	}
	return Owed, nil
}

func (t *Till) chargeOwed(ctx context.Context, e *entry) (Stage, error) {
	err := t.c.Unit.Capture(ctx, e.id())
	if refused(err) {
		return Withdraw, nil
	}
	return Charged, err
}

// receipt is printed as well as can be. Only one with a right that nobody has
// seen is waited for: it is all that the resident will have.
func (t *Till) receipt(ctx context.Context, e *entry) (Stage, error) {
	if t.c.Unit == nil {
		return done, nil
	}
	err := t.c.Unit.Receipt(ctx, t.lines(e))
	if err != nil && e.Given != "" && !e.Told {
		return e.Stage, err
	}
	return done, nil
}

// undo: nothing came out, and nothing will.
func (t *Till) undo(ctx context.Context, e *entry) (Stage, error) {
	switch {
	case e.With != "":
		if _, err := t.right(ctx, wire.RightRestore, e, e.With); err != nil && !sure(err) {
			return Undo, err
		}
	case e.coins():
		if err := t.c.Unit.Release(ctx, e.id()); err != nil && !refused(err) {
			return Undo, err
		}
	}
	return done, nil
}

func (t *Till) withdraw(ctx context.Context, e *entry) (Stage, error) {
	if _, err := t.right(ctx, wire.RightWithdraw, e, e.Given); err != nil && !sure(err) {
		return Withdraw, err
	}
	return done, nil
}

// refund has the centre use the right up; only then is money paid out.
func (t *Till) refund(ctx context.Context, e *entry) (Stage, error) {
	r, err := t.right(ctx, wire.RightRefund, e, e.With)
	if err != nil {
		e.why = err
		if sure(err) {
			return done, nil
		}
		return Refunding, err
	}
	e.Bill, e.why = r.Bill, nil
	return Paying, nil
}

func (t *Till) pay(ctx context.Context, e *entry) (Stage, error) {
	if e.Bill.Amount == 0 {
		return done, nil
	}
	err := t.c.Unit.PayBack(ctx, e.id(), e.Bill.Amount)
	var r *unit.Refusal
	switch {
	case err == nil:
		return Paid, nil
	case errors.As(err, &r) && r.Fault == unit.WrongState:
		return Undo, nil
	case errors.As(err, &r):
		return Slip, nil
	}
	return Paying, err
}

// unpay: whoever was to have the money has gone. If it was not paid out, it
// will not be, and the right is whole again.
func (t *Till) unpay(ctx context.Context, e *entry) (Stage, error) {
	err := t.c.Unit.Release(ctx, e.id())
	var r *unit.Refusal
	switch {
	case err == nil:
		return Undo, nil
	case errors.As(err, &r) && r.State == unit.PaidBack:
		return Paid, nil
	case errors.As(err, &r):
		return Undo, nil
	}
	return Unpaying, err
}

// slip: without paper for it the right is better than nothing. Two slips of one
// number are one claim.
func (t *Till) slip(ctx context.Context, e *entry) (Stage, error) {
	err := t.c.Unit.Receipt(ctx, t.lines(e))
	if refused(err) {
		e.why = wire.PaymentFault
		return Undo, nil
	}
	if err != nil {
		return Slip, err
	}
	return done, nil
}

// right asks the centre about the payment's right once.
func (t *Till) right(ctx context.Context, do wire.RightDo, e *entry, n wire.RightNumber) (wire.Righted, error) {
	ctx, stop := context.WithTimeout(ctx, DefaultCentre)
	defer stop()
	r := wire.Right{Do: do, Payment: e.ID, Number: n}
	if do == wire.RightIssue || do == wire.RightRedeem {
		r.Bill = &e.Bill
	}
	f, err := t.c.Ask(ctx, wire.TypeRight, r)
	if errors.Is(err, context.DeadlineExceeded) {
		return wire.Righted{}, wire.LineDown
	}
	if err != nil {
		return wire.Righted{}, err
	}
	if f.Type != wire.TypeRighted {
		return wire.Righted{}, wire.FrameUnexpected
	}
	got, err := wire.Decode[wire.Righted](f.Body, wire.DefaultMaxFrame)
	if err != nil {
		return wire.Righted{}, err
	}
	if _, err := wire.ParseRightNumber(string(got.Number)); err != nil || got.Bill.Check() != nil {
		return wire.Righted{}, wire.Malformed
	}
	return got, nil
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
