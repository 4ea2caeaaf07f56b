package unit

import (
	"bufio"
	"context"
	"net"
	"sync"
	"time"

	"akashi/centre/wire"
)

// Bounds of a unit's end.
const (
	DefaultMaxAsks = 16              // at once: a session makes two, recovery and state the others
	DefaultRead    = 5 * time.Second // until a connection has said what it wants
)

// Handler is a unit, or a driver in front of one. It gives the answer's line,
// or nil to say nothing; ctx ends with the listener.
type Handler func(ctx context.Context, a Asked) (lines []Answered)

// Serve answers asks on ln until it is closed.
func Serve(ctx context.Context, ln net.Listener, h Handler) error {
	ctx, cancel := context.WithCancel(ctx)
	var asks sync.WaitGroup
	defer asks.Wait()
	defer cancel()
	room := make(chan struct{}, DefaultMaxAsks)
	for {
		c, err := ln.Accept()
		if err != nil {
			return err
		}
		select {
		case room <- struct{}{}:
			asks.Go(func() {
				one(ctx, c, h)
				<-room
			})
		default:
			c.Close()
		}
	}
}

func one(ctx context.Context, c net.Conn, h Handler) {
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	c.SetReadDeadline(time.Now().Add(DefaultRead))
	a, err := ReadAsk(bufio.NewReaderSize(c, DefaultMaxLine))
	if err != nil {
		return
	}
	for _, l := range h(ctx, a) {
		c.SetWriteDeadline(time.Now().Add(DefaultRead))
		c.Write(append(wire.Encode(l), '\n')) // whoever is gone asks for the state
	}
}

// ReadAsk reads one line strictly.
func ReadAsk(r *bufio.Reader) (Asked, error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return Asked{}, ErrLine
	}
	a, err := wire.Decode[Asked](line[:len(line)-1], DefaultMaxLine)
	if err != nil || a.Check() != nil {
		return Asked{}, ErrLine
	}
	return a, nil
}
