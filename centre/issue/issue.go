// Package issue is the issuing of one certificate: the named steps that run in
// the issuing worker, and both ends of the worker's talk with its launcher.
//
// The steps stand as one list in issuing.go. Each takes what the one before it
// gave, as a type of its own, so that none can be left out or come in another
// order; what the key signs is only what lint has let through (package
// centre/issue/lint). The worker is pure Go, makes one answer and ends; it
// opens no file and no connection, because all it needs was handed to it.
//
// # What stands on an overseas certificate
//
// One overseas request (海外用及び日本国内用) yields two codes, in this order:
// a SMART Health Card that names the holder in Roman letters, as Japan's did,
// and a VDS-NC with the passport number. A domestic certificate has one
// SMART Health Card with the card's name. The paper shows the card's name on
// both.
package issue

// Step is one named step of the issuing. Numbers are append-only: they stand
// in events.
type Step uint8

// The steps, in their order (DESIGN: the centre's issuing).
const (
	Admit Step = iota // the gateway's and launcher's: cleartext header only
	OpenEnvelope
	Authenticate
	QueryVRS
	Judge
	Compose
	Lint
	Sign
	VerifyOutput
	LayOut
	SignReceipt
	SealAnswer

	// NumSteps is how many there are.
	NumSteps = int(SealAnswer) + 1
)

var stepNames = [NumSteps]string{
	"admit",
	"open envelope",
	"authenticate",
	"query VRS",
	"judge the record",
	"compose",
	"lint",
	"sign",
	"verify own output",
	"lay out the sheet, sign the PDF",
	"receipt",
	"seal the answer",
}

// Steps gives the names in order. The first is done before a worker sees the
// request; the worker does the others.
func Steps() []string { return append([]string(nil), stepNames[:]...) }

// String gives the step's name.
func (s Step) String() string {
	if int(s) < NumSteps {
		return stepNames[s]
	}
	return "unknown step"
}
