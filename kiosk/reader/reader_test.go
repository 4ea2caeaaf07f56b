package reader

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"akashi/centre/oneshot"
)

// enough is a limit against hangs only.
const enough = 30 * time.Second

// device is a reader whose calls the test answers.
type device struct {
	wait     func(ctx context.Context) error
	transmit func(ctx context.Context, c []byte) ([]byte, error)
	removed  func(ctx context.Context) error

	mu    sync.Mutex
	ended int
}

func (d *device) WaitCard(ctx context.Context) error { return d.wait(ctx) }
func (d *device) Transmit(ctx context.Context, c []byte) ([]byte, error) {
	return d.transmit(ctx, c)
}
func (d *device) WaitRemoved(ctx context.Context) error { return d.removed(ctx) }
func (d *device) End() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ended++
	return nil
}

func (d *device) ends() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ended
}

func until(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }

func calm() *device {
	return &device{
		wait:     func(context.Context) error { return nil },
		transmit: func(_ context.Context, c []byte) ([]byte, error) { return append([]byte{c[1]}, 0x90, 0), nil },
		removed:  func(context.Context) error { return nil },
	}
}

// pair is a connected pair of stream sockets, as the agent makes it.
func pair(t testing.TB) (a, b net.Conn) {
	t.Helper()
	near, far, err := oneshot.Sockets()
	if err != nil {
		t.Fatal(err)
	}
	var conns [2]net.Conn
	for i, f := range []*os.File{near, far} {
		if conns[i], err = net.FileConn(f); err != nil {
			t.Fatal(err)
		}
		f.Close()
		t.Cleanup(func() { conns[i].Close() })
	}
	return conns[0], conns[1]
}

// serve runs Serve on a device and gives the client and Serve's result.
func serve(t testing.TB, ctx context.Context, d Device) (*Client, net.Conn, <-chan error) {
	t.Helper()
	near, far := pair(t)
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, far, d) }()
	return NewClient(near), near, done
}

func result(t *testing.T, done <-chan error) error {
	t.Helper()
	select {
	case err := <-done:
		return err
	case <-time.After(enough):
		t.Fatal("Serve did not return")
		return nil
	}
}

func TestCalls(t *testing.T) {
	d := calm()
	c, _, done := serve(t, t.Context(), d)
	if err := c.WaitCard(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		r, err := c.Transmit(t.Context(), []byte{0, byte(i), 0, 0})
		if err != nil || !bytes.Equal(r, []byte{byte(i), 0x90, 0}) {
			t.Errorf("%X, %v", r, err)
		}
	}
	if err := c.WaitRemoved(t.Context()); err != nil {
		t.Error(err)
	}
	if err := c.End(); err != nil || d.ends() != 1 {
		t.Errorf("%v, ended %d times", err, d.ends())
	}
	c.Close()
	if err := result(t, done); err != nil {
		t.Error(err)
	}
	if d.ends() != 2 {
		t.Error("the card keeps its power after the client has gone")
	}
	if err := c.WaitCard(t.Context()); FaultOf(err) != Closed {
		t.Errorf("after Close: %v", err)
	}
}

func TestLargestFrames(t *testing.T) {
	d := calm()
	var got int
	d.transmit = func(_ context.Context, c []byte) ([]byte, error) {
		got = len(c)
		return append(make([]byte, 256), 0x90, 0), nil
	}
	c, _, _ := serve(t, t.Context(), d)
	r, err := c.Transmit(t.Context(), make([]byte, MaxCommand))
	if err != nil || len(r) != MaxResponse || got != MaxCommand {
		t.Errorf("%d bytes, %v", len(r), err)
	}
	for _, n := range []int{0, MinCommand - 1, MaxCommand + 1} {
		if _, err := c.Transmit(t.Context(), make([]byte, n)); err != Malformed {
			t.Errorf("command of %d bytes: %v", n, err)
		}
	}
}

