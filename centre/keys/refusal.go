package keys

import "akashi/centre/wire"

// Refusal is why the key process did not do what it was asked. Numbers are
// append-only and cross its sockets.
type Refusal uint8

// The refusals.
const (
	Malformed       Refusal = 1
	WrongVersion    Refusal = 2
	NotLauncher     Refusal = 3
	UnknownSession  Refusal = 4
	SessionExists   Refusal = 5
	TooManySessions Refusal = 6
	PurposeDenied   Refusal = 7
	Spent           Refusal = 8
	Expired         Refusal = 9
	RateCap         Refusal = 10
	KeyFault        Refusal = 11
	KeyEnded        Refusal = 12
)

var refusals = map[Refusal]string{
	Malformed:       "not a request of this protocol; both ends must be of one build",
	WrongVersion:    "another version of the protocol; install one build at both ends",
	NotLauncher:     "the caller's user may not open sessions; name it in the key process's configuration",
	UnknownSession:  "no such session; it ended or was never opened: open a new one",
	SessionExists:   "a session of this id is open; choose a fresh id",
	TooManySessions: "as many sessions are open as may be; come back later",
	PurposeDenied:   "this caller may not sign for this purpose",
	Spent:           "the session has had every signature for this purpose",
	Expired:         "the session has reached its age; open a new one",
	RateCap:         "the signatures of this minute are used up; come back later",
	KeyFault:        "the key did not sign; look at the key process's key store",
	KeyEnded:        "no key may sign for this purpose now; look at `keys list`, and rotate",
}

// Error gives the constant text.
func (r Refusal) Error() string {
	if t, ok := refusals[r]; ok {
		return "keys: " + t
	}
	return "keys: an unknown refusal; install one build at both ends"
}

// Unwrap maps the refusal to the code that crosses the wire: where waiting
// helps it is Busy, everywhere else KeyRefused.
func (r Refusal) Unwrap() error {
	if r == RateCap || r == TooManySessions {
		return wire.Busy
	}
	return wire.KeyRefused
}
