package keys

import (
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"slices"
	"sync"
	"time"

	"akashi/centre/wire"
)

// Serve is the key process: it answers the launcher on ln, and the sessions
// that the launcher opens, until ctx ends; then it closes ln and every session
// and gives nil. The other end's user is asked of the kernel (SO_PEERCRED) as
// soon as it connects: nobody but a launcher is listened to, or kept.
func Serve(ctx context.Context, ln *net.UnixListener, c *Custody, lim Limits) error {
	return ServeNewest(ctx, ln, func() *Custody { return c }, lim)
}

// ServeNewest is Serve with keys that change: newest is asked at every
// beginning of a session, and a session that has begun finishes with the keys
// that it began with, unless they are revoked.
func ServeNewest(ctx context.Context, ln *net.UnixListener, newest func() *Custody, lim Limits) error {
	lim = lim.withDefaults()
	s := &server{
		newest: newest, lim: lim, ledger: newLedger(lim),
		controls: make(chan struct{}, DefaultMaxControls), conns: map[net.Conn]bool{},
	}
	stop := context.AfterFunc(ctx, func() { ln.Close() })
	defer stop()
	defer s.work.Wait()
	defer s.closeAll()
	defer ln.Close()
	for {
		conn, err := ln.AcceptUnix()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		if !s.launcher(conn) {
			s.turnAway(conn)
			continue
		}
		select {
		case s.controls <- struct{}{}:
		case <-ctx.Done():
			conn.Close()
			return nil
		}
		s.run(conn, func() {
			s.control(conn)
			<-s.controls
		})
	}
}

type server struct {
	newest   func() *Custody
	lim      Limits
	ledger   *ledger
	controls chan struct{} // one place for each launcher's question under way

	work   sync.WaitGroup
	mu     sync.Mutex
	conns  map[net.Conn]bool
	closed bool
}

// run handles conn in a goroutine of its own and closes it afterwards.
func (s *server) run(conn net.Conn, handle func()) {
	s.mu.Lock()
	s.conns[conn] = true
	closed := s.closed
	s.mu.Unlock()
	if closed {
		conn.Close() // the handler finds it closed
	}
	s.work.Go(func() {
		handle()
		conn.Close()
		s.mu.Lock()
		delete(s.conns, conn)
		s.mu.Unlock()
	})
}

func (s *server) closeAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for c := range s.conns {
		c.Close()
	}
}

func (s *server) launcher(conn *net.UnixConn) bool {
	uid, err := peerUID(conn)
	return err == nil && slices.Contains(s.lim.Launchers, uid)
}

// turnAway tells a stranger so, without waiting for what it wants: its answer
// fits the socket's buffer.
func (s *server) turnAway(conn *net.UnixConn) {
	s.ledger.refused()
	conn.SetDeadline(time.Now().Add(DefaultPatience))
	conn.Write(encodeAnswer(NotLauncher, nil))
	conn.Close()
}

// control answers one question of the launcher.
func (s *server) control(conn *net.UnixConn) {
	conn.SetDeadline(time.Now().Add(DefaultPatience))
	b := make([]byte, controlSize)
	if _, err := io.ReadFull(conn, b); err != nil {
		return
	}
	body, file, err := s.answer(b)
	if file == nil {
		conn.Write(encodeAnswer(refusalOf(err), body))
		return
	}
	// When the launcher is gone, the worker's end closes here and the session
	// with it.
	sendFile(conn, encodeAnswer(0, nil), file)
	file.Close()
}

// answer works out one answer: a body, or the worker's end of a new session.
func (s *server) answer(b []byte) (body []byte, file closer, err error) {
	r, err := parseControl(b)
	if err != nil {
		s.ledger.refused()
		return nil, nil, err
	}
	switch r.op {
	case opOpen, opOpenRelay:
		file, err = s.open(r)
	case opAttest:
		body, err = s.sign(r.id, PurposeAttest, r.digest)
	case opPublic:
		body, err = s.public(r.id)
	case opCounts:
		body = wire.Encode(s.ledger.snapshot())
	}
	return body, file, err
}

// open makes a session's pair of sockets, keeps one end and gives the other.
func (s *server) open(r controlRequest) (closer, error) {
	grant := maps.Clone(s.lim.PerSession)
	if r.op == opOpenRelay {
		grant = map[Purpose]int{PurposeVRSTLS: s.lim.PerSession[PurposeVRSTLS]}
	}
	if err := s.ledger.begin(r.id, grant, s.newest()); err != nil {
		return nil, err
	}
	ours, theirs, err := socketPair()
	if err != nil {
		s.ledger.end(r.id)
		return nil, KeyFault
	}
	s.run(ours, func() { s.session(ours, r.id) })
	return theirs, nil
}

// session answers one worker until it ends, speaks another language or reaches
// its age; then the session is forgotten.
func (s *server) session(conn net.Conn, id [16]byte) {
	defer s.ledger.end(id)
	conn.SetDeadline(time.Now().Add(s.lim.MaxLife))
	b := make([]byte, sessionSize)
	for {
		if _, err := io.ReadFull(conn, b); err != nil {
			return
		}
		der, err := s.request(id, b)
		if _, werr := conn.Write(encodeAnswer(refusalOf(err), der)); werr != nil {
			return
		}
		if errors.Is(err, Malformed) || errors.Is(err, WrongVersion) {
			return
		}
	}
}

func (s *server) request(id [16]byte, b []byte) ([]byte, error) {
	r, err := parseSession(b)
	if err == nil && r.purpose == PurposeAttest {
		err = PurposeDenied // the launcher's: a worker must not vouch for another one's key
	}
	if err != nil {
		s.ledger.refused()
		return nil, err
	}
	return s.sign(id, r.purpose, r.digest)
}

func (s *server) sign(id [16]byte, p Purpose, digest [32]byte) ([]byte, error) {
	c, err := s.ledger.take(id, p)
	if err == nil && s.newest().revoked(c, p) {
		err = KeyEnded
	}
	if err != nil {
		return nil, err
	}
	return c.sign(p, digest, s.lim.Now())
}

// public gives the public side of a session's keys; of the newest ones when no
// session is named.
func (s *server) public(id [16]byte) ([]byte, error) {
	if id == [16]byte{} {
		return wire.Encode(s.newest().Public()), nil
	}
	c := s.ledger.custody(id)
	if c == nil {
		return nil, UnknownSession
	}
	return wire.Encode(c.Public()), nil
}

// refusalOf gives the number that crosses the socket: 0 for nil.
func refusalOf(err error) Refusal {
	var r Refusal
	switch {
	case err == nil:
		return 0
	case errors.As(err, &r):
		return r
	}
	return KeyFault
}
