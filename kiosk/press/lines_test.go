package press_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"sync/atomic"
	"testing"

	"akashi/centre/oneshot"
	"akashi/kiosk/press"
)

// pair makes two connected unix sockets.
func pair(t *testing.T) (a, b *net.UnixConn) {
	t.Helper()
	near, far, err := oneshot.Sockets()
	if err != nil {
		t.Fatal(err)
	}
	var out [2]*net.UnixConn
	for i, f := range []*os.File{near, far} {
		c, err := net.FileConn(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		out[i] = c.(*net.UnixConn)
	}
	return out[0], out[1]
}

// echo is a printer that says what it hears.
func echo(t *testing.T) func(context.Context) (net.Conn, error) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go func() { io.Copy(c, c); c.Close() }()
		}
	}()
	return func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", ln.Addr().String())
	}
}

var network = press.Network{URI: "ipps://192.0.2.1/ipp/print", Pins: [][]byte{{1, 2, 3}}}

func TestLines(t *testing.T) {
	ours, theirs := pair(t)
	dial := echo(t)
	var fails atomic.Bool
	over := make(chan struct{})
	go func() {
		press.Connect(t.Context(), ours, network, func(ctx context.Context) (net.Conn, error) {
			if fails.Load() {
				return nil, errors.New("no")
			}
			return dial(ctx)
		})
		close(over)
	}()
	lines, n, err := press.Join(theirs)
	if err != nil || n.URI != network.URI || len(n.Pins) != 1 || !bytes.Equal(n.Pins[0], network.Pins[0]) {
		t.Fatal(n, err)
	}
	for i := range 3 {
		fails.Store(i == 1)
		c, err := lines.Dial(t.Context())
		if i == 1 {
			if !errors.Is(err, press.ErrLines) {
				t.Errorf("a printer that is off: %v", err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		c.Write([]byte("hello"))
		b := make([]byte, 5)
		if _, err := io.ReadFull(c, b); err != nil || string(b) != "hello" {
			t.Errorf("%q, %v", b, err)
		}
		c.Close()
	}
	theirs.Close()
	<-over
}

// A call that nobody waits for any more is not taken for a later one.
func TestLateLine(t *testing.T) {
	ours, theirs := pair(t)
	dial := echo(t)
	asked, goOn := make(chan struct{}), make(chan struct{})
	calls := 0
	go press.Connect(t.Context(), ours, network, func(ctx context.Context) (net.Conn, error) {
		if calls++; calls == 1 {
			close(asked)
			<-goOn
			c, err := dial(ctx)
			if err == nil {
				c.Write([]byte("late "))
			}
			return c, err
		}
		return dial(ctx)
	})
	lines, _, err := press.Join(theirs)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-asked; cancel() }() // the question has gone out: only its answer is late
	if c, err := lines.Dial(ctx); !errors.Is(err, press.ErrLines) {
		t.Fatal(c, err)
	}
	close(goOn)
	c, err := lines.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.Write([]byte("fresh"))
	b := make([]byte, 5)
	if _, err := io.ReadFull(c, b); err != nil || string(b) != "fresh" {
		t.Errorf("%q, %v", b, err)
	}
}

func TestSetupOutOfBounds(t *testing.T) {
	for name, b := range map[string][]byte{
		"none": nil, "cut": {0, 0, 0, 9, '{'}, "too long": binary.BigEndian.AppendUint32(nil, press.DefaultMaxPrinter+1),
		"of another release": append([]byte{0, 0, 0, 7}, `{"x":1}`...),
	} {
		ours, theirs := pair(t)
		ours.Write(b)
		ours.Close()
		if _, _, err := press.Join(theirs); !errors.Is(err, press.ErrLines) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An agent that ends has no connection made any more.
func TestConnectEnds(t *testing.T) {
	ours, theirs := pair(t)
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan struct{})
	go func() { press.Connect(ctx, ours, network, echo(t)); close(over) }()
	lines, _, err := press.Join(theirs)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	<-over
	if _, err := lines.Dial(t.Context()); !errors.Is(err, press.ErrLines) {
		t.Error(err)
	}
}

func FuzzJoin(f *testing.F) {
	f.Add([]byte{0, 0, 0, 2, '{', '}'})
	f.Add(append([]byte{0, 0, 0, 22}, `{"uri":"x","pins":[]}`...))
	f.Add(binary.BigEndian.AppendUint32(nil, 1<<31))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 4<<10 {
			return
		}
		ours, theirs := pair(t)
		ours.Write(b)
		ours.Close()
		_, n, err := press.Join(theirs)
		if err != nil && (n.URI != "" || n.Pins != nil) {
			t.Error("a setup with an error")
		}
		theirs.Close()
	})
}
