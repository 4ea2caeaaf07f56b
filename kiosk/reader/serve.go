package reader

import (
	"context"
	"errors"
	"io"
	"net"
	"sync/atomic"
)

// Serve answers one client until it closes conn or ctx ends; then a call that
// is under way is cancelled, the card powered off and conn closed. The error is
// nil when the client just closed, Malformed when it sent anything but the
// protocol, ctx's or the device's otherwise.
func Serve(ctx context.Context, conn net.Conn, d Device) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s := &server{conn: conn, device: d, requests: make(chan request), cancel: cancel}
	unhook := context.AfterFunc(ctx, func() { conn.Close() }) // ends receive, too
	defer unhook()
	go s.receive(ctx)
	err := s.answerAll(ctx)
	cancel(nil)
	conn.Close()
	return errors.Join(err, d.End())
}

type server struct {
	conn     net.Conn
	device   Device
	requests chan request
	cancel   context.CancelCauseFunc
	busy     atomic.Bool // from a request's arrival to its reply
}

// receive reads requests and, while one is answered, watches for the client to
// go: its socket's end cancels the call. A second request during a call is a
// breach of the protocol and ends everything as well.
func (s *server) receive(ctx context.Context) {
	bufs := [2][requestHead + MaxCommand]byte{}
	for i := 0; ; i ^= 1 { // the other buffer holds the command under way
		r, err := readRequest(s.conn, bufs[i][:])
		if err == nil && !s.busy.CompareAndSwap(false, true) {
			err = Malformed
		}
		if err != nil {
			s.cancel(err)
			return
		}
		select {
		case s.requests <- r:
		case <-ctx.Done():
			return
		}
	}
}

func (s *server) answerAll(ctx context.Context) error {
	for {
		select {
		case r := <-s.requests:
			if err := s.answer(ctx, r); err != nil {
				return ended(ctx, err)
			}
		case <-ctx.Done():
			return ended(ctx, ctx.Err())
		}
	}
}

// ended gives the reason for which ctx ended: nothing for a client that closed.
func ended(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func (s *server) answer(ctx context.Context, r request) error {
	response, err := s.call(ctx, r)
	clear(r.command)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	p := reply{crossing(err), response}
	if p.fault == 0 && !lengthFits(r.op == opTransmit, len(response), MinResponse, MaxResponse) {
		p.fault = Failed
	}
	if p.fault != 0 {
		p.response = nil
		if r.op == opTransmit {
			_ = s.device.End() // the fault tells more than how this went
		}
	}
	b := p.appendTo(make([]byte, 0, replyHead+MaxResponse))
	clear(response)
	s.busy.Store(false)
	_, err = s.conn.Write(b)
	clear(b)
	return err
}

func (s *server) call(ctx context.Context, r request) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, r.limit)
	defer cancel()
	switch r.op {
	case opWaitCard:
		return nil, s.device.WaitCard(ctx)
	case opTransmit:
		return s.device.Transmit(ctx, r.command)
	case opWaitRemoved:
		return nil, s.device.WaitRemoved(ctx)
	}
	return nil, s.device.End()
}
