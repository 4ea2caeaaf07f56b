package face

import (
	"context"
	"encoding/binary"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"akashi/centre/wire"
)

// Conn is the worker's end of one face. Its methods are for one goroutine;
// what the face sends is taken in by another.
type Conn struct {
	ws    *websocket.Conn
	write sync.Mutex // one writer at a time

	mu      sync.Mutex
	now     Tell
	waiting bool // an answer to now is still wanted
	digits  []byte
	answer  chan Act // one place
	done    chan struct{}
	cause   wire.Code
}

func newConn(ws *websocket.Conn) *Conn {
	ws.SetReadLimit(DefaultMaxAct)
	c := &Conn{ws: ws, answer: make(chan Act, 1), done: make(chan struct{})}
	go c.take()
	return c
}

// Done is closed when the resident cancelled, the face is gone or it broke the
// protocol; Cause says which.
func (c *Conn) Done() <-chan struct{} { return c.done }

// Cause gives Cancelled (also when the page is gone: so is the resident) or
// Malformed; OK while the face is there.
func (c *Conn) Cause() wire.Code { c.mu.Lock(); defer c.mu.Unlock(); return c.cause }

// Close ends the connection.
func (c *Conn) Close() error {
	c.end(wire.Cancelled)
	return c.ws.Close()
}

// Tell shows t and returns at once.
func (c *Conn) Tell(ctx context.Context, t Tell) error {
	t.Ask = false
	return c.show(t)
}

// Ask shows t and waits for what the resident does. A cancel is the error
// wire.Cancelled; the end of ctx is its error.
func (c *Conn) Ask(ctx context.Context, t Tell) (Act, error) {
	t.Ask = true
	if err := c.show(t); err != nil {
		return Act{}, err
	}
	return c.wait(ctx)
}

// PIN asks for the digits of the PIN. The caller owns and wipes them; the
// connection keeps none.
func (c *Conn) PIN(ctx context.Context, t Tell) ([]byte, error) {
	t.Screen = PIN
	if _, err := c.Ask(ctx, t); err != nil {
		c.forget()
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	d := c.digits
	c.digits = nil
	return d, nil
}

func (c *Conn) wait(ctx context.Context) (Act, error) {
	select {
	case a := <-c.answer:
		return a, nil
	case <-c.done:
		return Act{}, c.Cause()
	case <-ctx.Done():
		c.mu.Lock()
		c.waiting = false
		c.mu.Unlock()
		return Act{}, context.Cause(ctx)
	}
}

// show numbers t, makes it the present screen and sends it.
func (c *Conn) show(t Tell) error {
	c.forget()
	c.mu.Lock()
	if c.cause == wire.Malformed || c.closed() && t.Screen != End {
		defer c.mu.Unlock()
		return c.cause
	}
	t.ID = c.now.ID + 1
	c.now, c.waiting = t, t.Ask
	select {
	case <-c.answer: // an answer that nobody waited for any more
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

// take reads what the face sends until it is gone or breaks the protocol.
func (c *Conn) take() {
	defer c.forget()
	for {
		kind, b, err := c.ws.ReadMessage()
		if err != nil {
			c.end(wire.Cancelled)
			return
		}
		var code wire.Code
		if kind == websocket.BinaryMessage {
			code = c.key(b)
			clear(b)
		} else {
			code = c.act(b)
		}
		if code != wire.OK {
			c.end(code)
		}
		if code == wire.Malformed {
			c.ws.Close()
			return
		}
	}
}

// act judges one answer: OK also for one that came too late.
func (c *Conn) act(b []byte) wire.Code {
	a, err := wire.Decode[Act](b, DefaultMaxAct)
	if err != nil {
		return wire.Malformed
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case a.ID == 0 || a.ID > c.now.ID:
		return wire.Malformed
	case a.Do == Cancel:
		if !bare(a) {
			return wire.Malformed
		}
		return c.cancel()
	case a.ID < c.now.ID:
		return wire.OK
	case !fits(a, c.now):
		return wire.Malformed
	case c.waiting:
		c.waiting = false
		c.answer <- a
	}
	return wire.OK
}

// cancel counts as long as the present screen offers it.
func (c *Conn) cancel() wire.Code {
	if c.now.Cancel {
		return wire.Cancelled
	}
	return wire.OK
}

func bare(a Act) bool { return a.Municipality == "" && a.Kind == 0 && a.Copies == 0 }

// fits reports whether a is one of the answers that t offers.
func fits(a Act, t Tell) bool {
	if !t.Ask || !slices.Contains(answers[t.Screen], a.Do) {
		return false
	}
	switch {
	case a.Do == Pick:
		return offered(a, t)
	case !bare(a):
		return false
	case t.Screen == Choose: // finish
		return t.Again
	case t.Screen == Trouble && a.Do == Again:
		return t.Again
	}
	return true
}

func offered(a Act, t Tell) bool {
	if a.Copies < 1 || a.Copies > t.MaxCopies {
		return false
	}
	return slices.ContainsFunc(t.Menu, func(o Offer) bool {
		return o.Code == a.Municipality && slices.Contains(o.Kinds, a.Kind)
	})
}

// key takes one key press of the PIN screen and answers it with the count.
func (c *Conn) key(b []byte) wire.Code {
	if len(b) != keyLength {
		return wire.Malformed
	}
	c.mu.Lock()
	id := binary.BigEndian.Uint32(b)
	switch {
	case id == 0 || id > c.now.ID || id == c.now.ID && c.now.Screen != PIN:
		defer c.mu.Unlock()
		return wire.Malformed
	case b[4] == KeyCancel:
		defer c.mu.Unlock()
		return c.cancel()
	case id < c.now.ID || !c.waiting:
		defer c.mu.Unlock()
		return wire.OK
	}
	code := c.press(b[4])
	c.now.Entered = len(c.digits)
	now, counts := c.now, code == wire.OK && c.waiting
	c.mu.Unlock()
	if counts { // not after enter: the next screen may already be on its way
		c.send(now)
	}
	return code
}

func (c *Conn) press(key byte) wire.Code {
	n := len(c.digits)
	switch {
	case key >= '0' && key <= '9':
		if n < PINLength {
			if c.digits == nil {
				c.digits = make([]byte, 0, PINLength)
			}
			c.digits = append(c.digits, key)
		}
	case key == KeyBack:
		if n > 0 {
			c.digits[n-1] = 0
			c.digits = c.digits[:n-1]
		}
	case key == KeyEnter:
		if n == PINLength {
			c.waiting = false
			c.answer <- Act{ID: c.now.ID, Do: Yes}
		}
	default:
		return wire.Malformed
	}
	return wire.OK
}
