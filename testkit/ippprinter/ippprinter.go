// Package ippprinter runs Debian's ippeveprinter, an IPP printer that nobody
// here wrote, as a stand-in for a kiosk's own: on loopback, with paper that is
// files and faults that a test or a person sets.
//
//	p := ippprinter.Require(t)               // skips, or fails under CI=true
//	p.Set(ippprinter.Jam)                    // the next job gets stuck
//	device.Print(ctx, job)                   // at p.URI
//	p.Papers()
package ippprinter

import (
	"context"
	"crypto/x509"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"akashi/centre/oneshot"
)

// startLimit bounds waits for the printer; it takes a moment.
const startLimit = 60 * time.Second

// command is what the printer runs for each job.
//
//go:embed command.sh
var command []byte

// Mode says how the printer's next jobs go.
type Mode string

// The modes. Those that wait go on when the mode is set anew.
const (
	OK     Mode = "ok"     // paper comes out, once for each copy
	Slow   Mode = "slow"   // waits, then as OK
	Empty  Mode = "empty"  // says that there is no paper and waits, then as OK
	Jam    Mode = "jam"    // as Empty, with a paper jam
	Cover  Mode = "cover"  // as Empty, with an open cover
	Toner  Mode = "toner"  // as Empty, without toner
	Low    Mode = "low"    // as OK, and says that toner is low
	Half   Mode = "half"   // the first copy, then waits, then the rest
	Abort  Mode = "abort"  // the first copy, then the job is aborted
	Refuse Mode = "refuse" // aborted without paper
	Drop   Mode = "drop"   // what waits ends without paper
)

// Printer is a running printer.
type Printer struct {
	URI         string            // ipp://127.0.0.1:port/ipp/print
	Secure      string            // the same printer by ipps
	Address     string            // host:port of both
	Certificate *x509.Certificate // of ipps, made for this run
	Log         string            // what the printer says

	dir     string
	bus     *exec.Cmd
	printer *exec.Cmd
	ended   chan struct{} // closed when the printer is gone
}

// Missing says what the machine lacks to run a printer; nil: nothing.
func Missing() error {
	if _, err := program("ippeveprinter"); err != nil {
		return errors.New("ippprinter: no ippeveprinter on this machine; apt-get install cups-ipp-utils")
	}
	if _, err := program("dbus-daemon"); err != nil {
		return errors.New("ippprinter: no dbus-daemon on this machine, which ippeveprinter needs; apt-get install dbus-daemon")
	}
	ln, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		return errors.New("ippprinter: no IPv6 on loopback, without which ippeveprinter does not start; sysctl net.ipv6.conf.lo.disable_ipv6=0")
	}
	return ln.Close()
}

// program finds one that stands outside many users' PATH.
func program(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	return exec.LookPath("/usr/sbin/" + name)
}

// Start starts a printer with its spool, paper and log below dir, whose path
// must leave room for a socket's (100 bytes). Close ends it.
func Start(ctx context.Context, dir string) (*Printer, error) {
	if err := Missing(); err != nil {
		return nil, err
	}
	p := &Printer{dir: dir, Log: filepath.Join(dir, "log")}
	for _, d := range []string{"spool", "paper", "keys"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o700); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(os.WriteFile(p.command(), command, 0o700), p.Set(OK), p.certify()); err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context) error{p.startBus, p.startPrinter, p.Load} {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, p.Close())
		}
	}
	return p, nil
}

// Require starts a printer for a test and ends it with the test, which fails
// when a document is left in the spool. Where the machine cannot, the test is
// skipped; under CI=true it fails.
func Require(t testing.TB) *Printer {
	t.Helper()
	dir, err := os.MkdirTemp("", "ipp") // short, as socket paths must be
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	p, err := Start(t.Context(), dir)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(p.Empty(), p.Close()); err != nil {
			t.Error(err)
		}
	})
	return p
}

func (p *Printer) command() string { return filepath.Join(p.dir, "command.sh") }

