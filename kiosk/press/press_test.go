package press_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"akashi/kiosk/press"
	"akashi/printer"
)

type device struct {
	out  printer.Outcome
	err  error
	jobs []printer.Job
}

func (d *device) Print(_ context.Context, j printer.Job) (printer.Outcome, error) {
	j.PDF = bytes.Clone(j.PDF)
	d.jobs = append(d.jobs, j)
	return d.out, d.err
}

func (d *device) State(context.Context) (printer.State, printer.Faults, error) {
	return printer.Stopped, printer.FaultsOf(printer.PaperJam, printer.TonerLow), d.err
}

func TestLook(t *testing.T) {
	for _, err := range []error{nil, errors.New("why")} {
		a, b := net.Pipe()
		d := &device{err: err}
		served := make(chan error, 1)
		go func() { served <- press.Serve(t.Context(), b, d) }()
		if s, f, e := press.Look(t.Context(), a); s != printer.Stopped || f != printer.FaultsOf(printer.PaperJam, printer.TonerLow) || e != nil {
			t.Errorf("%v, %v, %v", s, f, e)
		}
		if e := <-served; !errors.Is(e, err) || len(d.jobs) != 0 {
			t.Errorf("%v, %d jobs", e, len(d.jobs))
		}
	}
	for _, read := range []bool{false, true} { // a process that dies says nothing of the printer
		a, b := net.Pipe()
		go func() {
			if read {
				io.ReadFull(b, make([]byte, 5))
			}
			b.Close()
		}()
		if s, f, e := press.Look(t.Context(), a); s != printer.StateUnknown || !f.Worst().Stops() || !errors.Is(e, press.ErrLook) {
			t.Errorf("%v, %v, %v", s, f, e)
		}
	}
}

func TestOutcomes(t *testing.T) {
	for _, c := range []struct {
		name string
		d    device
		want printer.Outcome
	}{
		{"printed", device{out: printer.Printed}, printer.Printed},
		{"not printed", device{out: printer.NotPrinted, err: &printer.Error{Fault: printer.PaperJam}}, printer.NotPrinted},
		{"not printed, and why is unsaid", device{out: printer.NotPrinted, err: errors.New("why")}, printer.NotPrinted},
		{"maybe printed", device{out: printer.Unknown, err: &printer.Error{Fault: printer.Left}}, printer.Unknown},
		{"an outcome of a later release", device{out: 77}, printer.Unknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := net.Pipe()
			served := make(chan error, 1)
			go func() { served <- press.Serve(t.Context(), b, &c.d) }()
			job := printer.Job{PDF: bytes.Repeat([]byte("%PDF"), 50_000), Copies: 3}
			got, err := press.Feed(t.Context(), a, job)
			if got != c.want || (err == nil) != (got == printer.Printed) {
				t.Errorf("outcome %d, %v; want %d", got, err, c.want)
			}
			var why, want *printer.Error
			if errors.As(c.d.err, &want) && (!errors.As(err, &why) || why.Fault != want.Fault) {
				t.Errorf("%v; want %v", err, want)
			}
			if err := <-served; !errors.Is(err, c.d.err) {
				t.Errorf("Serve: %v, want %v", err, c.d.err)
			}
			if len(c.d.jobs) != 1 || c.d.jobs[0].Copies != 3 || !bytes.Equal(c.d.jobs[0].PDF, job.PDF) {
				t.Error("the device did not get the job once, whole and unchanged")
			}
		})
	}
}

func TestJobCutShortIsNeverPrinted(t *testing.T) {
	a, b := net.Pipe()
	d := &device{out: printer.Printed}
	served := make(chan error, 1)
	go func() { served <- press.Serve(t.Context(), b, d) }()
	a.Write([]byte{1, 0, 0, 0, 9, 'h', 'a', 'l', 'f'})
	a.Close()
	if err := <-served; !errors.Is(err, press.ErrJob) {
		t.Errorf("Serve: %v, want ErrJob", err)
	}
	if len(d.jobs) != 0 {
		t.Error("half a job reached the device")
	}
}

