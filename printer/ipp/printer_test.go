package ipp_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"akashi/printer"
	"akashi/printer/ipp"
	"akashi/testkit/ippprinter"
)

// hang bounds what must not hang; nothing is timed.
const hang = 2 * time.Minute

var document = append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("a certificate "), 12_000)...)

// quick are limits for a printer beside us, with a fault that stands at once.
var quick = ipp.Limits{Poll: 20 * time.Millisecond, Stuck: time.Nanosecond, Cancel: hang}

func target(t *testing.T, uri string, pins ...*x509.Certificate) ipp.Target {
	t.Helper()
	to, err := ipp.ParseTarget(uri, pins)
	if err != nil {
		t.Fatal(err)
	}
	return to
}

func dialer(address string) func(context.Context) (net.Conn, error) {
	return func(ctx context.Context) (net.Conn, error) { return new(net.Dialer).DialContext(ctx, "tcp", address) }
}

func device(t *testing.T, p *ippprinter.Printer, l ipp.Limits) *ipp.Device {
	t.Helper()
	return ipp.New(ipp.Options{Target: target(t, p.URI), Dial: dialer(p.Address), Limits: l})
}

func print(t *testing.T, d *ipp.Device, copies int) (printer.Outcome, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), hang)
	defer cancel()
	return d.Print(ctx, printer.Job{PDF: bytes.Clone(document), Copies: copies})
}

// faultOf gives the fault of an error; NoFault when it has none.
func faultOf(err error) printer.Fault {
	var e *printer.Error
	if errors.As(err, &e) {
		return e.Fault
	}
	return printer.NoFault
}

// sent fails unless so many jobs in all reached the printer's works.
func sent(t *testing.T, p *ippprinter.Printer, want int) []ippprinter.Job {
	t.Helper()
	jobs, err := p.Jobs()
	if err != nil {
		t.Fatal(err)
	}
	if len(jobs) != want {
		t.Fatalf("%d jobs at the printer, want %d", len(jobs), want)
	}
	return jobs
}

// papers fails unless so many sheets came out in all, each the document.
func papers(t *testing.T, p *ippprinter.Printer, want int) {
	t.Helper()
	all, err := p.Papers()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != want {
		t.Fatalf("%d sheets, want %d", len(all), want)
	}
	for _, path := range all {
		if b, err := os.ReadFile(path); err != nil || !bytes.Equal(b, document) {
			t.Errorf("a sheet has %d bytes that are not the document's %d: %v", len(b), len(document), err)
		}
	}
}

func set(t *testing.T, p *ippprinter.Printer, m ippprinter.Mode) {
	t.Helper()
	if err := p.Set(m); err != nil {
		t.Fatal(err)
	}
}

func TestGoodJob(t *testing.T) {
	p := ippprinter.Require(t)
	d := device(t, p, quick)
	if s, f, err := d.State(t.Context()); s != printer.Ready || f != 0 || err != nil {
		t.Fatal(s, f, err)
	}
	if out, err := print(t, d, 1); out != printer.Printed || err != nil {
		t.Fatal(out, err)
	}
	papers(t, p, 1)
	if out, err := print(t, d, 3); out != printer.Printed || err != nil {
		t.Fatal(out, err)
	}
	papers(t, p, 4)
	names := map[string]bool{}
	for _, j := range sent(t, p, 2) {
		if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(j.Name) || names[j.Name] {
			t.Errorf("job name %q", j.Name)
		}
		names[j.Name] = true
		if j.User != "kiosk" || j.Media != "iso_a4_210x297mm" || j.Sides != "one-sided" || j.Format != "application/pdf" {
			t.Errorf("the printer was told %+v", j)
		}
	}
	if err := p.Empty(); err != nil {
		t.Error(err)
	}
}

