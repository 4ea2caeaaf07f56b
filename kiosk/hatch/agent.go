package hatch

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"sync"

	"akashi/centre/channel"
	"akashi/centre/wire"
	"akashi/kiosk/payment"
	"akashi/kiosk/session"
)

// Handler is what an agent does for one worker: it passes checked asks on to
// the centre, has the payment unit, and starts print processes. Calls may run
// beside each other; their ctx ends with the worker.
type Handler interface {
	session.Centre
	session.Payment
	session.Tray
	Print(ctx context.Context) (*os.File, error) // the socket to a fresh print process
	Ready()
	Ended(e session.Event)
}

// Serve hands the setup to the worker at conn and does for it what it asks,
// until it closes conn or breaks the protocol, which is ErrHatch. It is ready
// once: whoever is told waits for one word only.
func Serve(ctx context.Context, conn net.Conn, side *net.UnixConn, s Setup, h Handler) error {
	if err := send(conn, s); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	var calls sync.WaitGroup
	defer calls.Wait()
	defer cancel()
	a := &agent{conn: conn, side: side, h: h}
	room, ready := make(chan struct{}, DefaultMaxCalls), false
	for {
		m, err := receive[Message](conn, DefaultMaxUp)
		if err != nil {
			return err
		}
		switch {
		case m.Kind == Ready && ready:
			return ErrHatch
		case m.Kind == Ready:
			ready = true
			h.Ready()
			continue
		case m.Kind == Ended && m.Event != nil:
			h.Ended(*m.Event)
			continue
		}
		select {
		case room <- struct{}{}:
		default:
			return ErrHatch
		}
		calls.Go(func() {
			a.answer(ctx, m)
			<-room
		})
	}
}

type agent struct {
	conn  net.Conn
	side  *net.UnixConn
	h     Handler
	write sync.Mutex
}

// answer does one call and says how it went, by code only.
func (a *agent) answer(ctx context.Context, m Message) {
	out := Message{ID: m.ID, Kind: Done}
	var err error
	switch m.Kind {
	case Ask:
		var body any
		var f wire.Frame
		if body, err = check(m.Type, m.Body); err == nil {
			f, err = a.h.Ask(ctx, m.Type, body)
			out.Type, out.Body = f.Type, f.Body
		}
	case Authorise:
		if err = wire.Malformed; m.Bill != nil {
			err = a.h.Authorise(ctx, *m.Bill)
		}
	case Conclude:
		var c payment.Concluded
		c, err = a.h.Conclude(ctx, m.Papers)
		out.Concluded = &c
	case Taken:
		err = a.h.Taken(ctx)
	case Print:
		err = a.print(ctx, m.ID)
	default:
		err = wire.FrameUnexpected
	}
	if err != nil {
		out = Message{ID: m.ID, Kind: Done}
		out.Code, out.RetryAfter = codeOf(m.Kind, err)
	}
	a.write.Lock()
	defer a.write.Unlock()
	send(a.conn, out)
}

func (a *agent) print(ctx context.Context, id uint64) error {
	f, err := a.h.Print(ctx)
	if err != nil {
		return err
	}
	defer f.Close()
	return sendFile(a.side, id, f)
}

// check lets through what a worker may ask of the centre, in its one encoding
// and size; what is sealed stays sealed.
func check(t wire.Type, b json.RawMessage) (any, error) {
	switch t {
	case wire.TypeOpen:
		return decode[wire.Open](b)
	case wire.TypeBegin:
		return decode[wire.Header](b)
	case wire.TypeRequest:
		return decode[wire.Sealed](b)
	case wire.TypeSettle:
		return decode[wire.Settle](b)
	case wire.TypeAlarm:
		return decode[wire.Alarm](b)
	}
	return nil, wire.FrameUnexpected
}

func decode[T any](b json.RawMessage) (any, error) { return wire.Decode[T](b, channel.DefaultMaxUp) }

// codeOf maps an error of the agent's devices to the code that crosses.
func codeOf(k Kind, err error) (wire.Code, int) {
	var r *channel.Refused
	var code wire.Code
	switch {
	case errors.As(err, &r):
		return r.Code, r.RetryAfter
	case errors.As(err, &code) && code != wire.OK:
		return code, 0
	case k == Authorise || k == Conclude:
		return wire.PaymentRefused, 0
	case k == Print:
		return wire.PrinterFault, 0
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return wire.TimedOut, 0
	}
	return wire.Internal, 0
}
