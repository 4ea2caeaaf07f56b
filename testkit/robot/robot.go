// Package robot is a resident who follows the face protocol by a plan and
// remembers what was shown.
package robot

import (
	"context"
	"errors"

	"akashi/centre/wire"
	"akashi/kiosk/face"
	"akashi/verifier/credential"
)

// Plan is what the resident does.
type Plan struct {
	Refuse  bool     // refuse the terms
	PINs    []string // typed one after the other as long as the PIN is asked for; then cancel
	Choices []Choice // one request each; then finish
	Back    int      // go back from the preview this many times before confirming
	Decline bool     // cancel at the preview
	// CancelAt presses cancel when this screen comes up.
	CancelAt face.Screen
	// Insert and Take are called when the screen asks for the card, or to take
	// it; nil: nobody moves a card.
	Insert, Take func()
	// Seen is called with each Tell as it comes up; nil: nobody watches.
	Seen func(face.Tell)
}

// Choice is one request.
type Choice struct {
	Municipality string
	Kind         credential.Kind
	Copies       int
}

// Record is what was shown and how it ended.
type Record struct {
	Shown []face.Tell // without the pages' pictures
	Pages [][]byte    // PNGs of the last preview
	Codes []wire.Code // every code shown, in order; the last is the end's
	Ended bool        // an end screen came
}

// Follow connects to a session worker's face and follows the plan until the
// worker ends the session.
func Follow(ctx context.Context, address, origin, token string, p Plan) (Record, error) {
	return Record{}, errors.New("robot: no face yet")
}
