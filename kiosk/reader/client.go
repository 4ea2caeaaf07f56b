package reader

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"
)

// Client is the session worker's end of the socket; it implements Device. Its
// errors are Faults, beside ctx's own error where ctx ended the call.
//
// Cancelling a call's ctx closes the socket: the reader process then powers
// the card off and ends. A deadline in ctx is sent along and the client waits
// for the reader process to report it, so that the next call can follow.
type Client struct {
	mu   sync.Mutex
	conn net.Conn
	gone bool
}

// NewClient speaks the protocol on conn and owns it.
func NewClient(conn net.Conn) *Client { return &Client{conn: conn} }

// WaitCard waits until one card lies on the reader and is taken. Without a
// deadline in ctx it waits DefaultMaxWait.
func (c *Client) WaitCard(ctx context.Context) error {
	_, err := c.ask(ctx, opWaitCard, nil)
	return err
}

// Transmit carries one APDU of MinCommand to MaxCommand bytes.
func (c *Client) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	if len(command) < MinCommand || len(command) > MaxCommand {
		return nil, Malformed
	}
	return c.ask(ctx, opTransmit, command)
}

// WaitRemoved powers the card off and waits until it is gone.
func (c *Client) WaitRemoved(ctx context.Context) error {
	_, err := c.ask(ctx, opWaitRemoved, nil)
	return err
}

// End powers the card off.
func (c *Client) End() error {
	_, err := c.ask(context.Background(), opEnd, nil)
	return err
}

// Close closes the socket, which ends the reader process.
func (c *Client) Close() error { return c.conn.Close() }

// ask sends one request and reads its reply. After anything but a reply the
// socket is of no more use and closed.
func (c *Client) ask(ctx context.Context, op byte, command []byte) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gone {
		return nil, Closed
	}
	limit, err := limitFor(ctx, op)
	if err != nil {
		return nil, err
	}
	p, err := c.roundTrip(ctx, request{op, limit, command})
	if err != nil {
		c.gone = true
		c.conn.Close()
		return nil, outcome(ctx, err)
	}
	if p.fault != 0 {
		return nil, p.fault
	}
	return p.response, nil
}

func (c *Client) roundTrip(ctx context.Context, r request) (reply, error) {
	stop := context.AfterFunc(ctx, func() {
		if errors.Is(ctx.Err(), context.Canceled) {
			c.conn.Close()
		}
	})
	defer stop()
	if err := c.conn.SetDeadline(time.Now().Add(r.limit + DefaultGrace)); err != nil {
		return reply{}, err
	}
	b := r.appendTo(make([]byte, 0, requestHead+MaxCommand))
	_, err := c.conn.Write(b)
	clear(b)
	if err != nil {
		return reply{}, err
	}
	// The response goes to the caller, so its buffer is new for each call.
	return readReply(c.conn, r.op, make([]byte, replyHead+MaxResponse))
}

// limitFor gives the whole milliseconds that ctx leaves an operation.
func limitFor(ctx context.Context, op byte) (time.Duration, error) {
	if ctx.Err() != nil {
		return 0, outcome(ctx, ctx.Err())
	}
	limit, _ := maxLimit(op)
	if d, ok := ctx.Deadline(); ok {
		limit = min(limit, time.Until(d))
	}
	return max(limit.Truncate(time.Millisecond), time.Millisecond), nil
}

// outcome names why no reply came.
func outcome(ctx context.Context, err error) error {
	var timeout net.Error
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return errors.Join(Closed, ctx.Err())
	case ctx.Err() != nil:
		return errors.Join(Deadline, ctx.Err())
	case errors.As(err, &timeout) && timeout.Timeout():
		return Deadline
	case FaultOf(err) != 0:
		return err
	}
	return Closed
}
