package face

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"akashi/centre/wire"
)

// ErrBack says that the resident went back instead of typing the PIN.
var ErrBack = errors.New("face: the resident went back")

// Conn is the worker's end of one face. Its methods are for one goroutine;
// what the face sends is taken in by another.
type Conn struct {
	ws    *websocket.Conn
	write sync.Mutex // one writer at a time

	mu      sync.Mutex
	now     Tell
	waiting bool // an answer to now is still wanted
	digits  []byte
	stay    chan struct{} // one place
	stays   int           // of the present ask
	answer  chan Act      // one place
	done    chan struct{}
	cause   wire.Code
	over    chan struct{} // closed when nothing more comes in
}

func newConn(ws *websocket.Conn) *Conn {
	ws.SetReadLimit(DefaultMaxAct)
	c := &Conn{ws: ws, answer: make(chan Act, 1), stay: make(chan struct{}, 1), done: make(chan struct{}), over: make(chan struct{})}
	go c.take()
	return c
}

// Done is closed when the resident cancelled, the face is gone or it broke the
// protocol; Cause says which.
func (c *Conn) Done() <-chan struct{} { return c.done }

// Cause gives Cancelled (also when the page is gone: so is the resident) or
// Malformed; OK while the face is there.
func (c *Conn) Cause() wire.Code { c.mu.Lock(); defer c.mu.Unlock(); return c.cause }

// Close ends the connection. It gives the page a moment to take the last
// screen: closing at once could tear it from the wire.
func (c *Conn) Close() error {
	c.end(wire.Cancelled)
	c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(DefaultLinger))
	c.ws.SetReadDeadline(time.Now().Add(DefaultLinger))
	<-c.over
	return c.ws.Close()
}

// Tell shows t and returns at once.
func (c *Conn) Tell(ctx context.Context, t Tell) error {
	t.Ask = false
	return c.show(t)
}

// Ask shows t and waits for what the resident does, for t.Wait after the last
// sign that they are still there; 0: as long as ctx. A cancel is the error
// wire.Cancelled, time that is over wire.TimedOut; the end of ctx is its error.
func (c *Conn) Ask(ctx context.Context, t Tell) (Act, error) {
	t.Ask = true
	if err := c.show(t); err != nil {
		return Act{}, err
	}
	if t.Wait <= 0 {
		return c.wait(ctx, nil, 0)
	}
	patience := time.NewTimer(time.Duration(t.Wait) * time.Millisecond)
	defer patience.Stop()
	return c.wait(ctx, patience, time.Duration(t.Wait)*time.Millisecond)
}

// PIN asks for the digits of the PIN. The caller owns and wipes them; the
// connection keeps none. A resident who goes back is ErrBack.
func (c *Conn) PIN(ctx context.Context, t Tell) ([]byte, error) {
	t.Screen = PIN
	a, err := c.Ask(ctx, t)
	if err == nil && a.Do == Back {
		err = ErrBack
	}
	if err != nil {
		c.forget()
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	d := c.digits
	c.digits = nil
	return d, nil
}

func (c *Conn) wait(ctx context.Context, patience *time.Timer, each time.Duration) (Act, error) {
	var over <-chan time.Time
	if patience != nil {
		over = patience.C
	}
	for {
		select {
		case a := <-c.answer:
			return a, nil
		case <-c.done:
			return Act{}, c.Cause()
		case <-c.stay:
			if patience != nil {
				patience.Reset(each)
			}
		case <-over:
			c.unask()
			return Act{}, wire.TimedOut
		case <-ctx.Done():
			c.unask()
			return Act{}, context.Cause(ctx)
		}
	}
}

// unask lets whatever comes for the present ask be late.
func (c *Conn) unask() { c.mu.Lock(); defer c.mu.Unlock(); c.waiting = false }

// show numbers t, makes it the present screen and sends it.
func (c *Conn) show(t Tell) error {
	c.forget()
	c.mu.Lock()
	if c.cause == wire.Malformed || c.closed() && t.Screen != End {
		defer c.mu.Unlock()
		return c.cause
	}
	t.ID = c.now.ID + 1
	c.now, c.waiting, c.stays = t, t.Ask, 0
	select {
	case <-c.answer: // an answer that nobody waited for any more
	default:
	}
	select {
	case <-c.stay:
	default:
	}
	c.mu.Unlock()
	return c.send(t)
}

func (c *Conn) closed() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

func (c *Conn) send(t Tell) error {
	c.write.Lock()
	defer c.write.Unlock()
	c.ws.SetWriteDeadline(time.Now().Add(DefaultWriteLimit))
	if err := c.ws.WriteMessage(websocket.TextMessage, wire.Encode(t)); err != nil {
		c.end(wire.Cancelled)
		return c.Cause()
	}
	return nil
}

// forget wipes the digits of a PIN that was not handed over.
func (c *Conn) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.digits)
	c.digits = nil
}

func (c *Conn) end(code wire.Code) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed() {
		c.cause = code
		close(c.done)
	}
}
