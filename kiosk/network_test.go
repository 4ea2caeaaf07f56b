package kiosk_test

import (
	"bytes"
	"encoding/pem"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"akashi/centre/wire"
	"akashi/kiosk"
	"akashi/kiosk/face"
	"akashi/kiosk/screen"
	"akashi/kiosk/session"
	"akashi/printer"
	"akashi/testkit/ippprinter"
	"akashi/testkit/robot"
	"akashi/verifier/credential"
)

// newNetworkTown is a town whose kiosk prints on a real IPP printer, by ipps.
func newNetworkTown(t *testing.T, change ...func(*kiosk.Config)) (*town, *ippprinter.Printer) {
	t.Helper()
	p, onIt := onNetworkPrinter(t)
	c := newTown(t, append(change, onIt)...)
	c.await(wire.OK)
	return c, p
}

// onNetworkPrinter starts a printer, and has a kiosk print on it.
func onNetworkPrinter(t *testing.T) (*ippprinter.Printer, func(*kiosk.Config)) {
	t.Helper()
	p := ippprinter.Require(t)
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o711); err != nil { // for the agent's user
		t.Fatal(err)
	}
	pin := filepath.Join(dir, "printer.pem")
	if err := os.WriteFile(pin, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.Certificate.Raw}), 0o644); err != nil {
		t.Fatal(err)
	}
	return p, func(k *kiosk.Config) { k.Printer = kiosk.Printer{IPP: p.Secure, Certificate: pin} }
}

// jobs gives how many jobs the printer began, and what came out of it.
func jobs(t *testing.T, p *ippprinter.Printer) (int, []string) {
	t.Helper()
	all, err := p.Jobs()
	if err != nil {
		t.Fatal(err)
	}
	papers, err := p.Papers()
	if err != nil {
		t.Fatal(err)
	}
	return len(all), papers
}

// What comes out of the printer is what the centre sealed and the last look
// saw, byte for byte, as often as copies were asked for. Meanwhile the print
// process has a connection to the printer, and no other.
func TestOnANetworkPrinter(t *testing.T) {
	c, p := newNetworkTown(t)
	open := files(t, c.agent.Process.Pid)
	if err := p.Set(ippprinter.Slow); err != nil {
		t.Fatal(err)
	}
	v := c.walk("traveller", credential.Overseas, func(plan *robot.Plan, _ kiosk.Reply) {
		plan.Choices[0].Copies = 2
		plan.Seen = func(s face.Tell) {
			if s.Screen != face.Printing {
				return
			}
			defer p.Set(ippprinter.OK)
			for begun := time.Now(); time.Since(begun) < hang; time.Sleep(10 * time.Millisecond) {
				if n, _ := jobs(t, p); n == 1 {
					break
				}
			}
			c.printsTo(p.Address)
		}
	})
	if v.err != nil || v.last.Code != wire.OK || v.last.Event.Requests[0].Outcome != session.Delivered {
		t.Fatalf("%v %+v: %s", v.err, v.last, c.out.String())
	}
	n, papers := jobs(t, p)
	if n != 1 || len(papers) != 2 {
		t.Errorf("%d jobs, %d papers", n, len(papers))
	}
	var sealed []byte
	c.gate.with(func(g *gate) { sealed = g.issued[0] })
	for _, path := range papers {
		if b, err := os.ReadFile(path); err != nil || !bytes.Equal(b, sealed) {
			t.Errorf("a paper of %d bytes is not the sealed certificate of %d", len(b), len(sealed))
		}
	}
	if got := c.outcomes(1); !slices.Equal(got, []string{"delivered"}) {
		t.Errorf("settled %v", got)
	}
	c.clean(open)
}

