package channel

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"akashi/centre/wire"
)

// silent takes what net/http would log: remote addresses and handshake errors.
var silent = log.New(io.Discard, "", 0)

var errStopping = errors.New("channel: the gateway is stopping")

// link is the gateway's end of one connection: one goroutine that reads, a
// timer that pings, and a goroutine for each outstanding ask.
type link struct {
	s    *server
	ws   *websocket.Conn
	peer Peer

	writing sync.Mutex
	open    chan struct{}  // a slot for each outstanding ask
	asks    sync.WaitGroup // only the reader adds
	lastID  uint64
	bucket  bucket
}

func newLink(s *server, ws *websocket.Conn, p Peer) *link {
	return &link{
		s: s, ws: ws, peer: p,
		open:   make(chan struct{}, s.MaxOutstanding),
		bucket: bucket{rate: float64(s.Rate), burst: float64(s.Burst), left: float64(s.Burst), at: time.Now()},
	}
}

// run reads asks until the connection ends or the gateway stops, and returns
// when the last handler has.
func (l *link) run() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	defer l.pinging()()
	l.read(ctx)
	if l.s.isStopping() {
		l.drain()
	}
	l.ws.Close()
	cancel()
	l.asks.Wait()
}

// drain lets outstanding asks finish and says goodbye.
func (l *link) drain() {
	idle := make(chan struct{})
	go func() { l.asks.Wait(); close(idle) }()
	t := time.NewTimer(l.s.Drain)
	defer t.Stop()
	select {
	case <-idle:
	case <-t.C:
	}
	bye := websocket.FormatCloseMessage(websocket.CloseGoingAway, "")
	l.ws.WriteControl(websocket.CloseMessage, bye, time.Now().Add(time.Second))
}

// alive puts the end of patience off; false when the gateway is stopping.
func (l *link) alive() bool {
	l.ws.SetReadDeadline(time.Now().Add(l.s.Idle))
	return !l.s.isStopping() // checked last: stop sets the deadline after it said so
}

// stop wakes the reader up; the gateway is stopping.
func (l *link) stop() { l.ws.SetReadDeadline(time.Unix(1, 0)) }

// cut ends the connection at once: its reader and its writers fail, and the
// handlers of its asks are told.
func (l *link) cut() { l.ws.NetConn().Close() }

// pinging asks now and then whether the line is alive, until stop is called.
func (l *link) pinging() (stop func() bool) {
	var t *time.Timer
	ready := make(chan struct{})
	t = time.AfterFunc(l.s.Ping, func() {
		<-ready
		if l.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(l.s.Write)) == nil {
			t.Reset(l.s.Ping)
		}
	})
	close(ready)
	return t.Stop
}

func (l *link) read(ctx context.Context) {
	l.ws.SetPongHandler(func(string) error {
		if !l.alive() {
			return errStopping
		}
		return nil
	})
	for l.alive() {
		b, c, err := l.next()
		if err != nil {
			return
		}
		if c == wire.OK {
			c = l.take(ctx, b)
		}
		if c != wire.OK {
			l.refuse(c)
			return
		}
	}
}

// next reads one message. The bound is kept here, because websocket's own
// bound ends the connection without a frame that says why.
func (l *link) next() ([]byte, wire.Code, error) {
	kind, r, err := l.ws.NextReader()
	if err != nil {
		return nil, 0, err
	}
	if kind != websocket.BinaryMessage {
		return nil, wire.FrameUnexpected, nil
	}
	b, err := io.ReadAll(io.LimitReader(r, l.s.MaxFrame+1)) // one over is TooLarge to take
	return b, wire.OK, err
}

// refuse tells the client why the connection ends.
func (l *link) refuse(c wire.Code) {
	l.s.Refused(c)
	l.write(wire.Frame{Type: wire.TypeFailed, Body: wire.Encode(wire.Failed{Code: c})})
}

// take starts one ask. A code ends the connection: such a client is broken or
// hostile; overload is answered and survived.
func (l *link) take(ctx context.Context, b []byte) wire.Code {
	f, err := wire.Decode[wire.Frame](b, int(l.s.MaxFrame))
	if err != nil {
		return codeOf(err)
	}
	if f.Version != wire.Version {
		return wire.WrongVersion
	}
	if _, ok := answers[f.Type]; !ok {
		return wire.FrameUnexpected
	}
	if f.ID <= l.lastID { // used before
		return wire.Malformed
	}
	l.lastID = f.ID
	if !l.bucket.take(time.Now()) {
		l.s.Refused(wire.Busy)
		l.fail(f.ID, &Refused{wire.Busy, 1})
		return wire.OK
	}
	select {
	case l.open <- struct{}{}:
	default:
		l.s.Refused(wire.Busy)
		l.fail(f.ID, &Refused{wire.Busy, 1})
		return wire.OK
	}
	l.asks.Add(1)
	go func() {
		defer l.asks.Done()
		defer func() { <-l.open }()
		l.answer(ctx, f)
	}()
	return wire.OK
}

func (l *link) answer(ctx context.Context, f wire.Frame) {
	t, body, err := l.s.handler(ctx, l.peer, f.Type, f.Body)
	if err == nil && t != answers[f.Type] {
		err = wire.Internal
	}
	if err != nil {
		l.fail(f.ID, err)
		return
	}
	a := wire.Frame{Type: t, ID: f.ID}
	switch b := body.(type) {
	case nil:
	case json.RawMessage:
		a.Body = b
	case Held:
		defer b.Sent()
		a.Body = b.Body
	default:
		a.Body = wire.Encode(body)
	}
	l.write(a)
}

func (l *link) fail(id uint64, err error) {
	b := wire.Failed{Code: codeOf(err)}
	var r *Refused
	if errors.As(err, &r) {
		b.RetryAfter = r.RetryAfter
	}
	l.write(wire.Frame{Type: wire.TypeFailed, ID: id, Body: wire.Encode(b)})
}

// codeOf gives an error's pinned number, Internal for any other error.
func codeOf(err error) wire.Code {
	var c wire.Code
	if errors.As(err, &c) && c != wire.OK && c.Known() {
		return c
	}
	return wire.Internal
}

// write sends one frame; a line that does not take it in time is cut, which
// ends the reader as well.
func (l *link) write(f wire.Frame) {
	f.Version = wire.Version
	l.writing.Lock()
	defer l.writing.Unlock()
	l.ws.SetWriteDeadline(time.Now().Add(l.s.Write))
	if l.ws.WriteMessage(websocket.BinaryMessage, wire.Encode(f)) != nil {
		l.cut()
	}
}

// bucket is a token bucket; only the reader uses it.
type bucket struct {
	rate, burst, left float64
	at                time.Time
}

func (b *bucket) take(now time.Time) bool {
	b.left = min(b.burst, b.left+b.rate*now.Sub(b.at).Seconds())
	b.at = now
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}
