// Package session is the resident's steps from consent to wipe, in one order
// that no input can change; it has no screen and no device of its own.
package session

// Step is one named step of a resident's session.
type Step uint8

// The steps, in their order (DESIGN: the resident's session).
const (
	Consent Step = iota
	CardPresent
	CardChecked
	PIN
	Open
	Read
	Challenge
	VerifyRecords
	CardRemoved
	Choose
	Request
	Answer
	LastLook
	Preview
	Authorise
	Print
	Capture
	Settle
	Wipe
	steps // their number
)

// Steps lists every step in order, by the name that the README and the demo
// print. First and Last of the bracket repeat for each request.
var Steps = [steps]string{
	"consent", "card present", "card checked", "PIN", "open", "read", "challenge",
	"verify the card's records", "card removed",
	"municipality, kind, copies", "request", "answer", "last look", "preview and confirm",
	"authorise payment", "print", "capture payment", "settle",
	"wipe",
}

// String gives the step's name.
func (s Step) String() string {
	if s < steps {
		return Steps[s]
	}
	return "unknown"
}