// How a session ends when the printer does not print, what the resident reads,
// what the operator is told, and what it says to VRS. Only what may have been
// printed is charged, and a reprint right given for it.
func TestNetworkPrinterFaults(t *testing.T) {
	c, p := newNetworkTown(t, func(k *kiosk.Config) { k.Seconds.Beat = 1 })
	says := func(words string) func() error {
		return func() error { return p.Reasons(t.Context(), words) }
	}
	for i, f := range []struct {
		name    string
		set     func() error // while the resident looks at the preview
		undo    func() error
		want    wire.Code
		device  printer.Fault
		settled string
	}{
		{"a job that is aborted", func() error { return p.Set(ippprinter.Abort) }, func() error { return p.Set(ippprinter.OK) }, wire.PrintUnknown, printer.Aborted, "unknown"},
		{"a cover", says("cover-open"), says("none"), wire.PrinterCover, printer.CoverOpen, "void"},
		{"a jam", says("media-jam"), says("none"), wire.PrinterJam, printer.PaperJam, "void"},
		{"no toner", says("toner-empty"), says("none"), wire.PrinterToner, printer.TonerOut, "void"},
		{"no paper", func() error { return p.Unload(t.Context()) }, func() error { return p.Load(t.Context()) }, wire.PrinterPaper, printer.PaperOut, "void"},
		{"a full waste box", says("marker-waste-full"), says("none"), wire.PrinterFault, printer.OtherFault, "void"},
		{"a printer that is off", p.Off, func() error { return p.On(t.Context()) }, wire.PrinterOffline, printer.Unreachable, "void"},
	} {
		v := c.walk("takasaki", credential.Domestic, func(plan *robot.Plan, _ kiosk.Reply) {
			plan.Seen = func(s face.Tell) {
				if s.Screen == face.Preview {
					if err := f.set(); err != nil {
						t.Error(err)
					}
				}
			}
		})
		const yen = 120 // of the first one, all of it owed as a reprint right
		if _, owed := c.gate.rights.Owed(); v.last.Code != f.want || v.last.Charged != yen || owed != yen || v.last.Event.Requests[0].Printer != f.device {
			t.Errorf("%s: %+v, %d yen owed; want %v, %v", f.name, v.last, owed, f.want, f.device)
		}
		end := v.record.Tells[len(v.record.Tells)-1]
		if told := end.Code == f.want || end.Code == wire.RightGiven && end.Right != ""; !told || len(end.Texts) != len(screen.Languages) {
			t.Errorf("%s: the resident reads %+v", f.name, end)
		}
		if n, _ := jobs(t, p); n != 1 {
			t.Errorf("%s: %d jobs at the printer", f.name, n)
		}
		if got := c.outcomes(i + 1); len(got) != i+1 || got[i] != f.settled {
			t.Errorf("%s: settled %v", f.name, got)
		}
		if f.want == wire.PrinterCover || f.want == wire.PrinterOffline { // it still stands: nobody begins, and the centre knows
			c.closed(f.want)
		}
		if err := f.undo(); err != nil {
			t.Fatal(err)
		}
	}
	c.await(wire.OK)
}

// closed holds that no session begins, and that kiosk and centre know why.
func (c *town) closed(why wire.Code) {
	c.t.Helper()
	if v := c.walk("takasaki", credential.Domestic); v.first.Code != why || v.first.Address != "" {
		c.t.Errorf("a session begins: %+v", v.first)
	}
	if got := c.once("state").Code; got != why {
		c.t.Errorf("the kiosk says %v", got)
	}
	c.seen(why)
}

// A job that cannot be taken out of the printer stops the kiosk: its paper
// would come out for the next resident.
func TestJobLeftInThePrinter(t *testing.T) {
	c, p := newNetworkTown(t, func(k *kiosk.Config) { k.Seconds.Print = 1 })
	if err := p.Set(ippprinter.Jam); err != nil {
		t.Fatal(err)
	}
	v := c.walk("takasaki", credential.Domestic)
	if n, _ := c.gate.rights.Owed(); v.last.Code != wire.PrintUnknown || v.last.Charged != 120 || n != 1 {
		t.Errorf("%+v, %d rights", v.last, n)
	}
	if v := c.walk("takasaki", credential.Domestic); v.first.Code != wire.IssuingStopped {
		t.Errorf("the kiosk serves on: %+v", v.first)
	}
	if err := p.Set(ippprinter.OK); err != nil { // the paper, for whoever stands there
		t.Fatal(err)
	}
	for begun := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		if n, papers := jobs(t, p); n == 1 && len(papers) == 1 && p.Empty() == nil {
			break
		}
		if time.Since(begun) > hang {
			t.Fatal("the job is gone")
		}
	}
	if got := c.once("clear").Code; got != wire.OK {
		t.Errorf("clear: %v", got)
	}
}

