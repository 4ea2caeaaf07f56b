package ipp

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"time"

	"github.com/OpenPrinting/goipp"

	"akashi/printer"
)

// Print prints a job once. NotPrinted is said only as long as no byte of the
// document can have left, when the printer refused the job before there was
// one, or when it promises that it never began on it; every other end but a
// confirmed one is Unknown. An error is a *printer.Error, or one of the job's
// own. A ctx that ends has the job cancelled at the printer.
func (d *Device) Print(ctx context.Context, j printer.Job) (printer.Outcome, error) {
	if err := j.Check(); err != nil {
		return printer.NotPrinted, err
	}
	defer d.hangUp()
	name, err := d.name()
	if err != nil {
		return printer.NotPrinted, faulty(err)
	}
	t, err := d.intent(ctx, name, j.Copies)
	if err != nil {
		return printer.NotPrinted, faulty(err)
	}
	id, began, err := d.send(ctx, name, t, j.PDF)
	switch {
	case err == nil:
		return d.follow(ctx, id, j.Copies)
	case !began:
		return printer.NotPrinted, faulty(err)
	}
	var no *refusal
	if errors.As(err, &no) {
		if f, ok := refusedBefore[no.status]; ok && id == 0 {
			return printer.NotPrinted, &printer.Error{Fault: f, Cause: err}
		}
	}
	return printer.Unknown, d.recall(ctx, name, faulty(err))
}

// name is 128 random bits: the printer's log and display show it.
func (d *Device) name() (string, error) {
	var b [16]byte
	_, err := io.ReadFull(d.o.Rand, b[:])
	return hex.EncodeToString(b[:]), err
}

// intent waits until the printer is free, and has it check the job without
// its document (Validate-Job, RFC 8011 §4.2.3).
func (d *Device) intent(ctx context.Context, name string, copies int) (goipp.Attributes, error) {
	a, err := d.free(ctx, copies)
	if err != nil {
		return nil, err
	}
	t := template(a, copies)
	_, _, err = d.ask(ctx, d.o.Limits.Operation, d.creation(goipp.OpValidateJob, name, t), nil)
	var no *refusal
	if errors.As(err, &no) {
		f, ok := refusedBefore[no.status]
		if !ok {
			f = printer.OtherFault
		}
		return nil, &printer.Error{Fault: f, Cause: err}
	}
	return t, err
}

// free waits for a printer that is idle: a certificate does not stand in a
// queue behind another's job.
func (d *Device) free(ctx context.Context, copies int) (attributes, error) {
	began := d.o.Now()
	for {
		a, err := d.attributes(ctx, asked)
		if err != nil {
			return nil, err
		}
		s, f, err := status(a)
		switch {
		case err != nil:
			return nil, err
		case s == printer.Stopped:
			return nil, &printer.Error{Fault: f, Cause: ErrStopped}
		}
		if err := suits(a, copies); err != nil || s == printer.Ready {
			return a, err
		}
		if d.o.Now().Sub(began) >= d.o.Limits.Busy || !d.pause(ctx) {
			return nil, ErrBusy
		}
	}
}

// creation is Validate-Job or Print-Job, which take the same attributes
// (§4.2.1.1). With fidelity the printer refuses what it cannot do rather than
// print something else.
func (d *Device) creation(op goipp.Op, name string, t goipp.Attributes) *goipp.Message {
	q := d.request(op)
	named(q)
	q.Operation.Add(goipp.MakeAttr("job-name", goipp.TagName, goipp.String(name)))
	q.Operation.Add(goipp.MakeAttr("ipp-attribute-fidelity", goipp.TagBoolean, goipp.Boolean(true)))
	q.Operation.Add(goipp.MakeAttr("document-format", goipp.TagMimeType, goipp.String(format)))
	q.Job = t
	return q
}

// send is the one place where a document leaves. It gives the job's number, if
// the printer named one.
func (d *Device) send(ctx context.Context, name string, t goipp.Attributes, pdf []byte) (id int, began bool, err error) {
	m, began, err := d.ask(ctx, d.o.Limits.Send, d.creation(goipp.OpPrintJob, name, t), pdf)
	if m != nil {
		if a, e := only(m, goipp.TagJobGroup); e == nil {
			if n, e := a.integer("job-id", goipp.TagInteger); e == nil && n > 0 {
				id = n
			}
		}
	}
	if err == nil && id == 0 {
		err = ErrAnswer
	}
	return id, began, err
}

// follow looks at the job until it is over, or too long on its way.
func (d *Device) follow(ctx context.Context, id, copies int) (printer.Outcome, error) {
	c, done := d.within(ctx, d.o.Limits.Job)
	defer done()
	lost := 0
	var since time.Time // that a fault stands
	for {
		j, err := d.job(c, id)
		switch {
		case err == nil && j.over():
			return d.judge(ctx, id, copies, j)
		case err == nil:
			lost = 0
		case errors.Is(err, ErrLine), errors.Is(err, ErrSlow):
			lost++
		default: // it has forgotten the job, or cannot be understood
			lost = DefaultMaxLost + 1
		}
		if lost > DefaultMaxLost {
			return d.giveUp(ctx, id, copies, faulty(err))
		}
		now := d.o.Now()
		f := d.trouble(c)
		if !f.Stops() {
			since = time.Time{}
		} else if since.IsZero() {
			since = now
		}
		stuck := !since.IsZero() && now.Sub(since) >= d.o.Limits.Stuck
		if stuck || !d.pause(c) {
			return d.giveUp(ctx, id, copies, &printer.Error{Fault: either(f, printer.OtherFault), Cause: ErrGaveUp})
		}
	}
}

// job asks how a job is (§4.3.4).
func (d *Device) job(ctx context.Context, id int) (job, error) {
	q := d.request(goipp.OpGetJobAttributes)
	q.Operation.Add(goipp.MakeAttr("job-id", goipp.TagInteger, goipp.Integer(id)))
	named(q)
	asking(q, followed)
	m, _, err := d.ask(ctx, d.o.Limits.Operation, q, nil)
	if err != nil {
		return job{}, err
	}
	return readJob(m, id)
}

// trouble gives what keeps the printer from going on; no fault when it does
// not say.
func (d *Device) trouble(ctx context.Context) printer.Fault {
	a, err := d.attributes(ctx, state)
	if err != nil {
		return printer.NoFault
	}
	_, f, err := status(a)
	if err != nil {
		return printer.NoFault
	}
	return f
}

// judge says what an ended job's paper is. "Nothing was printed" must be said
// twice: printers were seen to call a job cancelled that they began just then.
func (d *Device) judge(ctx context.Context, id, copies int, j job) (printer.Outcome, error) {
	if j.whole(copies) {
		return printer.Printed, nil
	}
	if j.state == jobCompleted {
		return printer.Unknown, &printer.Error{Fault: printer.OtherFault, Cause: ErrDoubt}
	}
	e := &printer.Error{Fault: either(d.trouble(ctx), j.fault()), Cause: ErrEnded}
	if j.untouched() && d.pause(ctx) {
		if again, err := d.job(ctx, id); err == nil && again.untouched() {
			return printer.NotPrinted, e
		}
	}
	return printer.Unknown, e
}

// either gives a fault that stops the printer, or the other.
func either(f, other printer.Fault) printer.Fault {
	if f.Stops() {
		return f
	}
	return other
}
