package unit

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"net"
	"time"

	"akashi/centre/wire"
)

// Bounds of the kiosk's waiting.
const (
	DefaultDial   = time.Second     // a socket of this machine
	DefaultAnswer = 3 * time.Second // an ask that moves coins takes under 2 s
)

// Client is the kiosk's end. Each ask has a connection of its own: an answer
// that is late or said twice has nobody who could take it for another's. It is
// safe for several goroutines.
type Client struct {
	Path   string        // unix socket
	Answer time.Duration // 0: DefaultAnswer
}

// Authorise has the unit take amount yen, at most wait long.
func (c *Client) Authorise(ctx context.Context, id ID, amount int, wait time.Duration) error {
	_, err := c.ask(ctx, Asked{Do: Authorise, Payment: id[:], Amount: amount, Wait: max(1, int(wait.Milliseconds()))}, wait)
	return err
}

// Capture charges what was authorised; asked again it charges nothing more.
func (c *Client) Capture(ctx context.Context, id ID) error {
	_, err := c.ask(ctx, Asked{Do: Capture, Payment: id[:]}, 0)
	return err
}

// Release gives back what was authorised.
func (c *Client) Release(ctx context.Context, id ID) error {
	_, err := c.ask(ctx, Asked{Do: Release, Payment: id[:]}, 0)
	return err
}

// PayBack pays amount yen out, once for an id.
func (c *Client) PayBack(ctx context.Context, id ID, amount int) error {
	_, err := c.ask(ctx, Asked{Do: PayBack, Payment: id[:], Amount: amount}, 0)
	return err
}

// Receipt prints lines.
func (c *Client) Receipt(ctx context.Context, lines []string) error {
	_, err := c.ask(ctx, Asked{Do: Receipt, Lines: lines}, 0)
	return err
}

// State tells where a payment stands.
func (c *Client) State(ctx context.Context, id ID) (State, error) {
	return c.ask(ctx, Asked{Do: Ask, Payment: id[:]}, 0)
}

// Health tells what is wrong with the unit.
func (c *Client) Health(ctx context.Context) error {
	_, err := c.ask(ctx, Asked{Do: Ask}, 0)
	return err
}

// ask asks once: a *Refusal is a clear no, ErrAbsent says that nothing was
// sent, and every other error may hide that it was done.
func (c *Client) ask(ctx context.Context, a Asked, wait time.Duration) (State, error) {
	if err := a.Check(); err != nil {
		return "", err
	}
	limit := c.Answer
	if limit <= 0 {
		limit = DefaultAnswer
	}
	ctx, stop := context.WithTimeout(ctx, wait+limit)
	defer stop()
	d := net.Dialer{Timeout: DefaultDial}
	conn, err := d.DialContext(ctx, "unix", c.Path)
	if err != nil {
		return "", ErrAbsent
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	if _, err := conn.Write(append(wire.Encode(a), '\n')); err != nil {
		return "", ErrUnclear
	}
	return answer(conn, a)
}

func answer(conn net.Conn, a Asked) (State, error) {
	line, err := bufio.NewReaderSize(conn, DefaultMaxLine).ReadSlice('\n')
	if err != nil {
		return "", ErrUnclear
	}
	got, err := wire.Decode[Answered](line[:len(line)-1], DefaultMaxLine)
	if err != nil || got.Check() != nil || got.Do != a.Do || !bytes.Equal(got.Payment, a.Payment) {
		return "", errors.Join(ErrLine, ErrUnclear)
	}
	if got.Fault != NoFault {
		return got.State, &Refusal{got.Fault, got.State}
	}
	return got.State, nil
}
