package stack

import (
	"context"
	"fmt"
	"slices"
	"time"

	"akashi/centre/wire"
	"akashi/centre/wire/release"
	"akashi/kiosk"
	"akashi/testkit/edition"
	"akashi/testkit/places"
	"akashi/testkit/residents"
	"akashi/verifier/credential"
)

// firstRelease signs release 1: the invented municipalities, open all day, and
// some dozens of real ones to look for.
func (s *Stack) firstRelease(context.Context, context.Context) error {
	s.shown = edition.Draft(s.municipalities(), time.Now())
	if err := places.Add(s.shown); err != nil {
		return err
	}
	return edition.Write(s.World, s.shown, s.ReleaseFile())
}

// ReleaseFile is where the centre looks for its screen release.
func (s *Stack) ReleaseFile() string { return s.path("release.json") }

// tenants are VRS's: the invented municipalities, and the real ones, of which
// it has no records.
func (s *Stack) tenants() []residents.Municipality {
	all := s.municipalities()
	for _, m := range s.shown.Municipalities {
		if m.City == "" && !slices.ContainsFunc(all, func(o residents.Municipality) bool { return o.Code == m.Code }) {
			all = append(all, residents.Municipality{Code: m.Code, NameJA: m.NameJA, NameEN: m.NameEN, Phone: m.Phone,
				Participates: true, DomesticOnly: !m.Offers(credential.Overseas)})
		}
	}
	return all
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
	if err := edition.Write(s.World, &next, s.ReleaseFile()); err != nil {
		return 0, err
	}
	s.shown = &next
	return next.Version, nil
}

// Fee gives a municipality's fee in the release that was published last.
func (s *Stack) Fee(code string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.shown.Find(code); m != nil {
		return m.Fee
	}
	return 0
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
