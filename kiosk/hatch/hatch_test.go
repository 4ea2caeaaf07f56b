package hatch_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"akashi/centre/channel"
	"akashi/centre/oneshot"
	"akashi/centre/wire"
	"akashi/kiosk/hatch"
	"akashi/kiosk/payment"
	"akashi/kiosk/press"
	"akashi/kiosk/session"
	"akashi/printer"
)

// sockets makes two connected unix sockets.
func sockets(t *testing.T) (*net.UnixConn, *net.UnixConn) {
	t.Helper()
	near, far, err := oneshot.Sockets()
	if err != nil {
		t.Fatal(err)
	}
	var ends [2]*net.UnixConn
	for i, f := range []*os.File{near, far} {
		c, err := net.FileConn(f)
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
		t.Cleanup(func() { c.Close() })
		ends[i] = c.(*net.UnixConn)
	}
	return ends[0], ends[1]
}

// desk is an agent that notes what it is asked.
type desk struct {
	t      *testing.T
	mu     sync.Mutex // over all below: calls run beside each other
	err    error
	hang   bool
	bodies []any
	bill   payment.Bill
	papers payment.Papers
	ready  int
	events []session.Event
	out    printer.Outcome
	jobs   [][]byte
}

func (d *desk) Ask(ctx context.Context, t wire.Type, body any) (wire.Frame, error) {
	if d.hang {
		<-ctx.Done()
		return wire.Frame{}, ctx.Err()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.bodies = append(d.bodies, body)
	return wire.Frame{Type: wire.TypeOpened, Body: json.RawMessage(wire.Encode(wire.Opened{Nonce: []byte{1}, Expires: 2, Now: 3}))}, d.err
}
func (d *desk) Authorise(_ context.Context, b payment.Bill) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.bill = b
	return d.err
}
func (d *desk) Conclude(_ context.Context, p payment.Papers) (payment.Concluded, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.papers = p
	return payment.Concluded{Charged: 120, Right: "1"}, d.err
}
func (d *desk) Taken(context.Context) error { return wire.FrameUnexpected }

func (d *desk) Ready() { d.mu.Lock(); d.ready++; d.mu.Unlock() }
func (d *desk) Ended(e session.Event) {
	d.mu.Lock()
	d.events = append(d.events, e)
	d.mu.Unlock()
}
func (d *desk) Print(context.Context) (*os.File, error) {
	if d.err != nil {
		return nil, d.err
	}
	ours, theirs := sockets(d.t)
	go press.Serve(d.t.Context(), theirs, &device{d})
	return ours.File()
}

// device is the printer behind a desk.
type device struct{ d *desk }

func (v *device) State(context.Context) (printer.State, printer.Faults, error) {
	return printer.Ready, 0, nil
}

func (v *device) Print(_ context.Context, j printer.Job) (printer.Outcome, error) {
	v.d.mu.Lock()
	defer v.d.mu.Unlock()
	v.d.jobs = append(v.d.jobs, bytes.Clone(j.PDF))
	return v.d.out, nil
}

var setup = hatch.Setup{Kiosk: bytes.Repeat([]byte{7}, 32), CentreRoot: [][]byte{{1}}, Trust: []byte("list"), TrustRoot: []byte{2}, Release: []byte("release"),
	MaxCopies: 3, Limits: session.Limits{Card: time.Second}, Token: "t", Origin: "o"}

// join gives a worker and the agent behind it.
func join(t *testing.T, d *desk) (*hatch.Worker, hatch.Setup, chan error) {
	t.Helper()
	d.t = t
	ours, theirs := sockets(t)
	side, theirSide := sockets(t)
	served := make(chan error, 1)
	go func() { served <- hatch.Serve(t.Context(), ours, side, setup, d); ours.Close() }()
	w, s, err := hatch.Join(theirs, theirSide)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { theirs.Close() })
	return w, s, served
}

func TestSetupArrivesWhole(t *testing.T) {
	_, s, _ := join(t, &desk{})
	if !bytes.Equal(wire.Encode(s), wire.Encode(setup)) {
		t.Errorf("got %+v", s)
	}
}