// TestFaultsCross holds every fault's number on its way, and that a failed
// Transmit powers the card off.
func TestFaultsCross(t *testing.T) {
	for f := Removed; f.Known(); f++ {
		d := calm()
		d.wait = func(context.Context) error { return fmt.Errorf("inside: %w", f) }
		d.transmit = func(context.Context, []byte) ([]byte, error) { return []byte{1, 2, 3}, f }
		d.removed = d.wait
		c, _, _ := serve(t, t.Context(), d)
		if err := c.WaitCard(t.Context()); err != f || d.ends() != 0 {
			t.Errorf("WaitCard: %v, want %v; ended %d", err, f, d.ends())
		}
		if r, err := c.Transmit(t.Context(), make([]byte, 4)); err != f || r != nil || d.ends() != 1 {
			t.Errorf("Transmit: %X, %v, want %v; ended %d", r, err, f, d.ends())
		}
		if err := c.WaitRemoved(t.Context()); err != f {
			t.Errorf("WaitRemoved: %v, want %v", err, f)
		}
	}
}

// TestNumbersArePinned: the numbers cross between releases.
func TestNumbersArePinned(t *testing.T) {
	for i, f := range []Fault{Removed, TwoCards, Unanswering, Unavailable, Held, Reset, Deadline, Failed, Malformed, NoCard, Closed} {
		if int(f) != i+1 || !f.Known() || f.Error() == Fault(99).Error() {
			t.Errorf("fault %d", i+1)
		}
	}
	if Fault(0).Known() || Fault(12).Known() {
		t.Error("a fault without a number here")
	}
}

func TestUnnamedErrors(t *testing.T) {
	d := calm()
	d.wait = func(context.Context) error { return errors.New("driver's own words") }
	d.transmit = func(context.Context, []byte) ([]byte, error) { return []byte{0x90}, nil }
	c, _, _ := serve(t, t.Context(), d)
	if err := c.WaitCard(t.Context()); err != Failed {
		t.Errorf("%v", err)
	}
	if _, err := c.Transmit(t.Context(), make([]byte, 4)); err != Failed || d.ends() != 1 {
		t.Errorf("answer without a status word: %v", err)
	}
	d.transmit = func(context.Context, []byte) ([]byte, error) { return make([]byte, MaxResponse+1), nil }
	if _, err := c.Transmit(t.Context(), make([]byte, 4)); err != Failed {
		t.Errorf("answer too long: %v", err)
	}
}

// TestDeadline: the device sees the caller's deadline, reports it, and the
// next call follows on the same socket.
func TestDeadline(t *testing.T) {
	d := calm()
	d.wait = until
	c, _, _ := serve(t, t.Context(), d)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := c.WaitCard(ctx); FaultOf(err) != Deadline {
		t.Errorf("%v", err)
	}
	<-ctx.Done()
	if err := c.WaitCard(ctx); FaultOf(err) != Deadline || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("already over: %v", err)
	}
	if _, err := c.Transmit(t.Context(), make([]byte, 4)); err != nil {
		t.Errorf("the next call: %v", err)
	}
}

// TestDeafReader: a reader process that does not even report the deadline.
func TestDeafReader(t *testing.T) {
	near, far := pair(t)
	go io.Copy(io.Discard, far)
	c := NewClient(near)
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := c.WaitCard(ctx); FaultOf(err) != Deadline {
		t.Errorf("%v", err)
	}
	if err := c.End(); err != Closed {
		t.Errorf("the socket was used again: %v", err)
	}
}

// TestCancel: cancelling closes the socket, cancels the device's call and
// powers the card off.
func TestCancel(t *testing.T) {
	d := calm()
	begun := make(chan bool)
	d.transmit = func(ctx context.Context, _ []byte) ([]byte, error) { close(begun); return nil, until(ctx) }
	c, _, done := serve(t, t.Context(), d)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-begun; cancel() }()
	if _, err := c.Transmit(ctx, make([]byte, 4)); FaultOf(err) != Closed || !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if err := result(t, done); err != nil {
		t.Errorf("Serve: %v", err)
	}
	if d.ends() != 1 {
		t.Errorf("card powered off %d times", d.ends())
	}
	if err := c.WaitCard(t.Context()); err != Closed {
		t.Errorf("after a cancelled call: %v", err)
	}
}

