package channel

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"akashi/centre/wire"
)

// ClientConfig says where the gateway is and who this client is.
type ClientConfig struct {
	Address     string           // host:port
	ServerName  string           // name in the gateway's certificate; empty: the host of Address
	Root        *x509.CertPool   // the pinned centre root
	Certificate tls.Certificate  // with the role kiosk
	Now         func() time.Time // nil: time.Now
	Idle        time.Duration    // 0: DefaultIdle; longer silence, pings included, is a dead line

	dial func(ctx context.Context, network, addr string) (net.Conn, error) // nil: a net.Dialer's
}

// Conn is one connection to a gateway. Its methods may be called
// concurrently. It does not reconnect: the caller does, when Done is closed.
type Conn struct {
	ws   *websocket.Conn
	idle time.Duration
	done chan struct{}

	writing sync.Mutex

	mu     sync.Mutex
	last   uint64
	asks   map[uint64]ask
	reason error // set when done
}

type ask struct {
	want wire.Type
	got  chan result
}

type result struct {
	frame wire.Frame
	err   error
}

// Dial connects and shakes hands. It fails with wire.LineDown when there is no
// way to a gateway that the root vouches for.
func Dial(ctx context.Context, c ClientConfig) (*Conn, error) {
	host, _, err := net.SplitHostPort(c.Address)
	if err != nil {
		return nil, errors.New("channel: the gateway's address is not host:port; correct the configuration")
	}
	if c.ServerName == "" {
		c.ServerName = host
	}
	if c.Idle == 0 {
		c.Idle = DefaultIdle
	}
	d := websocket.Dialer{
		TLSClientConfig:  ClientTLS(c.Certificate, c.Root, wire.RoleGateway, c.ServerName, c.Now),
		HandshakeTimeout: DefaultHandshake,
		NetDialContext:   c.dial,
		ReadBufferSize:   4 << 10, WriteBufferSize: 4 << 10,
	}
	ws, res, err := d.DialContext(ctx, "wss://"+c.Address+Path, nil)
	if err != nil {
		if res != nil && res.StatusCode == http.StatusForbidden {
			return nil, &Refused{Code: wire.KioskDisabled}
		}
		return nil, wire.LineDown
	}
	conn := &Conn{ws: ws, idle: c.Idle, done: make(chan struct{}), asks: map[uint64]ask{}}
	conn.watch()
	go conn.read()
	return conn, nil
}

// watch bounds frames and silence; the gateway's pings keep the line alive.
func (c *Conn) watch() {
	c.ws.SetReadLimit(wire.DefaultMaxFrame)
	c.ws.SetReadDeadline(time.Now().Add(c.idle))
	c.ws.SetPingHandler(func(data string) error {
		c.ws.SetReadDeadline(time.Now().Add(c.idle))
		// A failed pong shows itself at the next read or write.
		c.ws.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(DefaultWrite))
		return nil
	})
}

// Ask sends one frame and waits for its one answer. A TypeFailed answer is a
// *Refused; a lost connection is wire.LineDown; an answer after ctx has ended
// has no receiver and is dropped.
func (c *Conn) Ask(ctx context.Context, t wire.Type, body any) (wire.Frame, error) {
	want, ok := answers[t]
	if !ok {
		return wire.Frame{}, wire.FrameUnexpected
	}
	f := wire.Frame{Version: wire.Version, Type: t}
	if body != nil {
		f.Body = wire.Encode(body)
	}
	if len(f.Body) > wire.DefaultMaxFrame {
		return wire.Frame{}, wire.TooLarge
	}
	got, id, err := c.send(f, want)
	if err != nil {
		return wire.Frame{}, err
	}
	select {
	case r := <-got:
		return r.frame, r.err
	case <-ctx.Done():
		c.forget(id)
		return wire.Frame{}, ctx.Err()
	}
}

// send registers the ask and writes its frame; ids grow in the order of
// writing, which the gateway insists on.
func (c *Conn) send(f wire.Frame, want wire.Type) (<-chan result, uint64, error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	c.mu.Lock()
	if c.reason != nil {
		c.mu.Unlock()
		return nil, 0, c.reason
	}
	c.last++
	f.ID = c.last
	got := make(chan result, 1)
	c.asks[f.ID] = ask{want, got}
	c.mu.Unlock()
	c.ws.SetWriteDeadline(time.Now().Add(DefaultWrite))
	if err := c.ws.WriteMessage(websocket.BinaryMessage, wire.Encode(f)); err != nil {
		c.end(wire.LineDown)
	}
	return got, f.ID, nil
}

func (c *Conn) forget(id uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.asks, id)
}

func (c *Conn) read() {
	for {
		kind, b, err := c.ws.ReadMessage()
		if err != nil {
			c.end(wire.LineDown)
			return
		}
		if kind != websocket.BinaryMessage {
			c.end(wire.FrameUnexpected)
			return
		}
		f, err := wire.Decode[wire.Frame](b, wire.DefaultMaxFrame)
		if err == nil {
			err = c.deliver(f)
		}
		if err != nil {
			c.end(err)
			return
		}
	}
}

// deliver hands a frame to its ask. An error ends the connection; an answer
// that nobody waits for any more is dropped.
func (c *Conn) deliver(f wire.Frame) error {
	if f.Version != wire.Version {
		return wire.WrongVersion
	}
	refused, err := refusal(f)
	if err != nil {
		return err
	}
	if refused != nil && f.ID == 0 {
		return refused // of the connection itself
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.ID == 0 || f.ID > c.last {
		return wire.FrameUnexpected
	}
	a, waiting := c.asks[f.ID]
	if !waiting {
		return nil
	}
	delete(c.asks, f.ID)
	switch {
	case refused != nil:
		a.got <- result{err: refused}
	case f.Type != a.want:
		a.got <- result{err: wire.FrameUnexpected}
		return wire.FrameUnexpected
	default:
		a.got <- result{frame: f}
	}
	return nil
}

// refusal reads a TypeFailed frame; nil for any other.
func refusal(f wire.Frame) (*Refused, error) {
	if f.Type != wire.TypeFailed {
		return nil, nil
	}
	b, err := wire.Decode[wire.Failed](f.Body, wire.DefaultMaxFrame)
	if err != nil || b.Code == wire.OK || b.RetryAfter < 0 {
		return nil, wire.Malformed
	}
	return &Refused{b.Code, b.RetryAfter}, nil
}

// end closes the connection and answers every waiting ask with err.
func (c *Conn) end(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reason != nil {
		return
	}
	c.reason = err
	for id, a := range c.asks {
		delete(c.asks, id)
		a.got <- result{err: err}
	}
	c.ws.Close()
	close(c.done)
}

// Done is closed when the connection has ended.
func (c *Conn) Done() <-chan struct{} { return c.done }

// Err says why the connection has ended: a wire.Code or a *Refused; nil while
// it lives.
func (c *Conn) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reason
}

// Close ends the connection; waiting asks get wire.LineDown.
func (c *Conn) Close() error {
	c.end(wire.LineDown)
	return nil
}

// Body decodes the body of an answer frame, strictly.
func Body[T any](f wire.Frame) (T, error) { return bodyOf[T](f.Body) }

func bodyOf[T any](b json.RawMessage) (T, error) { return wire.Decode[T](b, wire.DefaultMaxFrame) }
