package centre

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"time"

	"akashi/centre/issue"
	"akashi/centre/keys"
	"akashi/centre/oneshot"
	"akashi/centre/wire"
)

// Files that a worker is handed, in this order (oneshot.File).
const (
	FileLauncher = iota // the talk with the launcher
	FileVRS             // a socket connected to VRS
	FileKeys            // a session with the key process
)

// process is a worker's process: a child of this one (oneshot.Process), or one
// that the node has started (distant).
type process interface {
	Kill()                 // at once
	Done() <-chan struct{} // closed when it is gone
}

// worker is one running worker.
type worker struct {
	process process
	pipe    net.Conn
	talk    *issue.Launcher
	request admitted
	expires int64 // of its attestation, Unix seconds
	admit   time.Duration
	gone    chan struct{} // closed when the process is gone and its slot free
}

// started is a worker before it has a seat.
type started struct {
	process process
	pipe    net.Conn
	talk    *issue.Launcher
	id      [16]byte // of its session with the key process
	keys    keys.Public
	until   time.Time
}

// start starts a worker and tells it its setup. relay restricts its keys to
// the TLS to VRS.
func (l *Launcher) start(ctx context.Context, s issue.Setup, relay bool) (*started, error) {
	w := &started{until: l.c.Now().Add(l.c.Worker.Life)}
	if _, err := io.ReadFull(l.c.Rand, w.id[:]); err != nil {
		return nil, wire.Internal
	}
	open := l.keys.Open
	if relay {
		open = l.keys.OpenRelay
	}
	session, err := open(ctx, w.id)
	if err == nil {
		// Keys may have been changed since the last session.
		if w.keys, err = l.keys.PublicOf(ctx, w.id); err != nil {
			session.Close()
		}
	}
	if err != nil {
		return nil, keyError(err)
	}
	vrs, err := l.dialVRS(ctx)
	if err != nil {
		session.Close()
		return nil, wire.VRSDown
	}
	pipe, theirs, err := oneshot.Pair()
	if err != nil {
		return nil, errors.Join(wire.Internal, session.Close(), vrs.Close())
	}
	w.pipe = pipe
	w.process, err = l.fork(ctx, []*os.File{FileLauncher: theirs, FileVRS: vrs, FileKeys: session})
	if err != nil {
		pipe.Close()
		return nil, wire.Internal
	}
	pipe.SetDeadline(time.Now().Add(l.c.Worker.Life))
	s.Keys = w.keys
	if w.talk, err = issue.Begin(pipe, s); err != nil {
		w.end()
		return nil, wire.Internal
	}
	return w, nil
}

// fork starts a worker's process, here or through the node; it closes files.
func (l *Launcher) fork(ctx context.Context, files []*os.File) (process, error) {
	if l.c.Starter != nil {
		return startDistant(l.c.Starter, files)
	}
	return oneshot.Start(context.WithoutCancel(ctx), l.c.Worker.spec(files))
}

// end makes sure that the process is gone.
func (w *started) end() {
	w.process.Kill()
	<-w.process.Done()
	w.pipe.Close()
}

// keyError keeps the key process's own number where it is one.
func keyError(err error) error {
	if c := codeOf(err); c != wire.Internal {
		return c
	}
	return wire.KeyRefused
}

func codeOf(err error) wire.Code {
	var c wire.Code
	if errors.As(err, &c) && c.Known() && c != wire.OK {
		return c
	}
	return wire.Internal
}

// dialVRS gives a connected socket; the TLS in it begins and ends in the
// worker.
func (l *Launcher) dialVRS(ctx context.Context) (*os.File, error) {
	d := net.Dialer{Timeout: DefaultDial}
	c, err := d.DialContext(ctx, "tcp", l.c.VRS)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	return c.(*net.TCPConn).File()
}

// seat starts the worker of an admitted request, has its key vouched for, and
// keeps it until its request comes. free is called when the process is gone.
func (l *Launcher) seat(ctx context.Context, a admitted, free func()) (wire.Attested, error) {
	s := l.c.Setup
	s.Mode, s.Header, s.Phone, s.Trust = issue.ModeIssue, &a.header, a.phone, a.trust
	st, err := l.start(ctx, s, false)
	if err != nil {
		free()
		return wire.Attested{}, err
	}
	expires := st.until.Unix()
	d := wire.AttestationDigest(a.header, st.talk.Key(), expires)
	sig, err := l.keys.Attest(ctx, st.id, d)
	if err != nil {
		st.end()
		free()
		return wire.Attested{}, keyError(err)
	}
	if err := l.sessions.served(ctx, a.kiosk, l.c.Node); err != nil {
		st.end()
		free()
		return wire.Attested{}, wire.Internal
	}
	l.keep(&worker{st.process, st.pipe, st.talk, a, expires, time.Since(a.since), make(chan struct{})}, free)
	return wire.Attested{
		Key: st.talk.Key(), Expires: expires, Signature: sig, Chain: st.keys.Chains[keys.PurposeAttest],
	}, nil
}

// keep seats a worker and waits for its end in the background.
func (l *Launcher) keep(w *worker, free func()) {
	l.mu.Lock()
	l.live[w.request.seat] = w
	l.mu.Unlock()
	l.hands.Add(1)
	go func() {
		defer l.hands.Done()
		<-w.process.Done()
		free()
		close(w.gone)
		// Whoever has taken the seat reads on: the last word may still lie in the pipe.
		if l.take(w.request.seat, w) { // its request has not come
			w.pipe.Close()
			code := wire.TimedOut
			if l.c.Now().Unix() < w.expires { // it was killed, or died
				code = wire.Internal
			}
			l.ended(w.request, w.event(issue.Event{Code: code, At: issue.Admit}), nil)
		}
	}()
}

// take unseats a worker that is gone; false when its request has.
func (l *Launcher) take(s seat, w *worker) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.live[s] != w {
		return false
	}
	delete(l.live, s)
	l.lose(s, w)
	return true
}

// event adds the launcher's own step.
func (w *worker) event(e issue.Event) issue.Event {
	e.Micros[issue.Admit] = uint32(min(w.admit.Microseconds(), 1<<32-1))
	return e
}
