package payunit

import (
	"bufio"
	"context"
	"net"
	"os"

	"akashi/centre/wire"
	"akashi/kiosk/payment/unit"
)

// Serve answers a kiosk at a unix socket until ctx ends: to the kiosk it is
// the device.
func (u *Unit) Serve(ctx context.Context, path string) (stop func(), err error) {
	ln, err := listen(path)
	if err != nil {
		return nil, err
	}
	return run(ctx, ln, func(ctx context.Context) { unit.Serve(ctx, ln, u.Answer) }), nil
}

// listen makes a socket that the kiosk's user reaches, whoever has the unit.
func listen(path string) (net.Listener, error) {
	ln, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	return ln, os.Chmod(path, 0o666)
}

func run(ctx context.Context, ln net.Listener, serve func(context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { serve(ctx); close(done) }()
	end := context.AfterFunc(ctx, func() { ln.Close() })
	return func() { end(); ln.Close(); cancel(); <-done }
}

// Panel is one line to a unit's panel, which stands for the resident's hands
// and for the service key.
type Panel struct {
	Do      string      `json:"do"` // insert, touch, auto, fill, play, calm, empty or look
	Coin    int         `json:"coin,omitempty"`
	Card    string      `json:"card,omitempty"`
	Balance int         `json:"balance,omitempty"`
	Auto    bool        `json:"auto,omitempty"`
	Hopper  map[int]int `json:"hopper,omitempty"`
	Play    *Play       `json:"play,omitempty"`
}

// Seen is what the panel shows after it.
type Seen struct {
	Done   bool   `json:"done"`
	Auto   bool   `json:"auto"`
	Plays  []Play `json:"plays,omitempty"`
	Memory Memory `json:"memory"`
}

// DefaultMaxPanel bounds one line to the panel in bytes.
const DefaultMaxPanel = 4 << 10

// ServePanel answers the panel at a unix socket until stopped.
func (u *Unit) ServePanel(ctx context.Context, path string) (stop func(), err error) {
	ln, err := listen(path)
	if err != nil {
		return nil, err
	}
	return run(ctx, ln, func(context.Context) {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go u.panel(c)
		}
	}), nil
}

func (u *Unit) panel(c net.Conn) {
	defer c.Close()
	r := bufio.NewReaderSize(c, DefaultMaxPanel)
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return
		}
		p, err := wire.Decode[Panel](line[:len(line)-1], DefaultMaxPanel)
		seen := Seen{Done: err == nil && u.Press(p), Auto: u.IsAuto(), Plays: u.Plays(), Memory: u.Snapshot()}
		if _, err := c.Write(append(wire.Encode(seen), '\n')); err != nil {
			return
		}
	}
}

// Press does one thing at the panel, and reports whether it was done.
func (u *Unit) Press(p Panel) bool {
	switch p.Do {
	case "insert":
		return u.Insert(p.Coin)
	case "touch":
		return u.Touch(p.Card, p.Balance)
	case "auto":
		u.Auto(p.Auto)
	case "fill":
		u.Fill(p.Hopper)
	case "play":
		if p.Play == nil {
			return false
		}
		u.Play(*p.Play)
	case "calm":
		u.Calm()
	case "empty":
		u.Empty()
	case "look":
	default:
		return false
	}
	return true
}
