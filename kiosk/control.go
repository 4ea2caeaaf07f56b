package kiosk

import (
	"bufio"
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"akashi/centre/wire"
	"akashi/kiosk/payment"
	"akashi/kiosk/screen"
	"akashi/kiosk/session"
)

// Bounds of the control socket.
const (
	DefaultMaxCommand = 256              // one line
	DefaultMaxFronts  = 4                // connections at once: the page's server, a person, and room
	DefaultCommand    = 30 * time.Second // until a connection says what it wants
)

// Command is one line to the control socket: minified JSON, then a newline.
type Command struct {
	Do    string `json:"do"`              // "start", "state", "clear" or "refund"
	Right string `json:"right,omitempty"` // refund: a reprint right's number
}

// Reply is one line from it. "start" is answered twice: with where the face
// connects (or a code), and with the event when the session is over.
type Reply struct {
	Code       wire.Code         `json:"code"` // start refused, or the state: OK when a session may begin
	RetryAfter int               `json:"retry_after,omitempty"`
	Address    string            `json:"address,omitempty"` // of the session's face, host:port
	Token      string            `json:"token,omitempty"`   // one-time
	Origin     string            `json:"origin,omitempty"`  // that the face must come from
	Worker     int               `json:"worker,omitempty"`  // process id, for whoever watches that it goes
	Event      *session.Event    `json:"event,omitempty"`
	Waiting    int               `json:"waiting,omitempty"` // settlements and alarms not confirmed yet
	Charged    int               `json:"charged,omitempty"` // yen, since the agent began
	Owed       int               `json:"owed,omitempty"`    // payments not settled yet
	Refunded   *payment.Refunded `json:"refunded,omitempty"`
	edition    *screen.Edition   // that the session keeps
	Trust      *TrustList        `json:"trust,omitempty"` // with the state
	Release    *ScreenRelease    `json:"release,omitempty"`
}

// serve answers control connections until the listener is closed.
func (a *Agent) serve(ctx context.Context, ln *net.UnixListener, parts *sync.WaitGroup) error {
	room := make(chan struct{}, DefaultMaxFronts)
	for {
		c, err := ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		select {
		case room <- struct{}{}:
			parts.Go(func() {
				a.front(ctx, c)
				<-room
			})
		default:
			c.Close()
		}
	}
}

// front does one command for one connection.
func (a *Agent) front(ctx context.Context, c net.Conn) {
	defer c.Close()
	stop := context.AfterFunc(ctx, func() { c.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	c.SetReadDeadline(time.Now().Add(DefaultCommand))
	line, err := bufio.NewReaderSize(c, DefaultMaxCommand).ReadSlice('\n')
	if err != nil {
		return
	}
	cmd, err := wire.Decode[Command](line[:len(line)-1], DefaultMaxCommand)
	if err != nil {
		reply(c, Reply{Code: wire.Malformed})
		return
	}
	switch cmd.Do {
	case "start":
		a.start(ctx, c)
	case "state":
		list, shown := a.list(), a.screen.stands()
		reply(c, Reply{Code: a.state(), Waiting: a.outbox.waiting(), Charged: a.till.Charged(), Owed: a.till.Pending(), Trust: &list, Release: &shown})
	case "refund":
		a.refund(c, cmd.Right)
	case "clear":
		code := wire.OK
		if a.clear() != nil {
			code = wire.Internal
		}
		reply(c, Reply{Code: code})
	default:
		reply(c, Reply{Code: wire.Malformed})
	}
}

// start runs one session for a connection.
func (a *Agent) start(ctx context.Context, c net.Conn) {
	reply(c, a.session(ctx, func(r Reply) { reply(c, r) }))
}

// session runs one session, if one may begin: ready is told where its face
// connects, and the last word comes when nothing of it is left.
func (a *Agent) session(ctx context.Context, ready func(Reply)) Reply {
	if !a.busy.TryLock() {
		if code := a.barred(); code != wire.OK {
			return Reply{Code: code}
		}
		return Reply{Code: wire.Busy, RetryAfter: 60}
	}
	if code := a.barred(); code != wire.OK { // asked with the lock: the session before may have raised an alarm
		a.busy.Unlock()
		return Reply{Code: code}
	}
	e, shown := a.screen.use()
	if e == nil {
		a.busy.Unlock()
		return Reply{Code: wire.ReleaseOut}
	}
	if code := a.lookAgain(ctx); code != wire.OK { // before a resident has begun, and paid
		a.busy.Unlock()
		return Reply{Code: code}
	}
	v := &visit{agent: a, ready: ready, release: shown}
	v.reply.edition = e
	end := a.visit(ctx, v)
	a.busy.Unlock() // before the last word: whoever hears it may start again
	return Reply{Code: end.Code, Event: &end, Waiting: a.outbox.waiting(), Charged: a.till.Charged()}
}

// visit has one resident come and go, and the devices looked at after it.
func (a *Agent) visit(ctx context.Context, v *visit) session.Event {
	a.reading.Lock()
	a.visiting.Store(true)
	e := v.run(ctx)
	a.visiting.Store(false)
	a.reading.Unlock()
	a.board.Ended(e.Code)
	if e.Code == wire.ReaderFault { // until a look says otherwise
		a.board.Set(func(r *wire.Report) { r.Reader = wire.Down })
	}
	if e.Code != wire.OK && e.Code != wire.TermsRefused && e.Code != wire.Cancelled { // perhaps a device's doing
		a.lookSoon()
	}
	return e
}

// reply writes one line; whoever is gone does not need it.
func reply(c net.Conn, r Reply) {
	c.SetWriteDeadline(time.Now().Add(DefaultCommand))
	c.Write(append(wire.Encode(r), '\n'))
}
