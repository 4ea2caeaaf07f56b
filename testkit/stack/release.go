package stack

import (
	"context"
	"fmt"
	"time"

	"akashi/centre/wire"
	"akashi/centre/wire/release"
	"akashi/kiosk"
	"akashi/testkit/edition"
)

// firstRelease signs release 1: the invented municipalities, open all day.
func (s *Stack) firstRelease() error {
	s.shown = edition.Draft(s.municipalities(), time.Now())
	return edition.Write(s.World, s.shown, s.path("release.json"))
}

// Release signs the next screen release, changed as the caller likes, and puts
// it before the running centre. Its version comes back; kiosks have it after
// their next beat (Kiosk.Shows).
func (s *Stack) Release(change func(*release.Release)) (version int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var next release.Release
	if next, err = wire.Decode[release.Release](wire.Encode(s.shown), release.DefaultMaxRelease); err != nil {
		return 0, err
	}
	now := time.Now().UTC().Truncate(time.Second)
	next.Version, next.Issued, next.NotBefore = next.Version+1, now, now
	if change != nil {
		change(&next)
	}
	if err := edition.Write(s.World, &next, s.path("release.json")); err != nil {
		return 0, err
	}
	s.shown = &next
	return next.Version, nil
}

// Shows waits until the kiosk has a screen release of that version, or a later
// one.
func (k *Kiosk) Shows(ctx context.Context, version int) error {
	return k.await(ctx, func(r kiosk.Reply) bool { return r.Release != nil && r.Release.Version >= version })
}

// await waits until the agent's state is as asked.
func (k *Kiosk) await(ctx context.Context, is func(kiosk.Reply) bool) error {
	for {
		state, err := k.State(ctx)
		if err != nil || is(state) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("stack: %s: %w; its state is %v", k.ID, ctx.Err(), state.Code)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
