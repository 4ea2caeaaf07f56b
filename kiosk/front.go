package kiosk

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"akashi/centre/wire"
	"akashi/kiosk/screen"
	"akashi/kiosk/voice"
)

// front is the page in front of this kiosk and the browser that shows it.
type front struct {
	agent *Agent
	ctx   context.Context
	parts *sync.WaitGroup
	turn  chan struct{} // the browser of a session that is over is to go

	mu     sync.Mutex
	visits int         // that the page has asked for and that are not over
	due    bool        // one is over, and nobody has said that they have read how
	late   *time.Timer // lets the browser go all the same
}

// face serves the page in front of this kiosk, if it has one. Its address is
// the origin that session workers let in.
func (a *Agent) face(ctx context.Context, parts *sync.WaitGroup) error {
	c := a.config.Screen
	if c.Listen == "" {
		return nil
	}
	ln, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("%w: screen.listen: %w", ErrConfig, err)
	}
	panel, err := c.Panel.Fill()
	if err != nil {
		ln.Close()
		return fmt.Errorf("%w: %w", ErrConfig, err)
	}
	a.config.Origin = "http://" + ln.Addr().String()
	f := &front{agent: a, ctx: ctx, parts: parts, turn: make(chan struct{}, 1)}
	voices, err := voice.Sounds()
	if err != nil && !errors.Is(err, voice.ErrMissing) {
		ln.Close()
		return err
	}
	s := screen.Server{
		Voices: voices, Headset: c.Plugged(), Loudspeaker: c.loudspeaker(),
		Panel: panel, Done: f.done, Edition: func() *screen.Edition { e, _ := a.screen.use(); return e },
		Begin: func(context.Context) screen.Started { return f.begin() },
		State: func() (wire.Code, int) { return a.state(), 0 }, Refund: f.refund, Notes: a.notes,
	}
	parts.Go(func() { _ = s.Serve(ctx, ln) })
	if c.Browser.Program != "" {
		parts.Go(func() { a.browse(ctx, f.turn) })
	}
	return nil
}

// Origin is that of the page that session workers let in. It is known once Run
// is ready.
func (a *Agent) Origin() string { return a.config.Origin }

// begin starts a session for the page; it lives as long as the agent lets it,
// not as the request that asked for it.
func (f *front) begin() screen.Started {
	f.arrive()
	told := make(chan Reply, 2) // where the face connects, which a worker says once, and how it ended
	f.parts.Go(func() {
		last := f.agent.session(f.ctx, func(r Reply) { told <- r })
		told <- last
		f.leave(last.Event != nil)
	})
	r := <-told
	if r.Code == wire.OK && r.Address == "" {
		r.Code = wire.Internal // it ended before anybody could connect
	}
	return screen.Started{Code: r.Code, RetryAfter: r.RetryAfter, Address: r.Address, Token: r.Token, Edition: r.edition}
}

// refund pays a reprint right's money out. Who gave the number has then seen
// how their session ended, if there was one.
func (f *front) refund(_ context.Context, number string) screen.Refunded {
	f.arrive()
	defer f.leave(true)
	got, err := f.agent.till.Refund(number)
	if err != nil {
		return screen.Refunded{Code: refundCode(err)}
	}
	return screen.Refunded{Amount: got.Amount, Slip: got.Slip}
}

// done: the resident has read how it ended.
func (f *front) done() {
	f.mu.Lock()
	f.due = false
	f.rest()
	f.mu.Unlock()
	select {
	case f.turn <- struct{}{}:
	default:
	}
}

// arrive takes a farewell back: the browser serves the next one.
func (f *front) arrive() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.visits++
	f.rest()
}

// leave lets the browser go some time after its last visit, if one of them was
// a session: one that was refused does not take an earlier one's farewell back.
func (f *front) leave(session bool) {
	after := time.Duration(f.agent.config.Seconds.Farewell) * time.Second
	if after <= 0 {
		after = DefaultFarewell
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.visits--
	f.due = f.due || session
	if f.visits == 0 && f.due {
		f.late = time.AfterFunc(after, f.done)
	}
}

// rest stops the clock of a farewell.
func (f *front) rest() {
	if f.late != nil {
		f.late.Stop()
		f.late = nil
	}
}
