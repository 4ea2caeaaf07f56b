package tray

import (
	"context"
	"reflect"
	"slices"
	"time"

	"akashi/centre"
	"akashi/centre/audit"
	"akashi/centre/fleet"
	"akashi/centre/wire"
)

// onlooker is the operator's number under which the tray asks what is stopped;
// asking leaves no trace, so it never stands in the audit.
const onlooker = 1

// watch looks at kiosks and centre until the server ends.
func (s *Server) watch() {
	tick := time.NewTicker(DefaultPoll)
	defer tick.Stop()
	for {
		select {
		case <-s.life.Done():
			return
		case <-tick.C:
		}
		s.look(s.life)
		s.collect()
		if slices.ContainsFunc(s.follow.drain(), stops) {
			s.judge(s.life)
		}
	}
}

// stops reports whether an event changes what is stopped.
func stops(r audit.Record) bool {
	e := r.Event
	return e.Alarmed != nil || e.Cleared != nil || e.Switched != nil
}

// look asks every kiosk how it stands.
func (s *Server) look(ctx context.Context) {
	now := make([]KioskState, len(s.stack.Kiosks))
	for i, k := range s.stack.Kiosks {
		now[i] = KioskState{ID: k.ID, Code: wire.LineDown, Card: s.hands[i].card()}
		ctx, cancel := context.WithTimeout(ctx, DefaultRead)
		if r, err := k.State(ctx); err == nil {
			now[i].Code, now[i].Waiting, now[i].Charged = r.Code, r.Waiting, r.Charged
			if r.Release != nil {
				now[i].Release = r.Release.Version
			}
		}
		cancel()
		now[i].Name = now[i].Code.Name()
		now[i].Devices = s.hands[i].devices(k)
		if st, _ := s.tray.see(); st.Doing != Walking { // a robot takes its own paper
			_ = k.PaperLies(now[i].Papers > 0)
		}
	}
	if st, _ := s.tray.see(); !reflect.DeepEqual(st.Kiosks, now) {
		s.tray.set(func(st *State) { st.Kiosks = now })
	}
}

// judge asks the centre what is stopped.
func (s *Server) judge(ctx context.Context) {
	got, err := s.stack.Order(ctx, centre.Order{Operator: onlooker})
	if err != nil {
		return // the node is being started again; whoever does that asks afterwards
	}
	standing := slices.DeleteFunc(got.Alarms, func(a fleet.Alarm) bool { return a.Cleared })
	s.tray.set(func(st *State) { st.Stopped, st.Alarms = got.Stopped, standing })
}
