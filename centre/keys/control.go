package keys

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"time"

	"akashi/centre/wire"
)

// Control is the launcher's end of the key process. Each question goes over a
// connection of its own, so questions may run side by side and a restarted key
// process is found again.
type Control struct {
	path string
}

// Dial finds the key process at its socket and makes sure that it answers.
func Dial(path string) (*Control, error) {
	c := &Control{path}
	if _, err := c.Counts(context.Background()); err != nil {
		return nil, err
	}
	return c, nil
}

// Server gives the user (uid) that the key process runs as, by the kernel's
// word.
func (c *Control) Server() (int, error) {
	conn, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: c.path, Net: "unix"})
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	return peerUID(conn)
}

// Close is there for callers that end what they opened; sessions live on.
func (c *Control) Close() error { return nil }

// Open opens a session for one issuing worker, under a fresh random id, and
// gives the worker's end: hand it to the worker and close it here. The session
// ends when the worker does. Errors are a Refusal or the socket's own.
func (c *Control) Open(ctx context.Context, id [16]byte) (session *os.File, err error) {
	return c.open(ctx, controlRequest{op: opOpen, id: id})
}

// OpenRelay opens a session that may sign for the TLS to VRS and for nothing
// else: for the worker that only settles or voids.
func (c *Control) OpenRelay(ctx context.Context, id [16]byte) (session *os.File, err error) {
	return c.open(ctx, controlRequest{op: opOpenRelay, id: id})
}

// Attest signs the attestation digest of the worker of an open session, once.
func (c *Control) Attest(ctx context.Context, id [16]byte, digest [32]byte) (der []byte, err error) {
	der, err = c.ask(ctx, controlRequest{opAttest, id, digest}, maxSignature)
	if err == nil && len(der) < minSignature {
		err = Malformed
	}
	return der, err
}

// Public asks for the public side of the keys that sign now.
func (c *Control) Public(ctx context.Context) (Public, error) {
	return c.PublicOf(ctx, [16]byte{})
}

// PublicOf asks for the public side of the keys that an open session began
// with: after a rotation they are not everybody's.
func (c *Control) PublicOf(ctx context.Context, id [16]byte) (Public, error) {
	body, err := c.ask(ctx, controlRequest{op: opPublic, id: id}, DefaultMaxAnswer)
	if err != nil {
		return Public{}, err
	}
	return wire.Decode[Public](body, DefaultMaxAnswer)
}

// Counts asks what the key process has done since it started, for the audit.
func (c *Control) Counts(ctx context.Context) (Counts, error) {
	body, err := c.ask(ctx, controlRequest{op: opCounts}, DefaultMaxAnswer)
	if err != nil {
		return Counts{}, err
	}
	return wire.Decode[Counts](body, DefaultMaxAnswer)
}

func (c *Control) ask(ctx context.Context, r controlRequest, limit int) ([]byte, error) {
	conn, end, err := c.send(ctx, r)
	if err != nil {
		return nil, err
	}
	defer end()
	body, err := readAnswer(conn, limit)
	return body, because(ctx, err)
}

func (c *Control) open(ctx context.Context, r controlRequest) (*os.File, error) {
	conn, end, err := c.send(ctx, r)
	if err != nil {
		return nil, err
	}
	defer end()
	h := make([]byte, headerSize)
	file, err := receiveFile(conn, h)
	if err != nil {
		return nil, because(ctx, err)
	}
	if _, err = parseHeader(h, 0); err == nil && file == nil {
		err = errDescriptor
	}
	if err != nil {
		if file != nil {
			file.Close()
		}
		return nil, err
	}
	return file, nil
}

// send connects and asks; end must be called when the answer is in.
func (c *Control) send(ctx context.Context, r controlRequest) (conn *net.UnixConn, end func(), err error) {
	d := net.Dialer{Timeout: DefaultPatience}
	any, err := d.DialContext(ctx, "unix", c.path)
	if err != nil {
		return nil, nil, err
	}
	conn = any.(*net.UnixConn)
	conn.SetDeadline(time.Now().Add(DefaultPatience))
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	// Whoever is turned away is told before being heard, and must read that.
	if _, err := conn.Write(r.encode()); err != nil && !errors.Is(err, syscall.EPIPE) {
		stop()
		conn.Close()
		return nil, nil, because(ctx, err)
	}
	return conn, func() { stop(); conn.Close() }, nil
}

// because prefers the context's reason for a connection that broke off.
func because(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
