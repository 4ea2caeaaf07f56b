package ipp

import (
	"context"

	"github.com/OpenPrinting/goipp"

	"akashi/printer"
)

// giveUp cancels a job that nobody waits for any more: paper that comes out
// later is found by whoever stands there then. It takes its own time, for ctx
// may be over.
func (d *Device) giveUp(ctx context.Context, id, copies int, why error) (printer.Outcome, error) {
	ctx, done := d.within(context.WithoutCancel(ctx), d.o.Limits.Cancel)
	defer done()
	if d.cancel(ctx, id) {
		if j, ok := d.gone(ctx, id); ok {
			out, err := d.judge(ctx, id, copies, j)
			if out == printer.Unknown {
				err = why
			}
			return out, err
		}
	}
	return printer.Unknown, &printer.Error{Fault: printer.Left, Cause: why}
}

// recall looks for a job of which the printer has not said a number, by the
// name that nobody else knows, and cancels it. It gives back why, or that the
// job may still be in the printer. Whatever the job did, its document may have
// been cut, so that nothing can confirm it.
func (d *Device) recall(ctx context.Context, name string, why error) error {
	ctx, done := d.within(context.WithoutCancel(ctx), d.o.Limits.Cancel)
	defer done()
	left := &printer.Error{Fault: printer.Left, Cause: why}
	ids, err := d.find(ctx, name)
	if err == nil && len(ids) == 0 && d.pause(ctx) { // it may be reading what the line still held
		ids, err = d.find(ctx, name)
	}
	if err != nil {
		return left
	}
	for _, id := range ids {
		if !d.cancel(ctx, id) {
			return left
		}
		if _, ok := d.gone(ctx, id); !ok {
			return left
		}
	}
	return why
}

// cancel tells the printer to cancel a job (RFC 8011 §4.3.3). One that is over
// already is refused as not possible, which is as good.
func (d *Device) cancel(ctx context.Context, id int) bool {
	q := d.request(goipp.OpCancelJob)
	q.Operation.Add(goipp.MakeAttr("job-id", goipp.TagInteger, goipp.Integer(id)))
	named(q)
	_, _, err := d.ask(ctx, d.o.Limits.Operation, q, nil)
	no, refused := err.(*refusal)
	return err == nil || refused && (no.status == goipp.StatusErrorNotPossible || no.status == goipp.StatusErrorNotFound)
}

// gone waits until a cancelled job is over; a printer that knows no such job
// any more has not said how it ended.
func (d *Device) gone(ctx context.Context, id int) (job, bool) {
	for {
		j, err := d.job(ctx, id)
		if no, ok := err.(*refusal); ok && no.status == goipp.StatusErrorNotFound {
			return job{state: jobCanceled}, true
		}
		if err == nil && j.over() {
			return j, true
		}
		if !d.pause(ctx) {
			return job{}, false
		}
	}
}

// find gives the jobs of a name that are not over (Get-Jobs, §4.2.6).
func (d *Device) find(ctx context.Context, name string) ([]int, error) {
	q := d.request(goipp.OpGetJobs)
	named(q)
	asking(q, []string{"job-id", "job-name"})
	q.Operation.Add(goipp.MakeAttr("which-jobs", goipp.TagKeyword, goipp.String("not-completed")))
	m, _, err := d.ask(ctx, d.o.Limits.Operation, q, nil)
	if err != nil {
		return nil, err
	}
	var ids []int
	for _, g := range m.Groups {
		a := attributes(g.Attrs)
		if g.Tag != goipp.TagJobGroup || !a.has("job-name", name) {
			continue
		}
		id, err := a.integer("job-id", goipp.TagInteger)
		if err != nil || id < 1 {
			return nil, ErrAnswer
		}
		ids = append(ids, id)
	}
	return ids, nil
}
