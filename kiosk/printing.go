package kiosk

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"akashi/centre/oneshot"
	"akashi/kiosk/press"
	"akashi/kiosk/session"
	"akashi/printer"
	"akashi/printer/folder"
	"akashi/printer/ipp"
)

// Printer says where paper comes out: into a folder, or on an IPP printer.
type Printer struct {
	Folder      string `json:"folder,omitempty"`      // each copy is a file with a random name
	IPP         string `json:"ipp,omitempty"`         // instead of folder: ipps://host[:port]/path; or ipp:// and a loopback address, for a USB printer behind ipp-usb
	Certificate string `json:"certificate,omitempty"` // PEM, for ipps: the printer's own certificate, or its authority's; nothing else is trusted
}

// ok reports whether one printer is named, with what goes with it.
func (p Printer) ok() bool {
	secure := strings.HasPrefix(p.IPP, "ipps:")
	return (p.Folder == "") != (p.IPP == "") && (p.Certificate != "") == secure
}

// network is a network printer as its print process is told of it.
func (p Printer) network() (press.Network, ipp.Target, error) {
	n := press.Network{URI: p.IPP}
	if p.IPP == "" {
		return n, ipp.Target{}, nil
	}
	if p.Certificate != "" {
		var err error
		if n.Pins, err = blocks(p.Certificate, "CERTIFICATE"); err != nil {
			return n, ipp.Target{}, err
		}
	}
	t, err := target(n)
	if err != nil {
		return n, t, fmt.Errorf("%w: printer.ipp: %w", ErrConfig, err)
	}
	return n, t, nil
}

func target(n press.Network) (ipp.Target, error) {
	var pins []*x509.Certificate
	for _, der := range n.Pins {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return ipp.Target{}, err
		}
		pins = append(pins, c)
	}
	return ipp.ParseTarget(n.URI, pins)
}

// press starts the print process of a job.
func (v *visit) press(child *os.File) error {
	p, err := v.agent.press(v.ctx, child, v.start)
	if err == nil && v.agent.config.Printer.IPP != "" {
		v.mu.Lock()
		v.presses = append(v.presses, p)
		v.mu.Unlock()
	}
	return err
}

// DefaultTakeBack is the time for a print process to take a job out of its
// network printer again that nobody waits for any more.
const DefaultTakeBack = ipp.DefaultCancel + 2*time.Second

// takeBack lets the print processes of network printers end by themselves, also
// when the worker was killed: their jobs' sockets have told them.
func (v *visit) takeBack() {
	v.mu.Lock()
	all := v.presses
	v.mu.Unlock()
	over := time.NewTimer(DefaultTakeBack)
	defer over.Stop()
	for _, p := range all {
		select {
		case <-p.Done():
		case <-over.C:
			return
		}
	}
}

// How a print process ends by its own decision, besides 0.
const (
	exitOver = 1 // it did not print, and no job of its own is in the printer
	exitLeft = 3 // it could not take its job back
)

// Exit gives the code that a process ends with for an error.
func Exit(err error) int {
	var e *printer.Error
	if errors.As(err, &e) && e.Fault == printer.Left {
		return exitLeft
	}
	return exitOver
}

// left reports whether a job may still be in a network printer. Its paper would
// come out for whoever comes next. All processes have ended.
func (v *visit) left() bool {
	return slices.ContainsFunc(v.presses, func(p *oneshot.Process) bool { return !tookBack(p.Wait()) })
}

// tookBack reports whether a print process ended as one does whose job is
// printed or taken back. Any other end says nothing of the job: the process was
// killed, panicked (exit 2), or ended in a way that nobody foresaw.
func tookBack(end error) bool {
	var exit *oneshot.ExitError
	return end == nil || errors.As(end, &exit) && exit.Code == exitOver
}

// print is the longest life of a print process.
func (s Seconds) print() time.Duration {
	if d := s.limits().Print; d > 0 {
		return d + workerSlack
	}
	return session.DefaultPrint + workerSlack
}

// dial connects to the one printer.
func (f files) dial(ctx context.Context) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, "tcp", f.printer)
}

// Print is the body of the print process: one job into a folder, or with none
// on the network printer that the agent names and connects.
func Print(ctx context.Context, dir string, unfenced bool) error {
	f := oneshot.File(0)
	conn, err := net.FileConn(f)
	if err != nil {
		return ErrHanded
	}
	f.Close()
	d, limits, err := device(dir)
	if err != nil {
		return err
	}
	limits.Unfenced = unfenced
	if err := oneshot.Fence(limits); err != nil {
		return err
	}
	return press.Serve(ctx, conn, d)
}

// device gives the printer and what its process may touch: the folder, or the
// connections that it is handed.
func device(dir string) (press.Device, oneshot.Limits, error) {
	if dir != "" {
		d, err := folder.New(dir)
		return d, oneshot.Limits{Folder: dir}, err
	}
	f := oneshot.File(1)
	defer f.Close()
	side, err := net.FileConn(f)
	if err != nil {
		return nil, oneshot.Limits{}, ErrHanded
	}
	u, ok := side.(*net.UnixConn)
	if !ok {
		return nil, oneshot.Limits{}, ErrHanded
	}
	lines, n, err := press.Join(u)
	if err != nil {
		return nil, oneshot.Limits{}, err
	}
	t, err := target(n)
	if err != nil {
		return nil, oneshot.Limits{}, errors.Join(ErrHanded, err)
	}
	return ipp.New(ipp.Options{Target: t, Dial: lines.Dial}), oneshot.Limits{}, nil
}
