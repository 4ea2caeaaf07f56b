package tray

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"

	"akashi/centre"
	"akashi/centre/fleet"
	"akashi/testkit/stack"
	"akashi/testkit/users"
)

// DefaultSettle bounds the wait until kiosks have told the centre what they
// had to tell, and until they have heard that they may serve again (a beat).
const DefaultSettle = 30 * time.Second

// swap puts the defective issuing worker in the centre's place, or takes it
// away: the node is started again, which the state shows.
func (s *Server) swap(on bool) error {
	var worker []string
	slot := filepath.Join(s.stack.Dir, "slot")
	if on {
		defect := filepath.Join(s.bin, "badworker")
		if _, err := os.Stat(defect); err != nil {
			return errDefect
		}
		worker = []string{defect, "swap", slot}
	}
	if err := s.begin(Changing); err != nil {
		return err
	}
	s.parts.Go(func() { s.done(s.replace(on, worker, slot)) })
	return nil
}

// replace changes the worker. The slot holds answers in clear, so it is there
// only as long as the defect.
func (s *Server) replace(on bool, worker []string, slot string) error {
	if err := os.RemoveAll(slot); err != nil {
		return err
	}
	if on {
		if err := errors.Join(os.Mkdir(slot, 0o700), users.Give(users.Worker, slot)); err != nil {
			return err
		}
	}
	err := s.stack.Replace(s.life, worker)
	s.follow.turn(s.stack.Node)
	s.look(s.life)
	s.judge(s.life)
	s.tray.set(func(st *State) { st.Swap = on })
	return err
}

// clear is a person who has looked at the alarms: at the centre under their
// number, then at the kiosks. It waits until every kiosk serves.
func (s *Server) clear(operator uint32) error {
	if operator == 0 {
		return errOperator
	}
	if err := s.begin(Clearing); err != nil {
		return err
	}
	s.parts.Go(func() {
		ctx, cancel := context.WithTimeout(s.life, DefaultSettle)
		defer cancel()
		err := s.clearAll(ctx, operator)
		s.judge(s.life)
		s.look(s.life)
		s.done(err)
	})
	return nil
}

func (s *Server) clearAll(ctx context.Context, operator uint32) error {
	if err := s.told(ctx); err != nil {
		return err
	}
	state, err := s.stack.Order(ctx, centre.Order{Operator: operator})
	if err != nil {
		return err
	}
	for _, a := range slices.DeleteFunc(state.Alarms, func(a fleet.Alarm) bool { return a.Cleared }) {
		if _, err := s.stack.Order(ctx, centre.Order{Operator: operator, Clear: a.ID}); err != nil {
			return err
		}
	}
	for _, k := range s.stack.Kiosks {
		if _, err := k.Clear(ctx); err != nil {
			return err
		}
	}
	for _, k := range s.stack.Kiosks {
		if err := k.AwaitServing(ctx); err != nil {
			return err
		}
	}
	return nil
}

// told waits until no kiosk has anything that the centre has not confirmed: an
// alarm on its way would come after its clearing.
func (s *Server) told(ctx context.Context) error {
	for {
		s.look(ctx)
		st, _ := s.tray.see()
		if !slices.ContainsFunc(st.Kiosks, func(k KioskState) bool { return k.Waiting > 0 }) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// partner gives who is served at the second kiosk while the answers cross:
// somebody else who gets a paper.
func partner(s *stack.Stack, not string) string {
	for _, id := range []string{"takasaki", "watanabe"} {
		if _, err := s.Resident(id); err == nil && id != not {
			return id
		}
	}
	return ""
}
