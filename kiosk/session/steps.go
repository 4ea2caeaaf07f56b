// Package session is the resident's steps from consent to wipe, in one order
// that no input can change; it has no screen and no device of its own.
package session

import "context"

// Step is one named step of a resident's session.
type Step uint8

// The steps, in their order (DESIGN: the resident's session). Choose to Settle
// repeat for each request.
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
// print.
var Steps = [NumSteps]string{
	Consent: "consent", CardPresent: "card present", CardChecked: "card checked", PIN: "PIN",
	Open: "open", Read: "read", Challenge: "challenge",
	VerifyRecords: "verify the card's records", CardRemoved: "card removed",
	Choose: "municipality, kind, copies", Request: "request", Answer: "answer",
	LastLook: "last look", Preview: "preview and confirm", Authorise: "authorise payment",
	Print: "print", Capture: "capture payment", Settle: "settle",
	Wipe: "wipe",
}

// way is what each step does. A step gives the way on; an error leads out.
var way = [steps]func(*run, context.Context) (turn, error){
	Consent: (*run).consent, CardPresent: (*run).cardPresent, CardChecked: (*run).cardChecked, PIN: (*run).pin,
	Open: (*run).open, Read: (*run).read, Challenge: (*run).challenge,
	VerifyRecords: (*run).verifyRecords, CardRemoved: (*run).cardRemoved,
	Choose: (*run).choose, Request: (*run).request, Answer: (*run).answer,
	LastLook: (*run).lastLook, Preview: (*run).preview, Authorise: (*run).authorise,
	Print: (*run).print, Capture: (*run).capture, Settle: (*run).settle,
	Wipe: (*run).wipe,
}

// turn is how a step ended: with the one after it, or by one of the few other
// ways that the order knows.
type turn uint8

const (
	on     turn = iota // the step after this one
	anew               // card checked -> card present: the card was laid badly, no PIN try was used
	drop               // a request ends before the paper: -> settle
	finish             // the resident is done: -> wipe
	back               // the resident goes back: before anything is read -> consent, from the payment -> preview
)

// next gives the step that follows s by a turn. A turn that s does not have is
// refused, so that no path skips a step: the paper is only reached through
// every step before it, and whatever ends early goes through settle or wipe.
func next(s Step, t turn) (Step, bool) {
	switch {
	case t == on && s == Settle:
		return Choose, true
	case t == on && s < Wipe:
		return s + 1, true
	case t == anew && s == CardChecked:
		return CardPresent, true
	case t == back && (s == CardPresent || s == PIN):
		return Consent, true
	case t == back && s == Authorise:
		return Preview, true
	case t == drop && s >= Request && s <= Preview:
		return Settle, true
	case t == finish && (s == Choose || s == Settle):
		return Wipe, true
	}
	return Wipe, false
}

// String gives the step's name.
func (s Step) String() string {
	if s < steps {
		return Steps[s]
	}
	return "unknown"
}
