package kiosk

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net"
	"os"
	"sync"
	"time"

	"akashi/centre/oneshot"
	"akashi/centre/wire"
	"akashi/kiosk/hatch"
	"akashi/kiosk/payment"
	"akashi/kiosk/session"
	"akashi/printer"
)

// Times around a session's processes.
const (
	DefaultDoor  = time.Minute      // from the worker's start until a face has connected
	DefaultGrace = 3 * time.Second  // for processes to end by themselves once the session is over
	workerSlack  = 30 * time.Second // over the session's own limit, to start up and to leave
)

// visit is one session's processes: worker, reader, a print process a job.
type visit struct {
	agent   *Agent
	ready   func(Reply)
	release []byte // the screen release that this session keeps

	mu        sync.Mutex
	processes []*oneshot.Process
	event     *session.Event
	printing  bool // a print process was started: paper may come out
	presses   []*oneshot.Process
	reply     Reply
	ctx       context.Context
}

// run takes one resident through and comes back when nothing of the session is
// left: no process, no socket, no money held.
func (v *visit) run(ctx context.Context) session.Event {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	v.ctx = ctx
	ends, err := v.begin(ctx)
	if err == nil {
		hatch.Serve(ctx, ends.hatch, ends.side, v.setup(), v)
		ends.close()
	}
	v.finish()
	// What a killed print process left; while that cannot be removed, the next
	// print process refuses to start.
	_ = v.agent.sweep()
	_, _ = v.agent.till.Conclude(printer.Unknown) // of a worker that died; what was not printed goes back
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.printing {
		v.remember()
	}
	switch {
	case v.event != nil:
		return *v.event
	case v.printing:
		return session.Event{Code: wire.PrintUnknown}
	case errors.Is(err, errReader):
		return session.Event{Code: wire.ReaderFault}
	}
	return session.Event{Code: wire.Internal} // the worker died without a word
}

// remember sees to what a print leaves behind: nothing when the worker has said
// how its session ended, for then it has told the resident, too.
func (v *visit) remember() {
	if v.event == nil || v.left() {
		v.agent.abandoned()
		return
	}
	_ = v.agent.mark().lift() // one that stays stops the next agent
}

// ends are the agent's ends of a worker's sockets.
type ends struct {
	hatch net.Conn
	side  *net.UnixConn
}

func (e ends) close() {
	if e.hatch != nil {
		e.hatch.Close()
	}
	if e.side != nil {
		e.side.Close()
	}
}

// begin opens the session's sockets and starts reader and worker.
func (v *visit) begin(ctx context.Context) (ends, error) {
	var e ends
	child, err := v.open(ctx, &e)
	if err != nil {
		for _, f := range child {
			f.Close()
		}
		e.close()
		return e, err
	}
	c := v.agent.config
	p, err := v.start(ctx, oneshot.Spec{
		Path: c.Program, Args: oneshot.Arguments(c.UnfencedDemonstration, "session"), Files: child, UID: c.UID.Session, MaxLife: c.visitLife(),
	})
	if err != nil {
		e.close()
		return e, err
	}
	// Once the worker is gone the hatch has nobody to serve, but its last word
	// may still lie in the socket: it is read before the end is.
	go func() { <-p.Done(); e.hatch.SetReadDeadline(time.Now().Add(DefaultGrace)) }()
	v.reply.Worker = p.PID()
	return e, nil
}

// visitLife is the longest life of a session's processes.
func (c Config) visitLife() time.Duration {
	return c.Seconds.limits().Longest() + DefaultDoor + workerSlack
}

// open gives what the worker is handed, in the order in which Session takes
// it, and keeps the agent's ends.
func (v *visit) open(ctx context.Context, e *ends) (child []*os.File, err error) {
	var f *os.File
	if e.hatch, f, err = oneshot.Pair(); err != nil {
		return child, err
	}
	child = append(child, f)
	var side net.Conn
	if side, f, err = oneshot.Pair(); err != nil {
		return child, err
	}
	e.side = side.(*net.UnixConn)
	child = append(child, f)
	if f, err = v.reader(ctx); err != nil {
		return child, errors.Join(errReader, err)
	}
	child = append(child, f)
	if f, err = v.listen(); err != nil {
		return child, err
	}
	return append(child, f), nil
}

