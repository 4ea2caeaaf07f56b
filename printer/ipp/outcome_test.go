package ipp_test

import (
	"errors"
	"testing"

	"github.com/OpenPrinting/goipp"

	"akashi/printer"
	"akashi/printer/ipp"
)

func count(name string, n int) goipp.Attribute {
	return goipp.MakeAttr(name, goipp.TagInteger, goipp.Integer(n))
}

var never = goipp.MakeAttr("time-at-processing", goipp.TagNoValue, goipp.Void{})

// How a job ended, by what the printer says of it last.
func TestOutcomes(t *testing.T) {
	with := func(a goipp.Attributes, more ...goipp.Attribute) goipp.Attributes { return append(a, more...) }
	for name, c := range map[string]struct {
		jobs   []goipp.Attributes
		copies int
		want   printer.Outcome
		fault  printer.Fault
	}{
		"completed":                         {[]goipp.Attributes{jobSays(5, "job-printing"), jobSays(9, "job-completed-successfully")}, 1, printer.Printed, 0},
		"completed with warnings":           {[]goipp.Attributes{jobSays(9, "job-completed-with-warnings")}, 1, printer.Printed, 0},
		"completed with errors":             {[]goipp.Attributes{jobSays(9, "job-completed-with-errors")}, 1, printer.Unknown, printer.OtherFault},
		"completed by a spooler":            {[]goipp.Attributes{jobSays(9, "queued-in-device")}, 1, printer.Unknown, printer.OtherFault},
		"fewer sheets than copies":          {[]goipp.Attributes{with(jobSays(9, "none"), count("job-media-sheets-completed", 1))}, 2, printer.Unknown, printer.OtherFault},
		"as many sheets as copies":          {[]goipp.Attributes{with(jobSays(9, "none"), count("job-media-sheets-completed", 2))}, 2, printer.Printed, 0},
		"aborted":                           {[]goipp.Attributes{jobSays(8, "aborted-by-system")}, 1, printer.Unknown, printer.Aborted},
		"aborted, zero by count":            {[]goipp.Attributes{with(jobSays(8, "aborted-by-system"), count("job-impressions-completed", 0))}, 1, printer.Unknown, printer.Aborted},
		"aborted, zero, but begun":          {[]goipp.Attributes{with(jobSays(8, "aborted-by-system"), count("job-impressions-completed", 0), count("time-at-processing", 5))}, 1, printer.Unknown, printer.Aborted},
		"aborted, never begun, uncounted":   {[]goipp.Attributes{with(jobSays(8, "aborted-by-system"), never)}, 1, printer.Unknown, printer.Aborted},
		"aborted, never begun, one printed": {[]goipp.Attributes{with(jobSays(8, "aborted-by-system"), never, count("job-impressions-completed", 1))}, 1, printer.Unknown, printer.Aborted},
		"aborted, never begun, one sheet":   {[]goipp.Attributes{with(jobSays(8, "aborted-by-system"), never, count("job-impressions-completed", 0), count("job-media-sheets-completed", 1))}, 1, printer.Unknown, printer.Aborted},
		"aborted, never begun, zero":        {[]goipp.Attributes{with(jobSays(8, "aborted-by-system"), never, count("job-impressions-completed", 0))}, 1, printer.NotPrinted, printer.Aborted},
		"cancelled, never begun, zero":      {[]goipp.Attributes{with(jobSays(7, "job-canceled-at-device"), never, count("job-impressions-completed", 0), count("job-media-sheets-completed", 0))}, 1, printer.NotPrinted, printer.Cancelled},
		"cancelled, and begun after all": {[]goipp.Attributes{
			with(jobSays(7, "job-canceled-at-device"), never, count("job-impressions-completed", 0)),
			with(jobSays(5, "job-printing"), count("time-at-processing", 5), count("job-impressions-completed", 0)),
		}, 1, printer.Unknown, printer.Cancelled},
		"cancelled": {[]goipp.Attributes{jobSays(7, "job-canceled-by-operator")}, 1, printer.Unknown, printer.Cancelled},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.Jobs = c.jobs
			out, err := print(t, f.device(t, ipp.Limits{Poll: 1}), c.copies)
			if out != c.want || (err == nil) != (c.want == printer.Printed) || faultOf(err) != c.fault {
				t.Errorf("%v, %v; want %v, %v", out, err, c.want, c.fault)
			}
			if len(f.printed()) != 1 {
				t.Error("the document did not go out once")
			}
		})
	}
}

