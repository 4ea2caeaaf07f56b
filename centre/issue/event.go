package issue

import "akashi/centre/wire"

// Reservation is what became of the certificate ID that VRS reserved.
type Reservation uint8

// The reservations. Numbers are append-only.
const (
	NotReserved Reservation = 0 // nothing was reserved
	Handed      Reservation = 1 // the answer was sealed; the kiosk settles
	Voided      Reservation = 2 // a later step failed, VRS has voided the ID
	VoidUnheard Reservation = 3 // a later step failed, VRS did not say that it voided the ID
)

// Event is all that leaves the worker in clear about one request: numbers
// only, so that no text from outside and no personal data can get into the
// audit.
type Event struct {
	Code        wire.Code        `json:"code"`
	At          Step             `json:"at"`          // the step that ended it; SealAnswer when none failed
	Reservation Reservation      `json:"reservation"` // of the certificate ID
	Micros      [NumSteps]uint32 `json:"micros"`      // duration of each step, microseconds; 0: not done here
}
