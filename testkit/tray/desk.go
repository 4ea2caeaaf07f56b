package tray

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"akashi/testkit/residents"
	"akashi/testkit/stack"
)

// What a request for something that cannot be done now, or at all, is told.
var (
	errBusy     = errors.New("something else is under way; wait until it has ended")
	errTaken    = errors.New("somebody is in a session at this kiosk's own page; end it there first (Cancel), then let the robot go")
	errResident = errors.New("there is no such resident")
	errKiosk    = errors.New("there is no such kiosk")
	errAsk      = errors.New("want a PIN of four digits, and a kind and a municipality that the kiosk's menu has")
	errPlace    = errors.New("this municipality does not offer this kind at a kiosk; choose another one")
	errDefect   = errors.New("the defective worker is not among the programs; `go run ./testkit/cmd/up` without -bin builds it")
	errOperator = errors.New("want the number of the person who clears the alarm, 1 or more")
)

// hand moves cards at one kiosk's reader: a robot's and the page's hands are
// the same one, so that two cards never lie there.
type hand struct {
	kiosk *stack.Kiosk
	works sync.Mutex // held while somebody is at the printer

	mu    sync.Mutex
	frame *frame          // of the kiosk's page; nil: it has none
	on    string          // id of the resident whose card lies there
	fault string          // of the printer, by the panel's name; "ok": none
	taken map[string]bool // papers that somebody took from the printer's tray
	filed map[string]bool // papers that are on the page
}

func (h *hand) lay(ctx context.Context, r residents.Resident) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.on = ""
	if err := h.kiosk.Insert(ctx, r); err != nil {
		return err
	}
	h.on = r.ID
	return nil
}

func (h *hand) take() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.on = ""
	return h.kiosk.Pull()
}

func (h *hand) card() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.on
}

// lay lays a resident's card on a kiosk's reader.
func (s *Server) lay(ctx context.Context, i int, r residents.Resident) error {
	err := s.hands[i].lay(ctx, r)
	s.look(ctx)
	return err
}

// take takes away what lies on a kiosk's reader.
func (s *Server) take(ctx context.Context, i int) error {
	err := s.hands[i].take()
	s.look(ctx)
	return err
}

// reissue gives a resident a new card, as the municipality's counter does for
// one that is locked.
func (s *Server) reissue(ctx context.Context, id string) {
	for i, h := range s.hands {
		if h.card() == id {
			_ = s.take(ctx, i)
		}
	}
	s.stack.Reissue(id)
	s.tray.set(func(st *State) {
		st.Tries = maps.Clone(st.Tries)
		delete(st.Tries, id)
	})
}

// tries shows how many PIN tries a card has left after it was used.
func (s *Server) tries(r residents.Resident) {
	c, err := s.stack.CardOf(r)
	if err != nil {
		return
	}
	left := c.TriesLeft()
	s.tray.set(func(st *State) {
		all := maps.Clone(st.Tries)
		if all == nil {
			all = map[string]int{}
		}
		all[r.ID] = left
		st.Tries = all
	})
}

// begin takes the tray for one thing at a time.
func (s *Server) begin(d Doing) error {
	err := errBusy
	s.tray.set(func(st *State) {
		if st.Doing == Nothing && s.life.Err() == nil {
			st.Doing, st.Fault, err = d, "", nil
		}
	})
	return err
}

// done lets the tray go; what went wrong stays on the page until the next
// thing is begun.
func (s *Server) done(err error) {
	s.tray.set(func(st *State) {
		st.Doing = Nothing
		if err != nil && s.life.Err() == nil {
			st.Fault = err.Error()
		}
	})
}

func (s *Server) kioskIndex(id string) (int, error) {
	i := slices.IndexFunc(s.stack.Kiosks, func(k *stack.Kiosk) bool { return k.ID == id })
	if i < 0 {
		return 0, errKiosk
	}
	return i, nil
}
