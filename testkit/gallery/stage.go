// Package gallery shows every screen of the kiosk in Chromium: a stage that
// stands in for agent and session worker, and the list of what can stand on it.
package gallery

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"akashi/centre/wire"
	"akashi/kiosk/face"
	"akashi/kiosk/screen"
	"akashi/kiosk/voice"
	"akashi/testkit/browser"
)

// DefaultCome bounds the wait for a page to connect.
const DefaultCome = 20 * time.Second

// Stage serves the page and is the worker that it talks to: what is shown there
// is decided by whoever holds the stage. Its methods are for one goroutine.
type Stage struct {
	URL  string
	Conn *face.Conn // of the session under way; nil: none

	mu     sync.Mutex
	code   wire.Code     // State's
	notes  []screen.Note // of what does not work
	came   chan *face.Conn
	end    context.CancelFunc
	served sync.WaitGroup
	last   context.CancelFunc // of the ask that stands
	act    chan Answer

	headset, silenced atomic.Bool
}

// Answer is what a page's resident did.
type Answer struct {
	Act face.Act
	PIN []byte
	Err error
}

// NewStage makes a stage for a panel.
func NewStage(p screen.Panel) (*Stage, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	ctx, end := context.WithCancel(context.Background())
	s := &Stage{URL: "http://" + ln.Addr().String() + "/", came: make(chan *face.Conn, 1), end: end}
	voices, _ := voice.Sounds() // without them the stage is silent, and the page says so
	server := screen.Server{
		Voices: voices, Headset: s.headset.Load, Loudspeaker: func(on bool) error { s.silenced.Store(!on); return nil },
		Panel: p, Phone: "000-0000-0000",
		Notes:  func() []screen.Note { s.mu.Lock(); defer s.mu.Unlock(); return s.notes },
		Begin:  func(context.Context) screen.Started { return s.begin(ctx) },
		Refund: func(context.Context, string) screen.Refunded { return screen.Refunded{Amount: 240} },
		State:  func() (wire.Code, int) { s.mu.Lock(); defer s.mu.Unlock(); return s.code, 0 },
	}
	s.served.Go(func() { server.Serve(ctx, ln) })
	return s, nil
}

// Refuse makes the stage a kiosk that cannot serve; OK: one that can.
func (s *Stage) Refuse(c wire.Code) { s.mu.Lock(); defer s.mu.Unlock(); s.code = c }

// Note has the start screen say what does not work.
func (s *Stage) Note(n ...screen.Note) { s.mu.Lock(); defer s.mu.Unlock(); s.notes = n }

// Plug puts a headset in, or pulls it out.
func (s *Stage) Plug(in bool) { s.headset.Store(in) }

// Silenced reports whether the loudspeaker is switched off.
func (s *Stage) Silenced() bool { return s.silenced.Load() }

// begin opens a door for the page, as a session worker does.
func (s *Stage) begin(ctx context.Context) screen.Started {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return screen.Started{Code: wire.Internal}
	}
	const token = "one-time"
	s.served.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, DefaultCome)
		defer cancel()
		c, err := face.Door{Token: token, Origin: strings.TrimSuffix(s.URL, "/")}.Accept(ctx, ln)
		if err == nil {
			s.came <- c
		}
	})
	return screen.Started{Address: ln.Addr().String(), Token: token}
}

// Close ends everything.
func (s *Stage) Close() {
	s.Hang()
	s.end()
	s.served.Wait()
}

// Hang ends the session's connection without a word.
func (s *Stage) Hang() {
	s.still()
	if s.Conn != nil {
		s.Conn.Close()
		s.Conn = nil
	}
}

func (s *Stage) still() {
	if s.last != nil {
		s.last()
		<-s.act
		s.last = nil
	}
}

// Begin presses a language on the start screen and waits for the page.
func (s *Stage) Begin(p *browser.Page, language string) error {
	if err := p.Wait(`() => document.querySelector('main')?.dataset.screen === 'start'`, nil); err != nil {
		return err
	}
	if err := p.Tap(fmt.Sprintf(`main [data-language="%s"]`, language)); err != nil {
		return err
	}
	select {
	case s.Conn = <-s.came:
		return nil
	case <-time.After(DefaultCome):
		return errors.New("gallery: the page did not connect")
	}
}

// Show tells or asks the page, and waits until it stands there. What the
// resident answers comes from Answer.
func (s *Stage) Show(p *browser.Page, t face.Tell) error {
	s.still()
	if err := p.Eval(nil, `() => { delete document.querySelector('main').dataset.tell }`, nil); err != nil {
		return err
	}
	if t.Ask {
		ctx, cancel := context.WithCancel(context.Background())
		act := make(chan Answer, 1)
		s.last, s.act = cancel, act
		go func() {
			var a Answer
			if t.Screen == face.PIN {
				a.PIN, a.Err = s.Conn.PIN(ctx, t)
			} else {
				a.Act, a.Err = s.Conn.Ask(ctx, t)
			}
			act <- a
		}()
	} else if err := s.Conn.Tell(context.Background(), t); err != nil {
		return err
	}
	name := string(t.Screen)
	return p.Wait(`name => document.querySelector('main').dataset.tell === name`, name)
}

// Answer waits for what the resident does on the screen that was asked.
func (s *Stage) Answer() (Answer, error) {
	select {
	case a := <-s.act:
		s.last()
		s.last = nil
		return a, nil
	case <-time.After(DefaultCome):
		return Answer{}, errors.New("gallery: nobody answered")
	}
}
