package stack

import (
	"bytes"
	"context"
	"io"
	"net"
	"sync"
	"time"
)

// cable is a kiosk's line to the centre, which a hand can pull, or to its
// printer. It carries bytes of the encrypted channel and looks at none; of a
// printer's plain line it tells when a document begins.
type cable struct {
	to     string          // host:port of the centre's gateway, or of the printer
	begins func(time.Time) // called when a PDF's first byte goes to the far end; nil: nobody looks

	mu   sync.Mutex
	cut  bool
	ends map[net.Conn]bool
}

// lay opens the kiosk's end of a cable and gives its address.
func (c *cable) lay(life context.Context, served *sync.WaitGroup) (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	c.ends = map[net.Conn]bool{}
	context.AfterFunc(life, func() { ln.Close(); c.pull(true) })
	served.Go(func() {
		for {
			near, err := ln.Accept()
			if err != nil {
				return
			}
			served.Go(func() { c.carry(near) })
		}
	})
	return ln.Addr().String(), nil
}

// carry joins one connection to the centre until either end is gone.
func (c *cable) carry(near net.Conn) {
	defer near.Close()
	if !c.hold(near) {
		return
	}
	defer c.let(near)
	far, err := net.Dial("tcp", c.to)
	if err != nil {
		return
	}
	defer far.Close()
	if !c.hold(far) {
		return
	}
	defer c.let(far)
	var forth io.Reader = near
	if c.begins != nil {
		forth = io.TeeReader(near, &eye{begins: c.begins})
	}
	go func() { io.Copy(far, forth); far.Close(); near.Close() }()
	io.Copy(near, far)
}

// eye looks for the beginning of a PDF in what goes by.
type eye struct {
	begins func(time.Time)
	tail   []byte // of what went by, shorter than the mark
}

var mark = []byte("%PDF-")

// Write looks at what goes by, and never fails.
func (e *eye) Write(b []byte) (int, error) {
	if bytes.Contains(append(e.tail, b...), mark) {
		e.begins(time.Now())
	}
	e.tail = append(e.tail, b[max(0, len(b)-len(mark)+1):]...)
	e.tail = e.tail[max(0, len(e.tail)-len(mark)+1):]
	return len(b), nil
}

// hold keeps an end while the cable is whole.
func (c *cable) hold(end net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.cut {
		c.ends[end] = true
	}
	return !c.cut
}

func (c *cable) let(end net.Conn) { c.mu.Lock(); defer c.mu.Unlock(); delete(c.ends, end) }

// pull cuts the cable, or plugs it in again.
func (c *cable) pull(cut bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = cut
	for end := range c.ends {
		if cut {
			end.Close()
		}
	}
}

func (c *cable) isCut() bool { c.mu.Lock(); defer c.mu.Unlock(); return c.cut }