func TestSecureLine(t *testing.T) {
	p := ippprinter.Require(t)
	d := ipp.New(ipp.Options{Target: target(t, p.Secure, p.Certificate), Dial: dialer(p.Address), Limits: quick})
	if out, err := print(t, d, 1); out != printer.Printed || err != nil {
		t.Fatal(out, err)
	}
	papers(t, p, 1)
	other := ippprinter.Require(t).Certificate // of the same name, and as valid
	d = ipp.New(ipp.Options{Target: target(t, p.Secure, other), Dial: dialer(p.Address), Limits: quick})
	if out, err := print(t, d, 1); out != printer.NotPrinted || faultOf(err) != printer.Untrusted || !errors.Is(err, ipp.ErrPin) {
		t.Errorf("another certificate: %v, %v", out, err)
	}
	late := func() time.Time { return p.Certificate.NotAfter.Add(time.Second) }
	d = ipp.New(ipp.Options{Target: target(t, p.Secure, p.Certificate), Dial: dialer(p.Address), Limits: quick, Now: late})
	if out, err := print(t, d, 1); out != printer.NotPrinted || faultOf(err) != printer.Untrusted {
		t.Errorf("a certificate that has expired: %v, %v", out, err)
	}
	sent(t, p, 1)
}

// A fault that a printer has before a job keeps it from getting one.
func TestFaultBeforeTheJob(t *testing.T) {
	p := ippprinter.Require(t)
	d := device(t, p, quick)
	for words, want := range map[string]printer.Fault{
		"media-jam": printer.PaperJam, "cover-open": printer.CoverOpen, "toner-empty": printer.TonerOut,
		"marker-supply-empty": printer.TonerOut, "paused": printer.Paused, "spool-area-full": printer.StorageFull,
		"toner-low,media-jam": printer.PaperJam,
	} {
		if err := p.Reasons(t.Context(), words); err != nil {
			t.Fatal(err)
		}
		if out, err := print(t, d, 1); out != printer.NotPrinted || faultOf(err) != want {
			t.Errorf("%s: %v, %v", words, out, err)
		}
	}
	if err := p.Reasons(t.Context(), "toner-low"); err != nil {
		t.Fatal(err)
	}
	if s, f, err := d.State(t.Context()); s != printer.Ready || f != printer.FaultsOf(printer.TonerLow) || err != nil {
		t.Errorf("low toner: %v, %v, %v", s, f, err)
	}
	if err := p.Unload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if out, err := print(t, d, 1); out != printer.NotPrinted || faultOf(err) != printer.PaperOut {
		t.Errorf("no paper: %v, %v", out, err)
	}
	sent(t, p, 0)
}

// A fault that comes with the job: it waits, and goes on when it is cleared.
func TestFaultDuringTheJob(t *testing.T) {
	p := ippprinter.Require(t)
	patient := quick
	patient.Stuck = hang
	n := 0
	for _, m := range []ippprinter.Mode{ippprinter.Empty, ippprinter.Jam, ippprinter.Cover, ippprinter.Toner} {
		set(t, p, m)
		d := device(t, p, patient)
		result := make(chan error, 1)
		go func() {
			out, err := print(t, d, 1)
			if out != printer.Printed {
				err = errors.Join(err, errors.New(out.String()))
			}
			result <- err
		}()
		n++
		until(t, func() bool { jobs, _ := p.Jobs(); return len(jobs) == n })
		set(t, p, ippprinter.OK)
		if err := <-result; err != nil {
			t.Errorf("%s: %v", m, err)
		}
	}
	papers(t, p, n)
}

// until waits for a condition, however long it takes.
func until(t *testing.T, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(hang); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it never came")
		}
	}
}

// drop has the printer let go of its job when that is being cancelled, as
// printers do that hold one.
func drop(t *testing.T, p *ippprinter.Printer) {
	for end := time.Now().Add(hang); !p.Cancelling(t.Context()) && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond)
	}
	if err := p.Set(ippprinter.Drop); err != nil {
		t.Error(err)
	}
}

// A fault that nobody clears: the job is cancelled at the printer, and whether
// it printed is unknown.
func TestFaultThatStands(t *testing.T) {
	p := ippprinter.Require(t)
	for n, c := range []struct {
		mode ippprinter.Mode
		want printer.Fault
	}{
		{ippprinter.Empty, printer.PaperOut}, {ippprinter.Jam, printer.PaperJam}, {ippprinter.Cover, printer.CoverOpen}, {ippprinter.Toner, printer.TonerOut},
	} {
		set(t, p, c.mode)
		var once sync.Once
		d := ipp.New(ipp.Options{Target: target(t, p.URI), Limits: quick, Dial: dialer(p.Address), After: func(w time.Duration) <-chan time.Time {
			if w == quick.Cancel { // it is cancelling: the printer lets go of the job
				once.Do(func() { go drop(t, p) })
			}
			return time.After(w)
		}})
		if out, err := print(t, d, 1); out != printer.Unknown || faultOf(err) != c.want || !errors.Is(err, ipp.ErrGaveUp) {
			t.Errorf("%s: %v, %v, %v", c.mode, out, err, faultOf(err))
		}
		sent(t, p, n+1)
	}
	papers(t, p, 0)
}

