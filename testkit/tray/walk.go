package tray

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"akashi/centre/wire"
	"akashi/kiosk/face"
	"akashi/kiosk/session"
	"akashi/testkit/residents"
	"akashi/testkit/robot"
	"akashi/testkit/stack"
	"akashi/verifier/credential"
)

// DefaultPace is how long a robot at a person's pace looks at each screen.
const DefaultPace = 900 * time.Millisecond

// ask is what a person lets a robot resident do.
type ask struct {
	Resident     string `json:"resident"`
	PIN          string `json:"pin"`
	Kind         string `json:"kind"`
	Municipality string `json:"municipality"`
	Copies       int    `json:"copies"`
	Hand         bool   `json:"hand"` // the person at the page moves the card
	Slow         bool   `json:"slow"` // at a person's pace
}

// trip is one visit on its way.
type trip struct {
	n        int
	at       int // kiosk
	resident residents.Resident
	kind     credential.Kind
	place    string
	pin      string
	copies   int
	hand     bool
	slow     bool
	seen     func(face.Tell)
}

// plan holds what was asked against what the kiosk's menu offers.
func (s *Server) plan(a ask) (trip, error) {
	r, err := s.stack.Resident(a.Resident)
	if err != nil {
		return trip{}, errResident
	}
	kind, ok := credential.ParseKind(a.Kind)
	if !ok || !fourDigits(a.PIN) || a.Copies < 1 || a.Copies > session.DefaultMaxCopies {
		return trip{}, errAsk
	}
	i := slices.IndexFunc(residents.Municipalities(), func(m residents.Municipality) bool { return m.Code == a.Municipality && m.City == "" })
	if i < 0 {
		return trip{}, errAsk
	}
	if residents.Municipalities()[i].DomesticOnly && kind != credential.Domestic {
		return trip{}, errPlace
	}
	return trip{resident: r, kind: kind, place: a.Municipality, pin: a.PIN, copies: a.Copies, hand: a.Hand, slow: a.Slow}, nil
}

func fourDigits(s string) bool {
	return len(s) == face.PINLength && !slices.ContainsFunc([]byte(s), func(c byte) bool { return c < '0' || c > '9' })
}

// start lets a robot resident go through one session; where answers cross,
// another resident goes at the second kiosk as soon as the first one chooses.
func (s *Server) start(a ask) (int, error) {
	t, err := s.plan(a)
	if err != nil {
		return 0, err
	}
	for _, h := range s.hands {
		if h.window().busy() {
			return 0, errTaken
		}
	}
	s.collect() // what lies there now is not the robot's
	if err := s.begin(Walking); err != nil {
		return 0, err
	}
	ctx, cancel := context.WithCancel(s.life)
	s.mu.Lock()
	s.visit++
	t.n, s.walk = s.visit, cancel
	s.mu.Unlock()
	s.tray.set(func(st *State) { st.Visits = nil })
	s.parts.Go(func() {
		defer cancel()
		s.done(s.both(ctx, t))
	})
	return t.n, nil
}

// leave lets the resident walk away from the kiosk, in whatever step.
func (s *Server) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.walk != nil {
		s.walk()
	}
}

// both runs a trip, and the one beside it that the defect needs.
func (s *Server) both(ctx context.Context, t trip) error {
	st, _ := s.tray.see()
	var second sync.WaitGroup
	var once sync.Once
	var crossed error
	if other := partner(s.stack, t.resident.ID); st.Swap && len(s.hands) > 1 && other != "" {
		t.seen = func(now face.Tell) {
			if now.Screen == face.Choose {
				once.Do(func() { second.Go(func() { crossed = s.visitOf(ctx, s.beside(t, other)) }) })
			}
		}
	}
	err := s.visitOf(ctx, t)
	second.Wait()
	return errors.Join(err, crossed)
}