// What the printer answers to Print-Job itself.
func TestPrintJobRefused(t *testing.T) {
	for name, c := range map[string]struct {
		status goipp.Status
		job    goipp.Attributes
		want   printer.Outcome
		fault  printer.Fault
	}{
		"busy":                          {goipp.StatusErrorBusy, nil, printer.NotPrinted, printer.Busy},
		"not accepting":                 {goipp.StatusErrorNotAcceptingJobs, nil, printer.NotPrinted, printer.Paused},
		"format":                        {goipp.StatusErrorDocumentFormatNotSupported, nil, printer.NotPrinted, printer.Unsuited},
		"busy, and a job":               {goipp.StatusErrorBusy, jobSays(8, "aborted-by-system"), printer.Unknown, printer.OtherFault},
		"device error":                  {goipp.StatusErrorDevice, nil, printer.Unknown, printer.OtherFault},
		"cancelled while it was sent":   {goipp.StatusErrorJobCanceled, jobSays(7, "job-canceled-at-device"), printer.Unknown, printer.OtherFault},
		"a document it did not like":    {goipp.StatusErrorDocumentFormatError, nil, printer.Unknown, printer.OtherFault},
		"internal error":                {goipp.StatusErrorInternal, nil, printer.Unknown, printer.OtherFault},
		"a status of tomorrow":          {0x05ff, nil, printer.Unknown, printer.OtherFault},
		"accepted, but no job's number": {goipp.StatusOk, goipp.Attributes{words("job-uri", goipp.TagURI, "ipp://x/7")}, printer.Unknown, printer.Malformed},
		"accepted, job 0":               {goipp.StatusOk, goipp.Attributes{count("job-id", 0)}, printer.Unknown, printer.Malformed},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.Message = func(op goipp.Op, m *goipp.Message) {
				if op == goipp.OpPrintJob {
					m.Code, m.Job = goipp.Code(c.status), c.job
				}
			}
			out, err := print(t, f.device(t, ipp.Limits{Poll: 1}), 1)
			if out != c.want || faultOf(err) != c.fault {
				t.Errorf("%v, %v %d; want %v, %v", out, err, faultOf(err), c.want, c.fault)
			}
			if len(f.printed()) != 1 || f.times(goipp.OpGetJobs) > 0 != (c.want == printer.Unknown) {
				t.Errorf("the document went out %d times; looked for the job %d times", len(f.printed()), f.times(goipp.OpGetJobs))
			}
		})
	}
}

// A job of which the printer did not say the number is found by its name, and
// cancelled; those of others are not.
func TestRecall(t *testing.T) {
	f := newFake(t)
	var name goipp.Attribute
	f.Request = func(op goipp.Op, q *goipp.Message) {
		for _, a := range q.Operation {
			switch {
			case op == goipp.OpPrintJob && a.Name == "job-name":
				name = a
			case op == goipp.OpCancelJob && a.Name == "job-id" && a.Values.String() != "7":
				t.Errorf("job %s of another was cancelled", a.Values)
			}
		}
	}
	f.Message = func(op goipp.Op, m *goipp.Message) {
		switch op {
		case goipp.OpPrintJob:
			m.Code = goipp.Code(goipp.StatusErrorInternal)
		case goipp.OpGetJobs:
			m.Groups = goipp.Groups{{Tag: goipp.TagOperationGroup, Attrs: m.Operation},
				{Tag: goipp.TagJobGroup, Attrs: goipp.Attributes{count("job-id", 6), words("job-name", goipp.TagName, "another's")}},
				{Tag: goipp.TagJobGroup, Attrs: goipp.Attributes{count("job-id", 7), name}}}
		}
	}
	f.Jobs = []goipp.Attributes{jobSays(5, "processing-to-stop-point"), jobSays(7, "job-canceled-by-user")}
	out, err := print(t, f.device(t, ipp.Limits{Poll: 1}), 1)
	if out != printer.Unknown || faultOf(err) != printer.OtherFault || f.times(goipp.OpCancelJob) != 1 {
		t.Errorf("%v, %v; cancelled %d times", out, err, f.times(goipp.OpCancelJob))
	}
}