func TestProcessThatDies(t *testing.T) {
	for _, c := range []struct {
		name string
		read int
		want printer.Outcome
		err  error
	}{
		{"before it has the job", 100, printer.NotPrinted, press.ErrFeed},
		{"with the whole job", 5 + 4096, printer.Unknown, press.ErrLost},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := net.Pipe()
			go func() {
				n := 0
				for buf := make([]byte, 64); n < c.read; {
					m, err := b.Read(buf[:min(len(buf), c.read-n)])
					if err != nil {
						break
					}
					n += m
				}
				b.Close()
			}()
			got, err := press.Feed(t.Context(), a, printer.Job{PDF: make([]byte, 4096), Copies: 1})
			if got != c.want || !errors.Is(err, c.err) {
				t.Errorf("got %d, %v; want %d, %v", got, err, c.want, c.err)
			}
		})
	}
}

func TestSilenceEndsWithTheContext(t *testing.T) {
	a, b := net.Pipe()
	defer b.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	go func() {
		buf := make([]byte, 4096)
		for {
			if _, err := b.Read(buf); err != nil {
				return
			}
		}
	}()
	if got, err := press.Feed(ctx, a, printer.Job{PDF: []byte("%PDF"), Copies: 1}); got != printer.Unknown || !errors.Is(err, press.ErrLost) {
		t.Errorf("got %d, %v; want maybe printed", got, err)
	}
}

// A device learns that nobody waits for its job any more.
func TestWorkerThatGoes(t *testing.T) {
	a, b := net.Pipe()
	served := make(chan error, 1)
	go func() { served <- press.Serve(t.Context(), b, waiting{}) }()
	a.Write([]byte{1, 0, 0, 0, 4, '%', 'P', 'D', 'F'})
	a.Close()
	if err := <-served; !errors.Is(err, context.Canceled) {
		t.Errorf("Serve: %v", err)
	}
}

type waiting struct{}

func (waiting) State(context.Context) (printer.State, printer.Faults, error) {
	return printer.Ready, 0, nil
}

func (waiting) Print(ctx context.Context, _ printer.Job) (printer.Outcome, error) {
	<-ctx.Done()
	return printer.Unknown, ctx.Err()
}

func TestJobsOutOfBounds(t *testing.T) {
	for _, j := range []printer.Job{
		{PDF: []byte("x"), Copies: 0}, {PDF: []byte("x"), Copies: printer.MaxCopies + 1},
		{PDF: nil, Copies: 1}, {PDF: make([]byte, press.DefaultMaxJob+1), Copies: 1},
	} {
		a, b := net.Pipe()
		b.Close()
		if got, err := press.Feed(t.Context(), a, j); got != printer.NotPrinted || !errors.Is(err, press.ErrJob) {
			t.Errorf("%d bytes, %d copies: got %d, %v", len(j.PDF), j.Copies, got, err)
		}
	}
}

func FuzzServe(f *testing.F) {
	f.Add([]byte{1, 0, 0, 0, 1, 'x'})
	f.Add([]byte{0, 0, 0, 0, 1, 'x'})
	f.Add([]byte{11, 0, 0, 0, 1, 'x'})
	f.Add([]byte{1, 0xff, 0xff, 0xff, 0xff, 'x'})
	f.Fuzz(func(t *testing.T, b []byte) {
		in, out := net.Pipe()
		d := &device{out: printer.Printed}
		served := make(chan error, 1)
		go func() { served <- press.Serve(context.Background(), out, d) }()
		go func() {
			in.Write(b)
			in.Close()
		}()
		err := <-served
		in.Close()
		whole := len(b) > 5 && int(b[1])<<24|int(b[2])<<16|int(b[3])<<8|int(b[4]) <= len(b)-5
		if len(d.jobs) == 1 && !whole || len(d.jobs) > 1 {
			t.Errorf("printed from %d bytes: %v", len(b), err)
		}
	})
}
