package centre

import (
	"context"
	"io"
	"net"
	"os"
	"testing"

	"akashi/centre/wire"
)

// CloseLog takes the audit away from a running launcher.
func (l *Launcher) CloseLog() { l.log.Close() }

// Uses gives the marking of uses over a connection of its own, and a way to
// lose that connection.
func Uses(ctx context.Context, d DialConfig) (use func([]byte, uint8) error, lose func(), err error) {
	nc, err := dial(ctx, d, wire.RoleLauncher)
	if err != nil {
		return nil, nil, err
	}
	s, err := openSessions(ctx, nc)
	if err != nil {
		return nil, nil, err
	}
	return func(n []byte, c uint8) error { return s.use(ctx, n, c, "n1") }, nc.Close, nil
}

// Voices gives a part's standard output and error as a node takes them.
func Voices(name string, tells bool, out, errs io.Writer) (said, complained io.Writer, ready <-chan struct{}) {
	c := &child{part: part{name: name, tells: tells, out: &lines{out: out}, errs: &lines{out: errs}}}
	r := make(chan struct{})
	return c.said(r), c.complained(), r
}

// Distant is a worker that a node has started.
type Distant = *distant

// Starts gives a launcher's way to a node's starter, and a way to lose it.
func Starts(t testing.TB, w WorkerConfig, slots int) (start func([]*os.File) (Distant, error), leave func()) {
	s := &starter{worker: w, slots: make(chan struct{}, slots)}
	f, err := s.hand()
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.FileConn(f)
	f.Close()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return func(files []*os.File) (Distant, error) { return startDistant(conn.(*net.UnixConn), files) }, func() { conn.Close() }
}