// A print process that ends as a panic ends it, once it was given a job: what it
// did with the job nobody knows, so the kiosk stops.
func TestPrintProcessPanics(t *testing.T) {
	c, _ := newNetworkTown(t)
	panics, script := filepath.Join(c.dir, "panics"), filepath.Join(c.dir, "script")
	text := "#!/bin/sh\n[ \"$1\" = print ] && [ -e " + panics + " ] && { head -c 300 <&3 >/dev/null; exit 2; }\nexec " + c.config.Program + " \"$@\"\n"
	if err := os.WriteFile(script, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	c.restart(func() { c.config.Program = script })
	c.await(wire.OK)
	v := c.walk("takasaki", credential.Domestic, func(plan *robot.Plan, _ kiosk.Reply) {
		plan.Seen = func(s face.Tell) {
			if s.Screen == face.Preview { // after the looks at the printer
				if err := os.WriteFile(panics, nil, 0o644); err != nil {
					t.Error(err)
				}
			}
		}
	})
	if v.last.Code != wire.PrintUnknown {
		t.Errorf("%+v", v.last)
	}
	if got := c.once("state").Code; got != wire.IssuingStopped {
		t.Errorf("the kiosk serves on: %v", got)
	}
}

// A worker that is killed while its job waits in the printer: the print process
// takes the job back, and the kiosk stops as after every such end.
func TestWorkerKilledWithAJobInThePrinter(t *testing.T) {
	c, p := newNetworkTown(t)
	if err := p.Set(ippprinter.Slow); err != nil {
		t.Fatal(err)
	}
	v := c.walk("takasaki", credential.Domestic, func(plan *robot.Plan, r kiosk.Reply) {
		plan.Seen = func(s face.Tell) {
			if s.Screen != face.Printing {
				return
			}
			for begun := time.Now(); time.Since(begun) < hang; time.Sleep(10 * time.Millisecond) {
				if n, _ := jobs(t, p); n == 1 {
					break
				}
			}
			syscall.Kill(r.Worker, syscall.SIGKILL)
			for begun := time.Now(); !p.Cancelling(t.Context()) && time.Since(begun) < hang; {
				time.Sleep(10 * time.Millisecond)
			}
			p.Set(ippprinter.Drop)
		}
	})
	if n, papers := jobs(t, p); v.last.Code != wire.PrintUnknown || n != 1 || len(papers) != 0 {
		t.Errorf("%+v, %d jobs, %d papers", v.last, n, len(papers))
	}
	if got := c.once("state").Code; got != wire.IssuingStopped {
		t.Errorf("the kiosk serves on: %v", got)
	}
}

// printsTo holds that the print process has network sockets to one address
// only.
func (c *town) printsTo(address string) {
	c.t.Helper()
	for _, pid := range children(c.t, c.agent.Process.Pid) {
		dir := filepath.Join("/proc", strconv.Itoa(pid))
		if line, _ := os.ReadFile(filepath.Join(dir, "cmdline")); !bytes.HasSuffix(line, []byte("\x00print\x00")) {
			continue
		}
		tcp, err := os.ReadFile("/proc/net/tcp")
		if err != nil {
			c.t.Error(err)
			return
		}
		fds, err := filepath.Glob(filepath.Join(dir, "fd", "*"))
		if err != nil || len(fds) == 0 {
			c.t.Errorf("its files cannot be seen: %v", err)
		}
		found := 0
		for _, fd := range fds {
			to, _ := os.Readlink(fd)
			inode, ok := strings.CutPrefix(strings.TrimSuffix(to, "]"), "socket:[")
			if !ok {
				continue
			}
			for line := range strings.Lines(string(tcp)) {
				if f := strings.Fields(line); len(f) > 9 && f[9] == inode {
					found++
					if f[2] != hexAddress(c.t, address) {
						c.t.Errorf("a connection to %s", f[2])
					}
				}
			}
		}
		if found != 1 {
			c.t.Errorf("%d connections", found)
		}
		return
	}
	c.t.Error("there is no print process")
}

// hexAddress writes an IPv4 address and port as /proc/net/tcp does.
func hexAddress(t testing.TB, address string) string {
	t.Helper()
	a, err := netip.ParseAddrPort(address)
	if err != nil {
		t.Fatal(err)
	}
	b := a.Addr().As4()
	return fmt.Sprintf("%02X%02X%02X%02X:%04X", b[3], b[2], b[1], b[0], a.Port())
}
