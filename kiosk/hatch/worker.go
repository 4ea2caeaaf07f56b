package hatch

import (
	"context"
	"encoding/json"
	"net"
	"sync"

	"akashi/centre/channel"
	"akashi/centre/wire"
	"akashi/kiosk/payment"
	"akashi/kiosk/press"
	"akashi/kiosk/session"
	"akashi/printer"
)

// Worker is the session worker's end. It is the session's way to the centre,
// to the payment unit and to the printer.
type Worker struct {
	conn net.Conn
	side *net.UnixConn // the sockets of print processes come over it

	write sync.Mutex
	mu    sync.Mutex
	last  uint64
	waits map[uint64]chan Message
	over  chan struct{}
}

// Join reads the setup from conn and gives the worker's end.
func Join(conn net.Conn, side *net.UnixConn) (*Worker, Setup, error) {
	s, err := receive[Setup](conn, DefaultMaxSetup)
	if err != nil {
		return nil, Setup{}, err
	}
	w := &Worker{conn: conn, side: side, waits: make(map[uint64]chan Message), over: make(chan struct{})}
	go w.listen()
	return w, s, nil
}

// Over is closed when the agent is gone.
func (w *Worker) Over() <-chan struct{} { return w.over }

// Ready tells the agent that the face may come.
func (w *Worker) Ready() error { return w.post(Message{Kind: Ready}) }

// End tells the agent how the session went; it is the last word.
func (w *Worker) End(e session.Event) error { return w.post(Message{Kind: Ended, Event: &e}) }

// Ask carries one ask to the centre (session.Centre).
func (w *Worker) Ask(ctx context.Context, t wire.Type, body any) (wire.Frame, error) {
	m, err := w.call(ctx, Message{Kind: Ask, Type: t, Body: json.RawMessage(wire.Encode(body))})
	if err != nil {
		return wire.Frame{}, err
	}
	return wire.Frame{Version: wire.Version, Type: m.Type, Body: m.Body}, nil
}

// Authorise has the resident pay (session.Payment).
func (w *Worker) Authorise(ctx context.Context, b payment.Bill) error {
	_, err := w.call(ctx, Message{Kind: Authorise, Bill: &b})
	return err
}

// Conclude says what became of the papers; the agent goes on with the money
// whether or not this worker waits.
func (w *Worker) Conclude(ctx context.Context, p payment.Papers) (payment.Concluded, error) {
	m, err := w.call(ctx, Message{Kind: Conclude, Papers: p})
	if err != nil || m.Concluded == nil {
		return payment.Concluded{}, err
	}
	return *m.Concluded, nil
}

// Taken waits until the paper is out of the tray (session.Tray).
func (w *Worker) Taken(ctx context.Context) error {
	_, err := w.call(ctx, Message{Kind: Taken})
	return err
}

// Print has the agent start a print process and feeds it (session.Printer).
func (w *Worker) Print(ctx context.Context, j printer.Job) (printer.Outcome, error) {
	m, err := w.call(ctx, Message{Kind: Print})
	if err != nil {
		return printer.NotPrinted, err
	}
	conn, err := receiveConn(ctx, w.side, m.ID)
	if err != nil {
		return printer.NotPrinted, err
	}
	return press.Feed(ctx, conn, j)
}

// call posts a message and waits for the one answer to it.
func (w *Worker) call(ctx context.Context, m Message) (Message, error) {
	answer := make(chan Message, 1)
	w.mu.Lock()
	w.last++
	m.ID = w.last
	w.waits[m.ID] = answer
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		delete(w.waits, m.ID)
		w.mu.Unlock()
	}()
	if err := w.post(m); err != nil {
		return Message{}, err
	}
	select {
	case a := <-answer:
		return a, refusalIn(a)
	case <-w.over:
		return Message{}, ErrHatch
	case <-ctx.Done():
		return Message{}, context.Cause(ctx)
	}
}

func refusalIn(m Message) error {
	if m.Code == wire.OK {
		return nil
	}
	return &channel.Refused{Code: m.Code, RetryAfter: m.RetryAfter}
}

func (w *Worker) post(m Message) error {
	w.write.Lock()
	defer w.write.Unlock()
	return send(w.conn, m)
}

// listen hands each answer to whoever still waits for it.
func (w *Worker) listen() {
	defer close(w.over)
	for {
		m, err := receive[Message](w.conn, DefaultMaxDown)
		if err != nil || m.Kind != Done {
			return
		}
		w.mu.Lock()
		wait := w.waits[m.ID]
		delete(w.waits, m.ID)
		w.mu.Unlock()
		if wait != nil {
			wait <- m
		}
	}
}
