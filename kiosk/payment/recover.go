package payment

import (
	"context"

	"akashi/centre/wire"
)

// after is how a stage that was cut off goes on: what may have been printed is
// owed, what cannot have been is given back.
var after = map[Stage]Stage{Asked: Undo, Held: Undo, Printing: Maybe, Refunding: Undo, Paying: Unpaying}

// Run settles what a loss of power left open and what could not be settled at
// once, and watches the unit, until ctx ends.
func (t *Till) Run(ctx context.Context) {
	for ctx.Err() == nil {
		for _, e := range t.left() {
			t.again(ctx, e)
		}
		t.watch(ctx)
		pause(ctx, t.c.Retry)
	}
}

// left gives what is open and no session's.
func (t *Till) left() []*entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	var all []*entry
	for _, e := range t.open {
		if e != t.now {
			all = append(all, e)
		}
	}
	return all
}

// again tries one payment once. A resident who stands here now goes first.
func (t *Till) again(ctx context.Context, e *entry) {
	if now, _ := t.present(); now != nil || !t.work.TryLock() {
		return
	}
	defer t.work.Unlock()
	if now, _ := t.present(); now != nil || !t.isOpen(e) {
		return
	}
	if s, ok := after[e.Stage]; ok && t.move(e, s) != nil {
		return
	}
	t.drive(ctx, e)
}

// watch keeps what the unit says of itself.
func (t *Till) watch(ctx context.Context) {
	if t.c.Unit == nil {
		return
	}
	code := wire.OK
	if err := t.c.Unit.Health(ctx); err != nil {
		code = codeOf(err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fault = code
}
