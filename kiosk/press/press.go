// Package press is the one-shot print process: it takes one whole print
// stream from a pipe, gives it to the printer once, and says how it ended; or
// it looks whether the printer could take one.
package press

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"time"

	"akashi/centre/wire"
	"akashi/printer"
)

// DefaultMaxJob bounds one print stream in bytes: what one answer can carry.
const DefaultMaxJob = wire.DefaultMaxAnswer

// Errors of a job that did not end with a known outcome.
var (
	ErrJob  = errors.New("press: not one job of the agreed form and size; nothing was printed; use the same release for both processes")
	ErrFeed = errors.New("press: the print process ended before it had the whole job; nothing was printed; start it again")
	ErrLook = errors.New("press: the print process ended before it had said how the printer is; look at the printer")
	ErrLost = errors.New("press: the print process ended without a word; maybe printed: look in the tray")
)

// Device is a printer's driver.
type Device interface {
	Print(ctx context.Context, j printer.Job) (printer.Outcome, error)
	State(ctx context.Context) (printer.State, printer.Faults, error)
}

// The form: copies (1 byte), length (4 bytes, big endian), the stream. The
// answer is two bytes, the outcome and the fault that explains it. Nothing but
// zeros asks for the printer's state: its answer is that (1 byte) and the set
// of its faults (4 bytes, big endian).
const (
	header = 5
	looked = 5
)

// Serve takes one job from conn, prints it when it has all of it, answers the
// outcome and returns. A job that is cut short is never printed; one that
// nobody waits for any more has its device's context ended.
func Serve(ctx context.Context, conn net.Conn, d Device) error {
	defer conn.Close()
	job, err := take(conn)
	if err != nil {
		return err
	}
	if job.Copies == 0 {
		state, faults, err := d.State(ctx)
		_, werr := conn.Write(binary.BigEndian.AppendUint32([]byte{byte(state)}, uint32(faults)))
		return errors.Join(err, werr)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() { // nothing more comes but the end
		conn.Read(make([]byte, 1))
		cancel()
	}()
	out, err := d.Print(ctx, job)
	clear(job.PDF)
	if _, werr := conn.Write([]byte{byte(out), byte(faultOf(err))}); err == nil {
		err = werr
	}
	return err
}

// faultOf gives the fault in a device's error.
func faultOf(err error) printer.Fault {
	var e *printer.Error
	switch {
	case err == nil:
		return printer.NoFault
	case errors.As(err, &e):
		return e.Fault
	}
	return printer.OtherFault
}

func take(r io.Reader) (printer.Job, error) {
	var h [header]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		return printer.Job{}, ErrJob
	}
	n := binary.BigEndian.Uint32(h[1:])
	if h[0] == 0 && n == 0 {
		return printer.Job{}, nil
	}
	if h[0] < 1 || h[0] > printer.MaxCopies || n < 1 || n > DefaultMaxJob {
		return printer.Job{}, ErrJob
	}
	job := printer.Job{PDF: make([]byte, n), Copies: int(h[0])}
	if _, err := io.ReadFull(r, job.PDF); err != nil {
		clear(job.PDF)
		return printer.Job{}, ErrJob
	}
	return job, nil
}

// Look asks the print process at the other end of conn how its printer is.
func Look(ctx context.Context, conn net.Conn) (printer.State, printer.Faults, error) {
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	var out [looked]byte
	if _, err := conn.Write(make([]byte, header)); err != nil {
		return printer.StateUnknown, printer.FaultsOf(printer.OtherFault), ErrLook
	}
	if _, err := io.ReadFull(conn, out[:]); err != nil {
		return printer.StateUnknown, printer.FaultsOf(printer.OtherFault), ErrLook
	}
	return printer.State(out[0]), printer.Faults(binary.BigEndian.Uint32(out[1:])), nil
}

// Feed gives one job to the print process at the other end of conn and waits
// for its outcome. As long as the process cannot have the whole job, the
// outcome is NotPrinted; afterwards silence is Unknown.
func Feed(ctx context.Context, conn net.Conn, j printer.Job) (printer.Outcome, error) {
	defer conn.Close()
	if j.Copies < 1 || j.Copies > printer.MaxCopies || len(j.PDF) < 1 || len(j.PDF) > DefaultMaxJob {
		return printer.NotPrinted, ErrJob
	}
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	h := [header]byte{byte(j.Copies)}
	binary.BigEndian.PutUint32(h[1:], uint32(len(j.PDF)))
	if _, err := conn.Write(h[:]); err != nil {
		return printer.NotPrinted, ErrFeed
	}
	if n, err := conn.Write(j.PDF); err != nil && n < len(j.PDF) {
		return printer.NotPrinted, ErrFeed
	}
	var out [2]byte
	_, err := io.ReadFull(conn, out[:])
	if err != nil {
		return printer.Unknown, ErrLost
	}
	o, fault := printer.Outcome(out[0]), printer.Fault(out[1])
	if o != printer.Printed && o != printer.NotPrinted {
		o, err = printer.Unknown, ErrLost
	}
	if fault != printer.NoFault {
		err = &printer.Error{Fault: fault, Cause: err}
	}
	return o, err
}