func TestAskIsPassedOnAndAnswered(t *testing.T) {
	d := &desk{}
	w, _, _ := join(t, d)
	f, err := w.Ask(t.Context(), wire.TypeOpen, wire.Open{Terms: "2026-11"})
	if err != nil || f.Type != wire.TypeOpened {
		t.Fatalf("%v, %v", f.Type, err)
	}
	if o, err := wire.Decode[wire.Opened](f.Body, 1<<10); err != nil || o.Now != 3 {
		t.Errorf("%+v, %v", o, err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.bodies) != 1 || d.bodies[0] != (wire.Open{Terms: "2026-11"}) {
		t.Errorf("passed on %+v", d.bodies)
	}
}

func TestWhatIsNotPassedOn(t *testing.T) {
	big := wire.Sealed{Ciphertext: make([]byte, channel.DefaultMaxUp)}
	for name, c := range map[string]struct {
		t    wire.Type
		body any
		want wire.Code
	}{
		"a beat":                    {wire.TypeBeat, wire.Beat{}, wire.FrameUnexpected},
		"an answer":                 {wire.TypeAnswer, wire.Sealed{}, wire.FrameUnexpected},
		"a request in another form": {wire.TypeRequest, wire.Open{Terms: "x"}, wire.Malformed},
		"something in clear":        {wire.TypeRequest, map[string]string{"name": "x"}, wire.Malformed},
		"a request too large":       {wire.TypeRequest, big, wire.OK},
	} {
		t.Run(name, func(t *testing.T) {
			d := &desk{}
			w, _, _ := join(t, d)
			_, err := w.Ask(t.Context(), c.t, c.body)
			if c.want != wire.OK && !errors.Is(err, c.want) || err == nil {
				t.Errorf("got %v, want %v", err, c.want)
			}
			d.mu.Lock()
			defer d.mu.Unlock()
			if len(d.bodies) != 0 {
				t.Error("it was passed on")
			}
		})
	}
}

func TestErrorsCrossAsCodes(t *testing.T) {
	secret := errors.New("a text that must not cross")
	for _, c := range []struct {
		name string
		err  error
		do   func(*hatch.Worker) error
		want wire.Code
	}{
		{"refused with a time", &channel.Refused{Code: wire.Busy, RetryAfter: 9}, ask, wire.Busy},
		{"a code", wire.LineDown, ask, wire.LineDown},
		{"out of time", context.DeadlineExceeded, ask, wire.TimedOut},
		{"any other", secret, ask, wire.Internal},
		{"authorise", secret, func(w *hatch.Worker) error { return w.Authorise(context.Background(), payment.Bill{}) }, wire.PaymentRefused},
		{"a right that was used", wire.RightUsed, func(w *hatch.Worker) error { return w.Authorise(context.Background(), payment.Bill{}) }, wire.RightUsed},
		{"conclude", secret, concludes, wire.PaymentRefused},
		{"print", secret, printOne, wire.PrinterFault},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, _, _ := join(t, &desk{err: c.err})
			err := c.do(w)
			var r *channel.Refused
			if !errors.As(err, &r) || r.Code != c.want || (c.want == wire.Busy) != (r.RetryAfter == 9) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func ask(w *hatch.Worker) error {
	_, err := w.Ask(context.Background(), wire.TypeOpen, wire.Open{})
	return err
}

func concludes(w *hatch.Worker) error {
	_, err := w.Conclude(context.Background(), printer.Printed)
	return err
}

func TestMoneyCrossesWhole(t *testing.T) {
	d := &desk{}
	w, _, _ := join(t, d)
	b := payment.Bill{Bill: wire.Bill{Amount: 240, Municipality: "990001", Kind: 1, Copies: 2}, Right: "0000000000000097"}
	if err := w.Authorise(t.Context(), b); err != nil || d.bill != b {
		t.Errorf("%+v, %v", d.bill, err)
	}
	for _, p := range []payment.Papers{printer.Printed, printer.NotPrinted, printer.Unknown} {
		if c, err := w.Conclude(t.Context(), p); err != nil || d.papers != p || c.Charged != 120 || c.Right != "1" {
			t.Errorf("%v: %+v, %v", p, c, err)
		}
	}
}

func printOne(w *hatch.Worker) error {
	_, err := w.Print(context.Background(), printer.Job{PDF: []byte("%PDF"), Copies: 1})
	return err
}

func TestPrintGoesThroughAProcessOfItsOwn(t *testing.T) {
	d := &desk{out: printer.Printed}
	w, _, _ := join(t, d)
	for _, pdf := range []string{"%PDF one", "%PDF two"} {
		out, err := w.Print(t.Context(), printer.Job{PDF: []byte(pdf), Copies: 1})
		if out != printer.Printed || err != nil {
			t.Errorf("%s: %v, %v", pdf, out, err)
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.jobs) != 2 || string(d.jobs[1]) != "%PDF two" {
		t.Errorf("printed %q", d.jobs)
	}
}

// A late answer has no receiver: the next call is not given it.
func TestLateAnswerIsDropped(t *testing.T) {
	d := &desk{hang: true}
	w, _, _ := join(t, d)
	ctx, cancel := context.WithCancelCause(t.Context())
	go cancel(wire.TimedOut)
	if _, err := w.Ask(ctx, wire.TypeOpen, wire.Open{}); !errors.Is(err, wire.TimedOut) {
		t.Errorf("got %v", err)
	}
	err := w.Authorise(t.Context(), payment.Bill{Right: "7"})
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil || d.bill.Right != "7" {
		t.Errorf("the next call: %v", err)
	}
}

func TestAgentGone(t *testing.T) {
	ours, theirs := sockets(t)
	side, theirSide := sockets(t)
	defer side.Close()
	go func() {
		b := wire.Encode(setup)
		ours.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...))
		io.ReadFull(ours, make([]byte, 8))
		ours.Close()
	}()
	w, _, err := hatch.Join(theirs, theirSide)
	if err != nil {
		t.Fatal(err)
	}
	if err := ask(w); !errors.Is(err, hatch.ErrHatch) {
		t.Errorf("got %v", err)
	}
	<-w.Over()
}

func TestWorkersBreachEndsIt(t *testing.T) {
	for name, b := range map[string][]byte{
		"not a message":      frame([]byte(`{"id":1}x`)),
		"unknown member":     frame([]byte(`{"id":1,"kind":"ready","pin":"1234"}`)),
		"nothing":            {0, 0, 0, 0},
		"too large":          {0xff, 0xff, 0xff, 0xff},
		"cut short":          {0, 0, 0, 9, '{'},
		"another order":      frame([]byte(`{"kind":"ready","id":0}`)),
		"an event with text": frame([]byte(`{"id":0,"kind":"ended","event":{"code":0,"name":"x"}}`)),
	} {
		t.Run(name, func(t *testing.T) {
			ours, theirs := sockets(t)
			side, _ := sockets(t)
			d := &desk{t: t}
			served := make(chan error, 1)
			go func() { served <- hatch.Serve(t.Context(), ours, side, setup, d) }()
			go io.Copy(io.Discard, theirs)
			theirs.Write(b)
			theirs.CloseWrite()
			if err := <-served; !errors.Is(err, hatch.ErrHatch) {
				t.Errorf("Serve: %v", err)
			}
			if d.ready != 0 || len(d.events) != 0 {
				t.Error("something was done for it")
			}
		})
	}
}

func frame(b []byte) []byte { return append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...) }

func TestTooManyCallsAtOnce(t *testing.T) {
	w, _, served := join(t, &desk{hang: true})
	for range hatch.DefaultMaxCalls + 1 {
		go ask(w)
	}
	if err := <-served; !errors.Is(err, hatch.ErrHatch) {
		t.Errorf("Serve: %v", err)
	}
}

func TestReadyAndEnd(t *testing.T) {
	d := &desk{}
	w, _, served := join(t, d)
	e := session.Event{Code: wire.NoRecord, Made: 1}
	e.Micros[3], e.Requests[0].Outcome = 17, session.Void
	if err := errors.Join(w.Ready(), w.End(e), ask(w)); err != nil {
		t.Fatal(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ready != 1 || len(d.events) != 1 || d.events[0] != e {
		t.Errorf("ready %d, events %+v", d.ready, d.events)
	}
	select {
	case err := <-served:
		t.Errorf("Serve ended early: %v", err)
	default:
	}
}

// A worker that is ready twice could hold up whoever waits for it.
func TestReadyTwice(t *testing.T) {
	d := &desk{}
	w, _, served := join(t, d)
	if err := errors.Join(w.Ready(), w.Ready()); err != nil {
		t.Fatal(err)
	}
	if err := <-served; !errors.Is(err, hatch.ErrHatch) {
		t.Errorf("Serve: %v", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ready != 1 {
		t.Errorf("told %d times", d.ready)
	}
}

func FuzzServe(f *testing.F) {
	f.Add(frame([]byte(`{"id":0,"kind":"ready"}`)))
	f.Add(frame([]byte(`{"id":1,"kind":"ask","type":"open","body":{"terms":"x"}}`)))
	f.Add(frame([]byte(`{"id":1,"kind":"authorise","bill":{"amount":120,"municipality":"990001","kind":1,"copies":1}}`)))
	f.Add(frame([]byte(`{"id":1,"kind":"done"}`)))
	f.Add([]byte{0, 0, 0, 1, '{'})
	f.Fuzz(func(t *testing.T, b []byte) {
		ours, theirs := net.Pipe()
		d := &desk{t: t, err: wire.PrinterFault}
		served := make(chan error, 1)
		go func() { served <- hatch.Serve(context.Background(), ours, nil, setup, d); ours.Close() }()
		go io.Copy(io.Discard, theirs)
		theirs.SetWriteDeadline(time.Now().Add(10 * time.Second))
		theirs.Write(b)
		theirs.Close()
		if err := <-served; !errors.Is(err, hatch.ErrHatch) {
			t.Errorf("Serve: %v", err)
		}
		for _, body := range d.bodies {
			switch body.(type) {
			case wire.Open, wire.Header, wire.Sealed, wire.Settle, wire.Alarm:
			default:
				t.Errorf("passed on %T", body)
			}
		}
	})
}
