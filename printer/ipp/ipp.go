// Package ipp prints one certificate on a printer that speaks IPP (RFC 8010,
// 8011), over ipp and ipps, and says how it ended: printed, not printed, or
// maybe.
//
// A job goes intent → sent → confirmed or unknown. Until the first byte of the
// document nothing can be printed. After it, only the printer's own word says
// how it ended, and silence is unknown. Print-Job is sent once: there is no
// path on which a document goes out twice.
//
// The device opens nothing: it is handed each connection to the printer.
package ipp

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"time"

	"github.com/OpenPrinting/goipp"

	"akashi/printer"
)

// Bounds of a job in time, for Limits that are zero. A healthy printer needs a
// tenth of them; a session that has waited long enough ends its context, and
// the job is cancelled then.
const (
	DefaultOperation = 15 * time.Second       // one question and its answer; printers wake from sleep in 10
	DefaultSend      = 60 * time.Second       // Print-Job: a printer may take the document as slowly as it prints
	DefaultBusy      = 20 * time.Second       // until a printer with another's job is given up
	DefaultPoll      = 500 * time.Millisecond // between two looks at the job
	DefaultJob       = 140 * time.Second      // from the document's last byte to the job's end
	DefaultStuck     = 40 * time.Second       // a fault that nobody clears meanwhile: then the job is cancelled
	DefaultCancel    = 8 * time.Second        // to cancel it and see it gone; a printer ends the sheet that it has begun
)

// DefaultMaxLost bounds the looks at a job that may fail, one after another,
// by a broken line; each takes a new line.
const DefaultMaxLost = 5

// Limits bounds the waits of a job; zero values take the defaults.
type Limits struct {
	Operation, Send, Busy, Poll, Job, Stuck, Cancel time.Duration
}

func (l Limits) filled() Limits {
	for _, f := range []struct {
		v *time.Duration
		d time.Duration
	}{
		{&l.Operation, DefaultOperation}, {&l.Send, DefaultSend}, {&l.Busy, DefaultBusy}, {&l.Poll, DefaultPoll},
		{&l.Job, DefaultJob}, {&l.Stuck, DefaultStuck}, {&l.Cancel, DefaultCancel},
	} {
		if *f.v == 0 {
			*f.v = f.d
		}
	}
	return l
}

// Options say which printer and how to reach it. Now, After and Rand are the
// system's when nil.
type Options struct {
	Target Target
	Dial   func(ctx context.Context) (net.Conn, error) // a connection to the target's address; the device closes it
	Limits Limits
	Now    func() time.Time
	After  func(time.Duration) <-chan time.Time
	Rand   io.Reader
}

// Device is one printer. It does one thing at a time.
type Device struct {
	o    Options
	line *line
	id   uint32 // of the last request
}

// New makes a device; it connects when it must.
func New(o Options) *Device {
	o.Limits = o.Limits.filled()
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.After == nil {
		o.After = time.After
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	return &Device{o: o}
}

// State says whether the printer could take a job now, and all that is wrong
// with it.
func (d *Device) State(ctx context.Context) (printer.State, printer.Faults, error) {
	defer d.hangUp()
	a, err := d.attributes(ctx, asked)
	if err == nil {
		err = suits(a, 1)
	}
	if err != nil {
		var e *printer.Error
		errors.As(faulty(err), &e)
		return printer.StateUnknown, printer.FaultsOf(e.Fault), e
	}
	s, f, err := status(a)
	words, _ := a.words("printer-state-reasons", goipp.TagKeyword) // which status has read
	return s, known(words) | printer.FaultsOf(f), faulty(err)
}

// attributes asks the printer for attributes of itself (RFC 8011 §4.2.5).
func (d *Device) attributes(ctx context.Context, names []string) (attributes, error) {
	q := d.request(goipp.OpGetPrinterAttributes)
	named(q)
	asking(q, names)
	m, _, err := d.ask(ctx, d.o.Limits.Operation, q, nil)
	if err != nil {
		return nil, err
	}
	return only(m, goipp.TagPrinterGroup)
}

func (d *Device) request(op goipp.Op) *goipp.Message {
	d.id++
	return request(op, d.id, d.o.Target.URI)
}

// ask sends a request and gives the checked answer to it, on the line that is
// open or on a new one. began is the line's: whether a byte of the document
// may have left.
func (d *Device) ask(ctx context.Context, limit time.Duration, q *goipp.Message, document []byte) (m *goipp.Message, began bool, err error) {
	b, err := q.EncodeBytes()
	if err != nil {
		return nil, false, err
	}
	ctx, done := d.within(ctx, limit)
	defer done()
	if err := d.connect(ctx); err != nil {
		return nil, false, err
	}
	answer, began, err := d.line.exchange(ctx, b, document)
	if err == nil {
		m, err = answered(q, answer)
	}
	var no *refusal
	if d.line.spent || err != nil && !errors.As(err, &no) {
		d.hangUp()
	}
	return m, began, err
}

// connect sees that there is a line.
func (d *Device) connect(ctx context.Context) error {
	if d.line != nil {
		return nil
	}
	conn, err := d.o.Dial(ctx)
	if err != nil {
		return lineError(ctx, err)
	}
	d.line, err = open(ctx, conn, d.o.Target, d.o.Now)
	return err
}

func (d *Device) hangUp() {
	if d.line != nil {
		d.line.close()
		d.line = nil
	}
}

// within bounds a wait by the device's clock.
func (d *Device) within(ctx context.Context, limit time.Duration) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	over := d.o.After(limit)
	go func() {
		select {
		case <-over:
			cancel(ErrSlow)
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(context.Canceled) }
}

// pause waits between two looks; false when ctx ended first.
func (d *Device) pause(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-d.o.After(d.o.Limits.Poll):
		return true
	}
}
