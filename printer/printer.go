// Package printer is the print device's contract: its states, its faults, and
// the outcome "maybe printed", as plain types. The interface is declared where
// it is consumed.
package printer

// Job is one print stream. Its fields never reach a log, a file name or a
// spooler's job name.
type Job struct {
	PDF    []byte
	Copies int // 1 to MaxCopies
}

// MaxCopies bounds the copies of one job.
const MaxCopies = 10

// Outcome is how a job ended, as far as the device can know.
type Outcome uint8

// The outcomes. Whoever cannot be sure says Unknown: NotPrinted promises that
// no paper can come out any more, Printed that all of it did.
const (
	Unknown Outcome = iota
	NotPrinted
	Printed
)