// A printer that keeps a cancelled job is one that can still print it.
func TestJobThatStays(t *testing.T) {
	p := ippprinter.Require(t)
	set(t, p, ippprinter.Jam)
	l := quick
	l.Cancel = 200 * time.Millisecond
	out, err := print(t, device(t, p, l), 1)
	if out != printer.Unknown || faultOf(err) != printer.Left {
		t.Errorf("%v, %v", out, err)
	}
	set(t, p, ippprinter.OK) // and so it does
	until(t, func() bool { all, _ := p.Papers(); return len(all) == 1 })
	until(t, func() bool { return p.Empty() == nil })
}

func TestJobThatThePrinterGivesUp(t *testing.T) {
	p := ippprinter.Require(t)
	for n, m := range []ippprinter.Mode{ippprinter.Abort, ippprinter.Refuse} {
		set(t, p, m)
		out, err := print(t, device(t, p, quick), 2)
		if out != printer.Unknown || faultOf(err) != printer.Aborted || !errors.Is(err, ipp.ErrEnded) {
			t.Errorf("%s: %v, %v", m, out, err)
		}
		sent(t, p, n+1)
	}
	papers(t, p, 1) // of the job that was aborted after a sheet: that is why it is unknown
}

func TestResidentLeaves(t *testing.T) {
	p := ippprinter.Require(t)
	set(t, p, ippprinter.Half)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for all, _ := p.Papers(); len(all) == 0 && ctx.Err() == nil; all, _ = p.Papers() {
			time.Sleep(5 * time.Millisecond)
		}
		cancel()
		drop(t, p)
	}()
	out, err := device(t, p, quick).Print(ctx, printer.Job{PDF: document, Copies: 2})
	if out != printer.Unknown || !errors.Is(err, ipp.ErrGaveUp) {
		t.Errorf("%v, %v", out, err)
	}
	papers(t, p, 1)
	sent(t, p, 1)
}

func TestOffline(t *testing.T) {
	p := ippprinter.Require(t)
	l := quick
	l.Operation = 200 * time.Millisecond
	if err := p.Suspend(); err != nil {
		t.Fatal(err)
	}
	if out, err := print(t, device(t, p, l), 1); out != printer.NotPrinted || faultOf(err) != printer.Unreachable || !errors.Is(err, ipp.ErrSlow) {
		t.Errorf("deaf: %v, %v", out, err)
	}
	if err := p.Resume(); err != nil {
		t.Fatal(err)
	}
	if err := p.Off(); err != nil {
		t.Fatal(err)
	}
	if out, err := print(t, device(t, p, l), 1); out != printer.NotPrinted || faultOf(err) != printer.Unreachable || !errors.Is(err, ipp.ErrLine) {
		t.Errorf("off: %v, %v", out, err)
	}
	if s, f, err := device(t, p, l).State(t.Context()); s != printer.StateUnknown || f != printer.FaultsOf(printer.Unreachable) || err == nil || strings.Contains(err.Error(), p.Address) {
		t.Errorf("%v %v %v", s, f, err)
	}
	sent(t, p, 0)
}

// Another's job: a certificate does not queue behind it.
func TestBusy(t *testing.T) {
	p := ippprinter.Require(t)
	set(t, p, ippprinter.Slow)
	first := make(chan printer.Outcome, 1)
	d := device(t, p, quick)
	go func() { out, _ := print(t, d, 1); first <- out }()
	until(t, func() bool { jobs, _ := p.Jobs(); return len(jobs) == 1 })
	l := quick
	l.Busy = time.Millisecond
	if out, err := print(t, device(t, p, l), 1); out != printer.NotPrinted || faultOf(err) != printer.Busy {
		t.Errorf("%v, %v", out, err)
	}
	set(t, p, ippprinter.OK)
	if out := <-first; out != printer.Printed {
		t.Errorf("the first job: %v", out)
	}
	sent(t, p, 1)
}
