package face

import (
	"encoding/binary"
	"slices"

	"github.com/gorilla/websocket"

	"akashi/centre/wire"
)

// take reads what the face sends until it is gone or breaks the protocol.
func (c *Conn) take() {
	defer close(c.over)
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
	case a.Do == Stay:
		return c.prolong(a)
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

// prolong takes a stay for the present ask. One that comes as the answer does
// is late; past DefaultMaxStays they change nothing.
func (c *Conn) prolong(a Act) wire.Code {
	if !bare(a) || !c.now.Ask {
		return wire.Malformed
	}
	if c.waiting && c.stays < DefaultMaxStays {
		c.stays++
		select {
		case c.stay <- struct{}{}:
		default:
		}
	}
	return wire.OK
}

func bare(a Act) bool { return plain(a) && a.Right == "" }

func plain(a Act) bool { return a.Municipality == "" && a.Kind == 0 && a.Copies == 0 }

// pays reports whether a is a yes that names a reprint right, mistyped or not.
func pays(a Act, t Tell) bool {
	if t.Screen != Preview || a.Do != Yes || !plain(a) || len(a.Right) > wire.RightNumberLength {
		return false
	}
	for _, c := range []byte(a.Right) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// fits reports whether a is one of the answers that t offers.
func fits(a Act, t Tell) bool {
	if !t.Ask || !slices.Contains(answers[t.Screen], a.Do) {
		return false
	}
	switch {
	case a.Do == Pick:
		return a.Right == "" && offered(a, t)
	case a.Right != "":
		return pays(a, t)
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