// A printer that cannot print what a certificate is gets none of it.
func TestUnsuited(t *testing.T) {
	none := func(name string) goipp.Attribute { return goipp.Attribute{Name: name} }
	for name, c := range map[string]struct {
		a    goipp.Attribute
		want printer.Fault
	}{
		"no PDF":                   {words("document-format-supported", goipp.TagMimeType, "image/urf", "application/pdfx"), printer.Unsuited},
		"formats unsaid":           {none("document-format-supported"), printer.Unsuited},
		"no A4":                    {words("media-supported", goipp.TagKeyword, "na_letter_8.5x11in"), printer.Unsuited},
		"A4 not in the tray":       {words("media-ready", goipp.TagKeyword, "na_letter_8.5x11in"), printer.PaperOut},
		"no single side":           {words("sides-supported", goipp.TagKeyword, "two-sided-long-edge"), printer.Unsuited},
		"one copy":                 {goipp.MakeAttr("copies-supported", goipp.TagRange, goipp.Range{Lower: 1, Upper: 1}), printer.Unsuited},
		"copies unsaid":            {none("copies-supported"), printer.Unsuited},
		"another version":          {words("ipp-versions-supported", goipp.TagKeyword, "2.0"), printer.Unsuited},
		"no Cancel-Job":            {numbers("operations-supported", goipp.TagEnum, 2, 4, 9, 10, 11), printer.Unsuited},
		"no state":                 {none("printer-state"), printer.Malformed},
		"a state of tomorrow":      {numbers("printer-state", goipp.TagEnum, 6), printer.Malformed},
		"two states":               {numbers("printer-state", goipp.TagEnum, 3, 4), printer.Malformed},
		"a state that is no enum":  {numbers("printer-state", goipp.TagInteger, 3), printer.Malformed},
		"no reasons":               {none("printer-state-reasons"), printer.Malformed},
		"reasons that are no word": {numbers("printer-state-reasons", goipp.TagEnum, 3), printer.Malformed},
		"does not accept":          {goipp.MakeAttr("printer-is-accepting-jobs", goipp.TagBoolean, goipp.Boolean(false)), printer.Paused},
		"stopped":                  {numbers("printer-state", goipp.TagEnum, 5), printer.OtherFault},
		"busy":                     {numbers("printer-state", goipp.TagEnum, 4), printer.Busy},
		"a jam":                    {words("printer-state-reasons", goipp.TagKeyword, "media-low-warning", "media-jam-error"), printer.PaperJam},
		"a door":                   {words("printer-state-reasons", goipp.TagKeyword, "toner-low-report", "door-open"), printer.CoverOpen},
		"a full tray":              {words("printer-state-reasons", goipp.TagKeyword, "output-area-full-warning"), printer.OutputFull},
		"offline":                  {words("printer-state-reasons", goipp.TagKeyword, "offline-report"), printer.Unreachable},
		"a reason of tomorrow":     {words("printer-state-reasons", goipp.TagKeyword, "flux-capacitor-empty-error"), printer.OtherFault},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.Message = func(op goipp.Op, m *goipp.Message) {
				if op == goipp.OpGetPrinterAttributes {
					m.Printer = replace(m.Printer, c.a)
				}
			}
			out, err := print(t, f.device(t, hasty), 2)
			if out != printer.NotPrinted || faultOf(err) != c.want || len(f.printed()) != 0 {
				t.Errorf("%v, %v, %d documents; want %v", out, err, len(f.printed()), c.want)
			}
		})
	}
}

// Validate-Job is the printer's last chance to refuse before it has anything.
func TestValidateRefused(t *testing.T) {
	for status, want := range map[goipp.Status]printer.Fault{
		goipp.StatusErrorAttributesOrValues: printer.Unsuited, goipp.StatusErrorBusy: printer.Busy, goipp.StatusErrorInternal: printer.OtherFault,
	} {
		f := newFake(t)
		f.Message = func(op goipp.Op, m *goipp.Message) {
			if op == goipp.OpValidateJob {
				m.Code = goipp.Code(status)
			}
		}
		if out, err := print(t, f.device(t, hasty), 1); out != printer.NotPrinted || faultOf(err) != want || !errors.Is(err, ipp.ErrRefused) || len(f.printed()) != 0 {
			t.Errorf("%v: %v, %v", status, out, err)
		}
	}
}

// A job that the printer forgets is unknown at once.
func TestForgottenJob(t *testing.T) {
	f := newFake(t)
	f.Message = func(op goipp.Op, m *goipp.Message) {
		if op == goipp.OpGetJobAttributes || op == goipp.OpCancelJob {
			m.Code, m.Job = goipp.Code(goipp.StatusErrorNotFound), nil
		}
	}
	out, err := print(t, f.device(t, ipp.Limits{Poll: 1}), 1)
	if out != printer.Unknown || !errors.Is(err, ipp.ErrRefused) || f.times(goipp.OpPrintJob) != 1 {
		t.Errorf("%v, %v", out, err)
	}
}

func TestJobsThatNoDeviceTakes(t *testing.T) {
	f := newFake(t)
	if out, err := print(t, f.device(t, hasty), 0); out != printer.NotPrinted || !errors.Is(err, printer.ErrCopies) || f.times(goipp.OpGetPrinterAttributes) != 0 {
		t.Errorf("%v, %v", out, err)
	}
}
