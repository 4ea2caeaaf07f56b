package ipp

import (
	"slices"

	"github.com/OpenPrinting/goipp"

	"akashi/printer"
)

// followed are the attributes by which a job is judged.
var followed = []string{
	"job-id", "job-state", "job-state-reasons", "time-at-processing", "job-impressions-completed", "job-media-sheets-completed",
}

// job-state (RFC 8011 §5.3.7). From canceled on nothing changes any more.
const (
	jobPending    = 3
	jobHeld       = 4
	jobProcessing = 5
	jobStopped    = 6
	jobCanceled   = 7
	jobAborted    = 8
	jobCompleted  = 9
)

// job is what the printer says of a job.
type job struct {
	state   int
	reasons []string
	idle    bool // it never was in processing
	zero    bool // it counts impressions, and there are none
	sheets  int  // completed; -1: it does not say
}

// readJob reads the job that was asked for.
func readJob(m *goipp.Message, id int) (job, error) {
	a, err := only(m, goipp.TagJobGroup)
	if err != nil {
		return job{}, err
	}
	of, err := a.integer("job-id", goipp.TagInteger)
	if err != nil || of != id {
		return job{}, ErrAnswer
	}
	j := job{sheets: -1}
	if j.state, err = a.integer("job-state", goipp.TagEnum); err != nil || j.state < jobPending || j.state > jobCompleted {
		return job{}, ErrAnswer
	}
	if j.reasons, err = a.words("job-state-reasons", goipp.TagKeyword); err != nil || len(j.reasons) == 0 {
		return job{}, ErrAnswer
	}
	if n, err := a.integer("job-media-sheets-completed", goipp.TagInteger); err == nil {
		j.sheets = n
	}
	n, err := a.integer("job-impressions-completed", goipp.TagInteger)
	j.zero = err == nil && n == 0
	j.idle = a.none("time-at-processing")
	return j, nil
}

// over reports whether the printer is done with the job, one way or another.
func (j job) over() bool { return j.state >= jobCanceled }

// untouched reports that the printer promises that nothing of an ended job was
// printed: it was never processed and no impression was completed.
//
// A count of zero alone is no such promise. An impression counts as completed
// when it is marked and stacked (RFC 8011 §5.3.18.2), so a sheet that lies half
// out of the printer with a name on it counts zero. But time-at-processing is
// a required attribute that is 'no-value' exactly as long as the job has never
// been processing (§5.3.14.2), and marking is processing (§5.3.7).
func (j job) untouched() bool {
	return (j.state == jobCanceled || j.state == jobAborted) && j.idle && j.zero && j.sheets <= 0
}

// whole reports whether a completed job came out, all of it. A device behind
// the printer that cannot report back, an error on the way, or fewer sheets
// than copies leave it open (§5.3.8, §5.3.18.3).
func (j job) whole(copies int) bool {
	for _, r := range []string{"job-completed-with-errors", "queued-in-device", "errors-detected", "document-format-error", "unsupported-document-format"} {
		if slices.Contains(j.reasons, r) {
			return false
		}
	}
	return j.state == jobCompleted && (j.sheets <= 0 || j.sheets >= copies)
}

// fault is how an ended job that did not come out whole is told.
func (j job) fault() printer.Fault {
	switch j.state {
	case jobCanceled:
		return printer.Cancelled
	case jobAborted:
		return printer.Aborted
	}
	return printer.OtherFault
}

// refusedBefore are the statuses with which a printer refuses Print-Job before
// there is a job, so that nothing can be printed (RFC 8011 §4.2.1.2 and
// appendix B.1). Others can come after a part of the document was printed:
// device-error, document-format-error, job-canceled, internal-error.
var refusedBefore = map[goipp.Status]printer.Fault{
	goipp.StatusErrorBadRequest: printer.OtherFault, goipp.StatusErrorForbidden: printer.OtherFault,
	goipp.StatusErrorNotAuthenticated: printer.OtherFault, goipp.StatusErrorNotAuthorized: printer.OtherFault,
	goipp.StatusErrorRequestEntity: printer.Unsuited, goipp.StatusErrorRequestValue: printer.Unsuited,
	goipp.StatusErrorDocumentFormatNotSupported: printer.Unsuited, goipp.StatusErrorAttributesOrValues: printer.Unsuited,
	goipp.StatusErrorConflicting: printer.Unsuited, goipp.StatusErrorCharset: printer.Unsuited,
	goipp.StatusErrorOperationNotSupported: printer.Unsuited, goipp.StatusErrorVersionNotSupported: printer.Unsuited,
	goipp.StatusErrorNotAcceptingJobs: printer.Paused, goipp.StatusErrorPrinterIsDeactivated: printer.Paused,
	goipp.StatusErrorBusy: printer.Busy, goipp.StatusErrorTooManyJobs: printer.Busy,
}
