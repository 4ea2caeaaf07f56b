package demo

import (
	"context"
	"errors"
	"os"
	"sync"

	"akashi/centre/wire"
	"akashi/testkit/stack"
	"akashi/testkit/users"
	"akashi/testkit/vrs"
	"akashi/verifier/credential"
)

// swapped is the second act: a centre with the defect of 2023 gives two
// residents each other's answer, every signature in it genuine. The last look
// at each kiosk must stop it.
func (d *demo) swapped(ctx context.Context) error {
	d.say("\na centre that swaps two residents' answers on purpose:")
	slot, err := os.MkdirTemp("", "slot")
	if err != nil {
		return err
	}
	defer os.RemoveAll(slot)
	if err := users.Give(users.Worker, slot); err != nil {
		return err
	}
	s, err := d.start(ctx, stack.Options{Kiosks: 2, Worker: []string{d.Bin + "/badworker", "swap", slot}})
	if err != nil {
		return err
	}
	err = d.swap(ctx, s)
	return errors.Join(err, s.Close())
}

func (d *demo) swap(ctx context.Context, s *stack.Stack) error {
	who := []string{"yoshida", "longroman"} // of one municipality
	visits, errs := make([]stack.Visit, 2), make([]error, 2)
	var all sync.WaitGroup
	for i, id := range who {
		r, err := s.Resident(id)
		if err != nil {
			return err
		}
		all.Go(func() {
			visits[i], errs[i] = s.Kiosks[i].Walk(ctx, s.Kiosks[i].Ask(ctx, r, credential.Domestic))
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	stopped, pages, yen := 0, 0, 0
	for i, v := range visits {
		d.say(" %s at %s", who[i], s.Kiosks[i].ID)
		stack.TellEnd(d.Log, v)
		state, err := s.Kiosks[i].State(ctx)
		if err != nil {
			return err
		}
		if v.Outcome() == wire.LastLook && state.Code != wire.OK {
			stopped++
		}
		pages += len(v.Papers)
		yen += v.Charged
	}
	states, err := s.VRS.Counts(ctx)
	if err != nil {
		return err
	}
	d.hold(stopped == 2 && pages == 0 && yen == 0 && states[vrs.Delivered] == 0, "swapped", "%d of 2 stopped by the last look and their kiosks out of service; %d pages, %d yen, %d certificates delivered", stopped, pages, yen, states[vrs.Delivered])
	return nil
}