// startBus starts a message bus of our own: the printer wants to announce
// itself by one, and must not reach the machine's.
func (p *Printer) startBus(ctx context.Context) error {
	path, err := program("dbus-daemon")
	if err != nil {
		return err
	}
	socket := filepath.Join(p.dir, "bus")
	if len(socket) > 100 {
		return fmt.Errorf("ippprinter: %s is too long for a socket's path; use a shorter folder", p.dir)
	}
	conf := filepath.Join(p.dir, "bus.conf")
	text := "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\"\n" +
		" \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n" +
		"<busconfig><type>session</type><listen>unix:path=" + socket + "</listen><auth>EXTERNAL</auth>\n" +
		`<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		return err
	}
	p.bus = exec.Command(path, "--config-file="+conf, "--nofork")
	if err := oneshot.Tie(p.bus); err != nil {
		return err
	}
	return await(ctx, func() error {
		c, err := net.Dial("unix", socket)
		if err == nil {
			c.Close()
		}
		return err
	})
}

// startPrinter starts the printer on a port that is free in IPv4; should another
// program have it in IPv6, the printer ends, and another port is tried.
func (p *Printer) startPrinter(ctx context.Context) (err error) {
	for range 5 {
		if err = p.tryPrinter(ctx); err == nil || ctx.Err() != nil {
			break
		}
	}
	return err
}

// tryPrinter starts the printer itself. It announces nothing (-r off; there
// is no network to announce to) and listens on loopback only (-n localhost).
func (p *Printer) tryPrinter(ctx context.Context) error {
	path, err := program("ippeveprinter")
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	p.Address = ln.Addr().String()
	ln.Close()
	p.URI, p.Secure = "ipp://"+p.Address+"/ipp/print", "ipps://"+p.Address+"/ipp/print"
	return p.run(ctx, path)
}

// run starts the program at the printer's address and waits until it answers.
func (p *Printer) run(ctx context.Context, path string) error {
	_, port, _ := net.SplitHostPort(p.Address)
	log, err := os.OpenFile(p.Log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	p.printer = exec.Command(path, "-p", port, "-n", "localhost", "-r", "off", "-f", "application/pdf", "-D", "file:///dev/null",
		"-d", filepath.Join(p.dir, "spool"), "-K", filepath.Join(p.dir, "keys"), "-c", p.command(), "Stand-in")
	p.printer.Env = append(os.Environ(), "DBUS_SYSTEM_BUS_ADDRESS=unix:path="+filepath.Join(p.dir, "bus"))
	p.printer.Stdout, p.printer.Stderr = log, log
	if err := oneshot.Tie(p.printer); err != nil {
		return err
	}
	ctx, over := context.WithCancel(ctx)
	defer over()
	p.ended = make(chan struct{})
	go func() { p.printer.Wait(); over(); close(p.ended) }()
	return await(ctx, func() error {
		c, err := net.Dial("tcp", p.Address)
		if err == nil {
			c.Close()
		}
		return err
	})
}

// await tries until it works, or the limit is over.
func await(ctx context.Context, try func() error) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("ippprinter: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Load lays A4 paper into every tray; Unload takes it out, which an idle
// printer says too.
func (p *Printer) Load(ctx context.Context) error { return p.trays(ctx, "250", "25") }

// Unload takes the paper out.
func (p *Printer) Unload(ctx context.Context) error { return p.trays(ctx, "0", "0") }

func (p *Printer) trays(ctx context.Context, main, second string) error {
	const a4 = "iso_a4_210x297mm"
	url := "http://" + p.Address + "/media?size1=" + a4 + "&type1=stationery&level1=" + main + "&size3=" + a4 + "&type3=stationery&level3=" + second
	return await(ctx, func() error {
		q, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		q.Close = true
		r, err := http.DefaultClient.Do(q)
		if err != nil {
			return err
		}
		defer r.Body.Close()
		_, err = io.Copy(io.Discard, r.Body) // it answers before it has done it
		return err
	})
}

// Set says how jobs go from now on.
func (p *Printer) Set(m Mode) error {
	part := filepath.Join(p.dir, ".mode")
	if err := os.WriteFile(part, []byte(string(m)+"\n"), 0o600); err != nil {
		return err
	}
	return os.Rename(part, filepath.Join(p.dir, "mode")) // whole, or not at all
}

// Tray gives the folder where paper comes out.
func (p *Printer) Tray() string { return filepath.Join(p.dir, "paper") }

// Papers gives the files that came out, in order of job and copy.
func (p *Printer) Papers() ([]string, error) {
	return filepath.Glob(filepath.Join(p.Tray(), "*.pdf"))
}

// Job is one job that reached the printer's works.
type Job struct{ ID, Name, User, Copies, Media, Sides, Format string }

// Jobs gives every job that the printer began on.
func (p *Printer) Jobs() ([]Job, error) {
	b, err := os.ReadFile(filepath.Join(p.dir, "jobs"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	var all []Job
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		if len(f) != 7 {
			return nil, fmt.Errorf("ippprinter: a job of another form: %q", line)
		}
		all = append(all, Job{f[0], f[1], f[2], f[3], f[4], f[5], f[6]})
	}
	return all, err
}

// Empty fails when a document is left in the spool.
func (p *Printer) Empty() error {
	left, err := os.ReadDir(filepath.Join(p.dir, "spool"))
	if err == nil && len(left) > 0 {
		err = fmt.Errorf("ippprinter: %d files are left in the spool", len(left))
	}
	return err
}

// Suspend makes the printer deaf: it takes connections and answers nothing.
func (p *Printer) Suspend() error { return p.printer.Process.Signal(syscall.SIGSTOP) }

// Resume ends Suspend.
func (p *Printer) Resume() error { return p.printer.Process.Signal(syscall.SIGCONT) }

// Off ends the printer as a pulled plug would.
func (p *Printer) Off() error {
	if p.ended == nil {
		return nil
	}
	p.printer.Process.Kill() // one that is gone already is as good
	<-p.ended
	return nil
}

// On gives a printer that is off its power again, at the same address and with
// paper in its trays.
func (p *Printer) On(ctx context.Context) error {
	path, err := program("ippeveprinter")
	if err != nil {
		return err
	}
	if err := p.Off(); err != nil {
		return err
	}
	return errors.Join(p.run(ctx, path), p.Load(ctx))
}

// Close ends printer and bus. What waits in the printer ends without paper.
func (p *Printer) Close() error {
	err := errors.Join(p.Set(Drop), p.Off())
	if p.bus != nil && p.bus.Process != nil {
		p.bus.Process.Kill()
		p.bus.Wait()
	}
	return err
}