// beside is the trip of the resident at the second kiosk.
func (s *Server) beside(t trip, id string) trip {
	r, _ := s.stack.Resident(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.visit++
	return trip{n: s.visit, at: 1, resident: r, kind: credential.Domestic, place: r.Ask(), pin: r.PIN, copies: 1, slow: t.slow}
}

// visitOf takes one resident through one kiosk and shows it as it goes.
func (s *Server) visitOf(ctx context.Context, t trip) error {
	k, h := s.stack.Kiosks[t.at], s.hands[t.at]
	seq := s.follow.seq()
	s.show(Visit{
		N: t.n, Kiosk: k.ID, Resident: t.resident.ID, Name: t.resident.Card.Name, Kind: t.kind.String(), Place: t.place, Began: time.Now(),
	})
	p := robot.Plan{PINs: []string{t.pin}, Choices: []robot.Choice{{Municipality: t.place, Kind: t.kind, Copies: t.copies}}}
	if !t.hand {
		_ = h.take() // whatever lies there is not this resident's
		p.Insert = func() { _ = s.lay(ctx, t.at, t.resident) }
		p.Take = func() { _ = s.take(ctx, t.at) }
	}
	p.Seen = s.watcher(ctx, t)
	v, err := k.Walk(ctx, p)
	if err == nil && v.Code == wire.Busy && v.Worker == 0 {
		err = errTaken
	}
	if !t.hand {
		_ = s.take(s.life, t.at)
	}
	s.tries(t.resident)
	s.ended(t, v, seq, err)
	s.look(s.life)
	s.judge(s.life)
	return s.file(t, v)
}

// watcher shows each screen when it comes up, and looks at it for a moment.
func (s *Server) watcher(ctx context.Context, t trip) func(face.Tell) {
	return func(now face.Tell) {
		s.change(t.n, func(v *Visit) {
			if len(v.Screens) < DefaultMaxScreens {
				v.Screens = append(slices.Clone(v.Screens), Seen{
					Screen: string(now.Screen), Step: now.Step, Name: stepName(now.Step), Of: now.Of, At: time.Since(v.Began).Microseconds(),
					Tries: now.Tries, Fee: now.Fee, Code: now.Code, Words: wordsFor(now.Code),
				})
			}
		})
		if t.seen != nil {
			t.seen(now)
		}
		if t.slow && now.Screen != face.End {
			select {
			case <-ctx.Done():
			case <-time.After(DefaultPace):
			}
		}
	}
}

// stepName names the step that a screen is of; several have the same screen.
func stepName(n int) string {
	if n < 1 || n > len(session.Steps) {
		return ""
	}
	return session.Steps[n-1]
}

// ended shows how a visit ended.
func (s *Server) ended(t trip, got stack.Visit, seq uint64, err error) {
	heard := got.Code != wire.OK || got.Event.Made > 0 // the kiosk has said how it ended
	centre := s.follow.ended(s.stack.Kiosks[t.at].ID, seq)
	s.change(t.n, func(v *Visit) {
		v.Ended, v.Code, v.Words = true, got.Code, wordsFor(got.Code)
		v.Took, v.Centre, v.Charged = time.Since(v.Began).Microseconds(), centre, got.Charged
		for i, name := range session.Steps {
			if got.Event.Entered[i] > 0 {
				v.Kiosks = append(v.Kiosks, Step{name, got.Event.Micros[i]})
			}
		}
		if got.Event.Made > 0 {
			v.Reason = int(got.Event.Requests[got.Event.Made-1].Reason)
		}
		if errors.Is(err, errTaken) {
			v.Words, heard = nil, false // the resident was never here
		}
		if err != nil && !heard {
			v.Fault = err.Error()
		}
	})
}

// show adds a visit to the page.
func (s *Server) show(v Visit) {
	s.tray.set(func(st *State) { st.Visits = append(slices.Clone(st.Visits), v) })
}

// change changes a visit on the page.
func (s *Server) change(n int, f func(*Visit)) {
	s.tray.set(func(st *State) {
		st.Visits = slices.Clone(st.Visits)
		for i := range st.Visits {
			if st.Visits[i].N == n {
				f(&st.Visits[i])
			}
		}
	})
}
