package pcsc

import (
	"context"
	"errors"
	"slices"
	"time"

	"akashi/kiosk/reader"
)

// guard runs one PC/SC call, which may hang for ever (facts/card.md §7), and
// waits for it no longer than ctx lives. Then it calls cancel, if there is one,
// and leaves the call DefaultGrace to return; a call that does not is abandoned
// with the link and the card that it hangs in, and the error is Deadline.
//
// Should an abandoned call return after all, undo, if there is one, gets its
// value, the card loses its power and the link is released. Should it never,
// the daemon does that when the process ends.
func guard[T any](ctx context.Context, d *Device, cancel func(), call func() (T, error), undo func(T)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		v, err := call()
		done <- result{v, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
	}
	if cancel != nil {
		cancel()
	}
	select {
	case r := <-done: // it came late, but it came: what was done is known
		return r.value, r.err
	case <-time.After(DefaultGrace):
	}
	l, c := d.link, d.chip
	d.link, d.chip = nil, nil
	go func() {
		if r := <-done; r.err == nil && undo != nil {
			undo(r.value)
		}
		if c != nil {
			_ = c.off()
		}
		if l != nil {
			l.release()
		}
	}()
	var none T
	return none, reader.Deadline
}

// watch calls look with the state of all readers and of ours, at once and
// after every change, until it is done or fails or ctx ends. A lost daemon or
// reader is waited for, DefaultServiceWait at a time.
func (d *Device) watch(ctx context.Context, look func(all []slot, ours *slot) (done bool, err error)) error {
	var lost time.Time // since when nothing answers
	for {
		err := d.watchOnce(ctx, look)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil && reader.FaultOf(err) == 0 {
			return reader.Deadline
		}
		unavailable := reader.FaultOf(err) == reader.Unavailable
		if !unavailable && !errors.Is(err, errService) && !errors.Is(err, errAnswered) {
			return outward(err)
		}
		switch {
		case errors.Is(err, errAnswered):
			lost = time.Time{}
		case lost.IsZero():
			lost = time.Now()
		}
		d.lose()
		if !lost.IsZero() && time.Since(lost) > DefaultServiceWait {
			return reader.Unavailable
		}
		if !pause(ctx, retry) {
			return reader.Deadline
		}
	}
}

// errAnswered is errService after the daemon had answered in this round.
var errAnswered = errors.New("pcsc: the PC/SC service went away")

func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// watchOnce watches over one link.
func (d *Device) watchOnce(ctx context.Context, look func([]slot, *slot) (bool, error)) error {
	if err := d.establish(ctx); err != nil {
		return err
	}
	var slots []slot
	for answered := false; ; answered = true {
		var err error
		if slots, err = d.list(ctx, slots); err == nil {
			slots, err = d.change(ctx, slots, answered)
		}
		if errors.Is(err, errService) && answered {
			return errAnswered
		}
		if err != nil {
			return err
		}
		ours := slices.IndexFunc(slots, func(s slot) bool { return s.name == d.name })
		if done, err := look(slots, &slots[ours]); done || err != nil {
			return err
		}
		if ctx.Err() != nil {
			return reader.Deadline
		}
	}
}

// establish makes the link if there is none.
func (d *Device) establish(ctx context.Context) error {
	if d.link != nil {
		return nil
	}
	l, err := guard(ctx, d, nil, d.dial, link.release)
	if err != nil {
		return err
	}
	d.link = l
	return nil
}

// list gives the readers there are, with the states that are known of them.
// Ours must be among them.
func (d *Device) list(ctx context.Context, known []slot) ([]slot, error) {
	l := d.link
	names, err := guard(ctx, d, nil, l.readers, nil)
	if err != nil {
		return nil, err
	}
	names = names[:min(len(names), DefaultMaxReaders)]
	if !slices.Contains(names, d.name) {
		return nil, reader.Unavailable
	}
	slots := make([]slot, len(names))
	for i, n := range names {
		slots[i].name = n
		if at := slices.IndexFunc(known, func(s slot) bool { return s.name == n }); at >= 0 {
			slots[i] = known[at]
		}
	}
	return slots, nil
}

// change waits for a change of any slot, but not beyond the next look at the
// list of readers; the first look does not wait.
func (d *Device) change(ctx context.Context, slots []slot, wait bool) ([]slot, error) {
	limit := time.Duration(0)
	if wait {
		limit = poll
		if at, ok := ctx.Deadline(); ok {
			limit = max(0, min(limit, time.Until(at)))
		}
	}
	l := d.link
	return guard(ctx, d, l.cancel, func() ([]slot, error) {
		own := slices.Clone(slots)
		return own, l.change(own, limit)
	}, nil)
}