// errReader says that there is no card reader to hand over.
var errReader = errors.New("kiosk: no card reader; check the reader process or its socket")

// start starts a process that finish will see to.
func (v *visit) start(ctx context.Context, s oneshot.Spec) (*oneshot.Process, error) {
	p, err := oneshot.Start(ctx, s)
	if err != nil {
		return nil, err
	}
	v.mu.Lock()
	v.processes = append(v.processes, p)
	v.mu.Unlock()
	return p, nil
}

// listen makes the loopback listener that the worker's face is to knock at.
func (v *visit) listen() (*os.File, error) {
	ln, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	defer ln.Close()
	token := make([]byte, 32)
	rand.Read(token)
	v.reply.Address, v.reply.Origin = ln.Addr().String(), v.agent.config.Origin
	v.reply.Token = base64.RawURLEncoding.EncodeToString(token)
	return ln.File()
}

func (v *visit) setup() hatch.Setup {
	a := v.agent
	return hatch.Setup{
		Kiosk: a.files.kiosk[:], CentreRoot: a.files.rootDER, Trust: a.trust.Look().Bytes, TrustRoot: a.files.trustRoot,
		Release: v.release, Disease: a.config.Disease, MaxCopies: a.config.MaxCopies, Limits: a.config.Seconds.limits(),
		Token: v.reply.Token, Origin: v.reply.Origin, Cache: a.config.Cache,
	}
}

// finish sees every process of the session gone: those that had a word from
// the worker have a moment to end, then they are killed.
func (v *visit) finish() {
	v.takeBack()
	v.mu.Lock()
	all, clean := v.processes, v.event != nil
	v.mu.Unlock()
	grace := time.NewTimer(DefaultGrace)
	defer grace.Stop()
	for _, p := range all {
		if clean {
			select {
			case <-p.Done():
			case <-grace.C:
				clean = false
			}
		}
		if !clean {
			p.Kill()
		}
		<-p.Done()
	}
}

// Ready tells whoever stands in front where the face connects.
func (v *visit) Ready() { v.ready(v.reply) }

// Ended keeps the worker's closing event.
func (v *visit) Ended(e session.Event) { v.mu.Lock(); v.event = &e; v.mu.Unlock() }

// Ask passes a sealed frame on. Alarms and settlements must arrive though the
// session may be over by then; an alarm stops this kiosk first.
func (v *visit) Ask(ctx context.Context, t wire.Type, body any) (wire.Frame, error) {
	switch t {
	case wire.TypeAlarm:
		v.agent.raise(body.(wire.Alarm).Code)
		return wire.Frame{Version: wire.Version, Type: wire.TypeAlarmed}, nil
	case wire.TypeSettle:
		v.agent.outbox.post(t, body)
		return wire.Frame{Version: wire.Version, Type: wire.TypeSettled}, nil
	}
	return v.agent.link.ask(ctx, t, body)
}

// Authorise has the resident pay.
func (v *visit) Authorise(ctx context.Context, b payment.Bill) error {
	return v.agent.till.Authorise(ctx, b)
}

// Conclude ends the payment; its time is the till's, not the worker's.
func (v *visit) Conclude(_ context.Context, p payment.Papers) (payment.Concluded, error) {
	return v.agent.till.Conclude(p)
}

// Print starts a print process for one job.
func (v *visit) Print(context.Context) (*os.File, error) {
	if err := v.agent.till.Printing(); err != nil {
		return nil, err
	}
	ours, child, err := oneshot.Sockets()
	if err != nil {
		return nil, err
	}
	if err := v.agent.mark().put(); err != nil { // before it runs: this agent may die at any moment
		ours.Close()
		child.Close()
		return nil, err
	}
	v.mu.Lock()
	v.printing = true // and so may the worker
	v.mu.Unlock()
	if err := v.press(child); err != nil {
		ours.Close()
		return nil, err
	}
	return ours, nil
}
