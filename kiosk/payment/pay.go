package payment

import (
	"context"
	"errors"
	"io"
	"time"

	"akashi/centre/wire"
	"akashi/kiosk/payment/unit"
	"akashi/printer"
)

// Authorise has the resident pay, or uses a reprint right up. It waits until
// ctx ends or the bill's time is over. An error is a wire.Code, and then nothing is
// charged. A fee of 0 does not touch the unit.
func (t *Till) Authorise(ctx context.Context, b Bill) error {
	e, err := t.entry(b)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, b.wait())
	defer cancel()
	t.work.Lock()
	defer t.work.Unlock()
	if err := t.begin(e, cancel); err != nil {
		return err
	}
	err = t.take(ctx, e)
	if err == nil {
		if err = t.move(e, Held); err == nil {
			return nil
		}
	}
	defer t.end(e)
	if untaken(err) {
		t.close(e)
	} else {
		t.settle(e, Undo, t.c.Undo)
	}
	return codeOf(err)
}

// wait is how long the resident has to pay.
func (b Bill) wait() time.Duration {
	if d := time.Duration(b.Wait) * time.Millisecond; d > 0 && d < DefaultPay {
		return d
	}
	return DefaultPay
}

// untaken reports whether it is certain that unit or centre has taken nothing,
// so that there is nothing to undo.
func untaken(err error) bool {
	var r *unit.Refusal
	if errors.As(err, &r) {
		return r.State != unit.Authorised && r.State != unit.Waiting
	}
	return errors.Is(err, unit.ErrAbsent) || sure(err)
}

// entry is the payment of a bill, not begun.
func (t *Till) entry(b Bill) (*entry, error) {
	if err := b.Check(); err != nil {
		return nil, err
	}
	e := &entry{ID: make([]byte, wire.PaymentIDLength), Stage: Asked, Since: t.c.Now().Unix(), Bill: b.Bill}
	if b.Right != "" {
		n, err := wire.ParseRightNumber(b.Right)
		if err != nil {
			return nil, err
		}
		e.With = n
	}
	if _, err := io.ReadFull(t.c.Rand, e.ID); err != nil {
		return nil, wire.Internal
	}
	return e, nil
}

// begin makes e the present payment, if there is none, and brings it to disk.
func (t *Till) begin(e *entry, cancel context.CancelFunc) error {
	if e.coins() && t.c.Unit == nil {
		return wire.PaymentFault
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.now != nil:
		return ErrState
	case len(t.open) >= DefaultMaxOpen:
		return wire.PaymentFault
	}
	if err := t.journal.put(e); err != nil {
		return wire.PaymentFault
	}
	t.now, t.stop, t.open[e.id()] = e, cancel, e
	return nil
}

// end lets the next payment begin.
func (t *Till) end(e *entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.now == e {
		t.now, t.stop = nil, nil
	}
}

// present gives the present payment and what ends its waiting.
func (t *Till) present() (*entry, context.CancelFunc) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.now, t.stop
}

// take asks unit or centre once. Where no answer comes, the payment is undone,
// not guessed at.
func (t *Till) take(ctx context.Context, e *entry) error {
	switch {
	case e.With != "":
		_, err := t.right(ctx, wire.RightRedeem, e, e.With)
		return err
	case e.Bill.Amount > 0:
		wait := DefaultPay
		if d, ok := ctx.Deadline(); ok {
			wait = max(time.Millisecond, min(wait, time.Until(d)))
		}
		err := t.c.Unit.Authorise(ctx, e.id(), e.Bill.Amount, wait)
		if err != nil && ctx.Err() != nil {
			return ctx.Err()
		}
		return err
	}
	return nil
}

// Printing says that paper may come out from now on. With an error nothing may
// be printed.
func (t *Till) Printing() error {
	e, _ := t.present()
	if e == nil {
		return ErrState
	}
	t.work.Lock()
	defer t.work.Unlock()
	if e.Stage != Held {
		return ErrState
	}
	return t.move(e, Printing)
}

// Conclude ends the present payment by what became of its papers: charged,
// given back, or charged with a reprint right for it. It takes at most
// DefaultConclude and DefaultUndo; what is not settled by then Run settles. With no payment it
// does nothing.
func (t *Till) Conclude(p Papers) (Concluded, error) {
	e, stop := t.present()
	if e == nil {
		return Concluded{}, nil
	}
	stop()
	t.work.Lock()
	defer t.work.Unlock()
	defer t.end(e)
	if now, _ := t.present(); now != e { // its authorisation has failed meanwhile
		return Concluded{}, nil
	}
	next, err := Undo, error(nil)
	switch {
	case e.Stage == Printing && p == printer.Printed:
		next = Printed
	case e.Stage == Printing && p == printer.Unknown:
		next = Maybe
	case p == printer.Printed:
		err = ErrState
	}
	t.settle(e, next, t.c.Conclude)
	if e.Stage == Maybe { // no right is to be had in time
		t.settle(e, Undo, t.c.Undo)
	}
	if e.Given != "" && !e.Told && t.isOpen(e) { // what is shown now must not wait for paper
		e.Told = true
		t.move(e, e.Stage)
	}
	return e.concluded(), err
}

// concluded is how it stands for the resident. What is still under way is told
// as it will be.
func (e *entry) concluded() Concluded {
	c := Concluded{}
	switch e.Stage {
	case Undo:
		c.Right = e.With
		return c
	case Withdraw:
		return c
	}
	if e.coins() && !e.lost {
		c.Charged = e.Bill.Amount
	}
	c.Right, c.Expires = e.Given, e.Expires
	return c
}

// Refund pays a right's money out; where the unit cannot, it prints a slip. An
// error is a wire.Code, and the right is as good as before.
func (t *Till) Refund(number string) (Refunded, error) {
	n, err := wire.ParseRightNumber(number)
	if err != nil {
		return Refunded{}, err
	}
	if t.c.Unit == nil {
		return Refunded{}, wire.PaymentFault
	}
	e := &entry{ID: make([]byte, wire.PaymentIDLength), Stage: Refunding, Since: t.c.Now().Unix(), With: n}
	if _, err := io.ReadFull(t.c.Rand, e.ID); err != nil {
		return Refunded{}, wire.Internal
	}
	if now, _ := t.present(); now != nil {
		return Refunded{}, wire.Busy
	}
	t.work.Lock()
	defer t.work.Unlock()
	if err := t.begin(e, func() {}); err != nil {
		return Refunded{}, codeOf(err)
	}
	defer t.end(e)
	t.settle(e, Refunding, t.c.Conclude)
	switch e.Stage {
	case Refunding:
		t.settle(e, Undo, t.c.Undo)
	case Paying:
		t.settle(e, Unpaying, t.c.Undo)
	}
	switch e.Stage {
	case Paid, Slip:
		return Refunded{Amount: e.Bill.Amount, Slip: e.Stage == Slip}, nil
	}
	if e.why == nil {
		return Refunded{}, wire.PaymentFault
	}
	return Refunded{}, codeOf(e.why)
}
