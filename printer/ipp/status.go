package ipp

import (
	"strings"

	"github.com/OpenPrinting/goipp"

	"akashi/printer"
)

// What a certificate needs of a printer.
const (
	paper  = "iso_a4_210x297mm" // PWG 5101.1
	format = "application/pdf"
	side   = "one-sided"
)

// asked are the attributes by which a printer is judged before a job.
var asked = []string{
	"printer-state", "printer-state-reasons", "printer-is-accepting-jobs", "ipp-versions-supported", "operations-supported",
	"document-format-supported", "media-supported", "media-ready", "sides-supported", "copies-supported",
	"print-scaling-supported", "multiple-document-handling-supported", "job-sheets-supported",
}

// state are the attributes by which it is watched during a job.
var state = asked[:3]

// printer-state (RFC 8011 §5.4.11).
const (
	idle       = 3
	processing = 4
	stopped    = 5
)

// status reads how the printer is and what keeps it from printing.
func status(a attributes) (printer.State, printer.Fault, error) {
	n, err := a.integer("printer-state", goipp.TagEnum)
	if err != nil {
		return printer.StateUnknown, printer.OtherFault, err
	}
	reasons, err := a.words("printer-state-reasons", goipp.TagKeyword)
	if err != nil || len(reasons) == 0 {
		return printer.StateUnknown, printer.OtherFault, ErrAnswer
	}
	f := known(reasons).Worst()
	if !f.Stops() && !a.accepts() {
		f = printer.Paused
	}
	switch {
	case n != idle && n != processing && n != stopped:
		return printer.StateUnknown, printer.OtherFault, ErrAnswer
	case n == stopped && !f.Stops():
		return printer.Stopped, printer.OtherFault, nil
	case n == stopped, f.Stops():
		return printer.Stopped, f, nil
	case n == processing:
		return printer.Working, f, nil
	}
	return printer.Ready, f, nil
}

// accepts is printer-is-accepting-jobs; a printer must have it, and one that
// does not say so gets none.
func (a attributes) accepts() bool {
	v := a.values("printer-is-accepting-jobs")
	if len(v) != 1 {
		return false
	}
	b, ok := v[0].V.(goipp.Boolean)
	return ok && bool(b)
}

// reasons are the printer-state-reasons (RFC 8011 §5.4.12 and the IANA
// registry) that a kiosk knows, without their severity. They count at every
// severity: a kiosk has one tray, and printers report an empty one that nobody
// prints from as "report".
var reasons = map[string]printer.Fault{
	"media-empty": printer.PaperOut, "media-needed": printer.PaperOut, "input-tray-missing": printer.PaperOut,
	"media-jam": printer.PaperJam, "cover-open": printer.CoverOpen, "door-open": printer.CoverOpen, "interlock-open": printer.CoverOpen,
	"toner-empty": printer.TonerOut, "marker-supply-empty": printer.TonerOut, "marker-supply-missing": printer.TonerOut, "developer-empty": printer.TonerOut,
	"toner-low": printer.TonerLow, "marker-supply-low": printer.TonerLow, "developer-low": printer.TonerLow,
	"output-area-full": printer.OutputFull, "output-tray-missing": printer.OutputFull, "spool-area-full": printer.StorageFull,
	"offline": printer.Unreachable, "shutdown": printer.Unreachable, "timed-out": printer.Unreachable, "connecting-to-device": printer.Unreachable,
	"paused": printer.Paused, "moving-to-paused": printer.Paused, "stopping": printer.Paused, "hold-new-jobs": printer.Paused, "deactivated": printer.Paused,
	"marker-waste-full": printer.OtherFault, "fuser-over-temp": printer.OtherFault, "fuser-under-temp": printer.OtherFault, "opc-life-over": printer.OtherFault, "other": printer.OtherFault,
}

// known gives the faults among the reasons. One that nobody here knows counts
// when its severity is error.
func known(words []string) printer.Faults {
	var found printer.Faults
	for _, w := range words {
		name, severe := strings.CutSuffix(w, "-error")
		name = strings.TrimSuffix(strings.TrimSuffix(name, "-warning"), "-report")
		switch f, ok := reasons[name]; {
		case ok:
			found |= printer.FaultsOf(f)
		case severe:
			found |= printer.FaultsOf(printer.OtherFault)
		}
	}
	return found
}

// suits checks that the printer takes what a certificate is: nothing is sent
// to one that would scale it, ask for other paper, or print it once only.
func suits(a attributes, copies int) error {
	for _, op := range []goipp.Op{goipp.OpPrintJob, goipp.OpValidateJob, goipp.OpCancelJob, goipp.OpGetJobs, goipp.OpGetJobAttributes} {
		if !a.covers("operations-supported", int(op)) {
			return ErrUnsuited
		}
	}
	ok := a.has("ipp-versions-supported", version.String()) && a.has("document-format-supported", format) && a.has("media-supported", paper) &&
		(a.has("sides-supported", side) || a.values("sides-supported") == nil) &&
		(a.covers("copies-supported", copies) || a.values("copies-supported") == nil && copies == 1)
	if !ok {
		return ErrUnsuited
	}
	if a.values("media-ready") != nil && !a.has("media-ready", paper) {
		return &printer.Error{Fault: printer.PaperOut, Cause: ErrUnsuited} // other paper lies in the tray
	}
	return nil
}

// template gives the job's attributes: what must be, and what the printer
// knows of what should be. The codes lie on the 300-dpi grid, so it must not
// scale; a cover sheet would be somebody's waste paper.
func template(a attributes, copies int) goipp.Attributes {
	t := goipp.Attributes{
		goipp.MakeAttr("copies", goipp.TagInteger, goipp.Integer(copies)),
		goipp.MakeAttr("media", goipp.TagKeyword, goipp.String(paper)),
		goipp.MakeAttr("sides", goipp.TagKeyword, goipp.String(side)),
	}
	for _, want := range []struct{ name, word string }{
		{"print-scaling", "none"}, {"multiple-document-handling", "separate-documents-collated-copies"}, {"job-sheets", "none"},
	} {
		if a.has(want.name+"-supported", want.word) {
			t.Add(goipp.MakeAttr(want.name, goipp.TagKeyword, goipp.String(want.word)))
		}
	}
	return t
}
