// Package printer is the print device's contract: its states, its faults, and
// the outcome "maybe printed", as plain types. The interface is declared where
// it is consumed.
package printer

import "errors"

// Job is one print stream. Its bytes are personal data: nothing of them gets
// into a log, and a file or a spooler's job is named by chance.
type Job struct {
	PDF    []byte
	Copies int // 1 to MaxCopies
}

// Limits of a job, so that no sender can make a device work without end.
const (
	MaxCopies     = 10
	DefaultMaxPDF = 1 << 20 // a signed certificate of two pages is a tenth of it
)

// Errors of a job that no device takes. Nothing was printed.
var (
	ErrCopies = errors.New("printer: copies must be 1 to 10; ask again with fewer")
	ErrPDF    = errors.New("printer: not a PDF of at most 1 MiB; nothing was printed")
)

// Check refuses a job that no device may take.
func (j Job) Check() error {
	switch {
	case j.Copies < 1 || j.Copies > MaxCopies:
		return ErrCopies
	case len(j.PDF) < 8 || len(j.PDF) > DefaultMaxPDF || string(j.PDF[:5]) != "%PDF-":
		return ErrPDF
	}
	return nil
}

// Outcome is how a job ended, as far as the device can know.
type Outcome uint8

// The outcomes. NotPrinted promises that no paper came out and none will;
// Printed that all of it did. Whoever cannot be sure of either says Unknown:
// cancelled while it printed, a line that broke after the job was sent, a jam
// after the first page. Unknown is the zero value, so that silence never looks
// like a promise.
const (
	Unknown    Outcome = 0
	NotPrinted Outcome = 1
	Printed    Outcome = 2
)

// String gives the constant name, e.g. "not-printed".
func (o Outcome) String() string {
	switch o {
	case NotPrinted:
		return "not-printed"
	case Printed:
		return "printed"
	}
	return "unknown"
}

// State is what a device says of itself before a job.
type State uint8

// The states. A session offers printing only when the device is Ready.
const (
	StateUnknown State = 0 // no answer
	Ready        State = 1
	Working      State = 2 // with a job of somebody else
	Stopped      State = 3 // until a person has cleared the fault
)

// Fault is what keeps a device from printing, as its status says it.
type Fault uint8

// The faults, append-only: their numbers reach the fleet's state.
const (
	NoFault     Fault = 0
	PaperOut    Fault = 1
	PaperJam    Fault = 2
	TonerOut    Fault = 3
	CoverOpen   Fault = 4
	OutputFull  Fault = 5
	Unreachable Fault = 6
	OtherFault  Fault = 7
	StorageFull Fault = 8 // the device has no room to take a job
	TonerLow    Fault = 9 // it still prints
	Aborted     Fault = 10
	Cancelled   Fault = 11 // at the printer or by it
	Busy        Fault = 12 // with another's job, for longer than a resident waits
	Paused      Fault = 13 // by a person
	Unsuited    Fault = 14 // does not print what is asked: PDF, A4, one side, so many copies
	Untrusted   Fault = 15 // another certificate than the pinned one
	Malformed   Fault = 16 // its answers break its protocol
	Left        Fault = 17 // the job may still be in it: paper can come out later
)

// Stops reports whether a fault keeps paper from coming out.
func (f Fault) Stops() bool { return f != NoFault && f != TonerLow }

var faults = map[Fault]string{
	NoFault: "no fault", PaperOut: "no paper", PaperJam: "paper jam", TonerOut: "no toner", CoverOpen: "cover open",
	OutputFull: "output tray full", Unreachable: "printer does not answer", OtherFault: "printer fault", StorageFull: "no room to print into",
	TonerLow: "toner low", Aborted: "job given up by the printer", Cancelled: "job cancelled", Busy: "printer busy", Paused: "printer paused",
	Unsuited: "printer cannot print this", Untrusted: "printer has another certificate", Malformed: "printer breaks its protocol",
	Left: "job may still be in the printer",
}

// String gives a constant text in English; texts for residents are kiosk/screen's.
func (f Fault) String() string {
	if s, ok := faults[f]; ok {
		return s
	}
	return faults[OtherFault]
}

// Error is why a job did not end as Printed. It holds nothing of the job.
type Error struct {
	Fault Fault
	Cause error // of the operating system or the line; may be nil
}

func (e *Error) Error() string {
	return "printer: " + e.Fault.String() + "; the attendant has to look at the printer before another try"
}

func (e *Error) Unwrap() error { return e.Cause }