func TestServeEndsWithItsContext(t *testing.T) {
	d := calm()
	begun := make(chan bool)
	d.wait = func(ctx context.Context) error { close(begun); return until(ctx) }
	ctx, cancel := context.WithCancel(t.Context())
	c, _, done := serve(t, ctx, d)
	go func() { <-begun; cancel() }()
	if err := c.WaitCard(t.Context()); err != Closed {
		t.Errorf("client: %v", err)
	}
	if err := result(t, done); !errors.Is(err, context.Canceled) || d.ends() != 1 {
		t.Errorf("%v, ended %d", err, d.ends())
	}
}

func TestServeRefuses(t *testing.T) {
	ok := request{opWaitCard, time.Second, nil}.appendTo(nil)
	for _, c := range []struct {
		name string
		in   []byte
		want error
	}{
		{"unknown operation", []byte{0x15, 0, 0, 0, 1, 0, 0}, Malformed},
		{"another version", []byte{0x21, 0, 0, 0, 1, 0, 0}, Malformed},
		{"no time limit", []byte{opWaitCard, 0, 0, 0, 0, 0, 0}, Malformed},
		{"time limit beyond the bound", []byte{opTransmit, 0, 1, 0, 0, 0, 4, 0, 0, 0, 0}, Malformed},
		{"command with an operation that has none", []byte{opEnd, 0, 0, 0, 1, 0, 1, 0}, Malformed},
		{"command too short", []byte{opTransmit, 0, 0, 0, 1, 0, 3, 0, 0, 0}, Malformed},
		{"command too long", append([]byte{opTransmit, 0, 0, 0, 1, 1, 6}, make([]byte, 262)...), Malformed},
		{"head cut short", ok[:5], io.ErrUnexpectedEOF},
		{"command cut short", []byte{opTransmit, 0, 0, 0, 1, 0, 5, 0, 0, 0}, io.ErrUnexpectedEOF},
		{"second request during a call", append(bytes.Clone(ok), ok...), Malformed},
		{"nothing", nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := calm()
			d.wait = until
			_, near, done := serve(t, t.Context(), d)
			if _, err := near.Write(c.in); err != nil {
				t.Fatal(err)
			}
			if c.want != Malformed {
				near.Close()
			}
			if err := result(t, done); !errors.Is(err, c.want) || err != nil && c.want == nil {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if d.ends() == 0 {
				t.Error("the card keeps its power")
			}
		})
	}
}

func TestClientRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []byte
		want Fault
	}{
		{"unknown fault", []byte{12, 0, 0}, Malformed},
		{"no response", []byte{0, 0, 0}, Malformed},
		{"response too short", []byte{0, 0, 1, 0x90}, Malformed},
		{"response too long", append([]byte{0, 1, 3}, make([]byte, 259)...), Malformed},
		{"response beside a fault", []byte{byte(Removed), 0, 2, 0x90, 0}, Malformed},
		{"response cut short", []byte{0, 0, 3, 0x90, 0}, Closed},
		{"nothing", nil, Closed},
	} {
		t.Run(c.name, func(t *testing.T) {
			near, far := pair(t)
			go func() {
				_, _ = io.ReadFull(far, make([]byte, requestHead+4))
				_, _ = far.Write(c.in)
				far.Close()
			}()
			cl := NewClient(near)
			if _, err := cl.Transmit(t.Context(), make([]byte, 4)); FaultOf(err) != c.want {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if err := cl.End(); err != Closed {
				t.Errorf("the socket was used again: %v", err)
			}
		})
	}
}

// TestWipes: neither end keeps a command after the call.
func TestWipes(t *testing.T) {
	d := calm()
	var command, response []byte
	d.transmit = func(_ context.Context, c []byte) ([]byte, error) {
		command, response = c, []byte{7, 7, 0x90, 0}
		return response, nil
	}
	c, _, done := serve(t, t.Context(), d)
	if _, err := c.Transmit(t.Context(), []byte("\x00\x20\x00\x80\x041234")); err != nil {
		t.Fatal(err)
	}
	c.Close()
	_ = result(t, done)
	if !bytes.Equal(command, make([]byte, 9)) || !bytes.Equal(response, make([]byte, 4)) {
		t.Errorf("kept: %q, %q", command, response)
	}
}
