package site

import (
	"context"
	"errors"
	"time"
)

// How VRS is followed. A revocation is in its list at the latest DefaultPoll
// and its jitter after it was started, and a verifier or cache that has the
// list takes the new one after DefaultListAge: within a minute together, also
// when VRS was away and has come back.
const (
	DefaultPoll    = 15 * time.Second
	DefaultBackoff = 4 * time.Second  // first wait after a failure; it doubles
	DefaultMaxWait = 28 * time.Second // between tries while VRS is away
	DefaultLook    = time.Second      // between looks at the files

	jitter = 4 // a wait is longer by up to a quarter of itself, so that sites do not ask together
)

// Run follows VRS and the files until ctx ends, and gives nil then.
func (s *Site) Run(ctx context.Context) error {
	looked := make(chan struct{})
	go func() {
		defer close(looked)
		for s.wait(ctx, DefaultLook, 0) == nil {
			_ = s.update() // has told
		}
	}()
	defer func() { <-looked }()
	failures := 0
	for {
		if s.Poll(ctx) == nil {
			failures = 0
		} else {
			failures++
		}
		if s.wait(ctx, pause(failures), jitter) != nil {
			return nil
		}
	}
}

// pause is how long to wait after that many failures in a row.
func pause(failures int) time.Duration {
	if failures == 0 {
		return DefaultPoll
	}
	return min(DefaultBackoff<<min(failures-1, 10), DefaultMaxWait)
}

func (s *Site) wait(ctx context.Context, d time.Duration, part int64) error {
	if part > 0 {
		d += time.Duration(s.o.Jitter(int64(d)/part + 1))
	}
	return s.o.Wait(ctx, d)
}

// Poll asks VRS for all that is new and publishes it. A history that is not
// the one that was followed is read again from its beginning, once.
func (s *Site) Poll(ctx context.Context) error {
	err := s.catchUp(ctx)
	if errors.Is(err, errRolledBack) {
		s.say(word(err))
		err = s.catchUp(ctx)
	}
	if err == nil {
		s.say(Notice{SourceVRS, OK})
		s.say(Notice{SourceState, OK})
	} else if ctx.Err() == nil {
		s.say(word(err))
	}
	return errors.Join(err, s.update())
}

func (s *Site) catchUp(ctx context.Context) error {
	for more := true; more; {
		a, err := s.o.Ask(ctx, s.lists.after())
		if err != nil {
			return err
		}
		if more, err = s.lists.take(a); err != nil {
			return err
		}
	}
	return nil
}

// Wait is Options.Wait by the system's clock.
func Wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
