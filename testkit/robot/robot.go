// Package robot is a resident who follows the face protocol by a plan and
// remembers what was shown.
package robot

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"

	"github.com/gorilla/websocket"

	"akashi/centre/wire"
	"akashi/kiosk/face"
	"akashi/verifier/credential"
)

// Plan is what the resident does.
type Plan struct {
	Refuse  bool     // refuse the terms
	PINs    []string // typed one after the other as long as the PIN is asked for; then cancel
	Choices []Choice // one request each; then finish
	Back    int      // go back from the preview this many times, choosing the same again
	// Right is the number of a reprint right that is typed at the preview.
	Right string
	// CancelAt presses cancel when this screen comes up.
	CancelAt face.Screen
	// VanishAt closes the connection when this screen comes up.
	VanishAt face.Screen
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
	Shown  []face.Screen // in order; a screen that only changed its count once
	Tells  []face.Tell   // the same, without the pages' pictures
	Pages  [][]byte      // PNGs of the last preview
	Codes  []wire.Code   // every code shown, in order
	Code   wire.Code     // of the end screen
	Ended  bool          // an end screen came
	Papers int           // times that the paper was offered
}

// Saw reports whether a screen came up.
func (r *Record) Saw(s face.Screen) bool {
	for _, x := range r.Shown {
		if x == s {
			return true
		}
	}
	return false
}

// ErrFace says that the connection ended before the session said how it went.
var ErrFace = errors.New("robot: the face closed before the end screen")

// Dial connects as the page at origin does.
func Dial(ctx context.Context, address, origin, token string) (*websocket.Conn, error) {
	d := websocket.Dialer{Subprotocols: []string{face.Protocol, token}}
	ws, resp, err := d.DialContext(ctx, "ws://"+address+"/", http.Header{"Origin": {origin}})
	if resp != nil && resp.Body != nil {
		resp.Body.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("robot: the face does not let me in: %w", err)
	}
	ws.SetReadLimit(face.DefaultMaxTell)
	return ws, nil
}

// Follow connects to a session worker's face and follows the plan until the
// worker ends the session.
func Follow(ctx context.Context, address, origin, token string, p Plan) (Record, error) {
	ws, err := Dial(ctx, address, origin, token)
	if err != nil {
		return Record{}, err
	}
	defer ws.Close()
	defer context.AfterFunc(ctx, func() { ws.Close() })()
	r := resident{ws: ws, plan: p}
	err = r.follow()
	return r.record, err
}

// resident is a plan on its way.
type resident struct {
	ws     *websocket.Conn
	plan   Plan
	record Record
	last   uint32 // id of the Tell that was answered
	typed  int
	chosen int
	backs  int
}

func (r *resident) follow() error {
	for {
		t, err := r.hear()
		if err != nil {
			return err
		}
		if t.ID <= r.last {
			continue // only its count of digits changed
		}
		r.last = t.ID
		r.note(t)
		if t.Screen == face.End {
			return nil
		}
		if r.plan.VanishAt == t.Screen {
			return ErrFace
		}
		if err := r.react(t); err != nil {
			return err
		}
	}
}

func (r *resident) hear() (face.Tell, error) {
	kind, b, err := r.ws.ReadMessage()
	if err != nil || kind != websocket.TextMessage {
		return face.Tell{}, ErrFace
	}
	return wire.Decode[face.Tell](b, face.DefaultMaxTell)
}

func (r *resident) note(t face.Tell) {
	if t.Pages != nil {
		r.record.Pages, t.Pages = t.Pages, nil
	}
	r.record.Shown = append(r.record.Shown, t.Screen)
	r.record.Tells = append(r.record.Tells, t)
	if t.Code != wire.OK {
		r.record.Codes = append(r.record.Codes, t.Code)
	}
	switch t.Screen {
	case face.End:
		r.record.Ended, r.record.Code = true, t.Code
	case face.TakePaper:
		r.record.Papers++
	}
	if r.plan.Seen != nil {
		r.plan.Seen(t)
	}
}

// react does what the plan says at this screen.
func (r *resident) react(t face.Tell) error {
	if r.plan.CancelAt == t.Screen {
		return r.do(t, face.Act{Do: face.Cancel})
	}
	switch t.Screen {
	case face.InsertCard:
		call(r.plan.Insert)
		return nil // the card is the answer
	case face.TakeCard:
		call(r.plan.Take)
	case face.PIN:
		return r.pin(t)
	}
	if !t.Ask {
		return nil
	}
	return r.do(t, r.answer(t))
}

func call(f func()) {
	if f != nil {
		f()
	}
}

func (r *resident) answer(t face.Tell) face.Act {
	switch t.Screen {
	case face.Consent:
		if r.plan.Refuse {
			return face.Act{Do: face.Cancel}
		}
	case face.PINAgain:
		if r.typed >= len(r.plan.PINs) {
			return face.Act{Do: face.Cancel}
		}
		return face.Act{Do: face.Again}
	case face.Choose:
		return r.choose(t)
	case face.Preview:
		if r.backs < r.plan.Back {
			r.backs++
			r.chosen--
			return face.Act{Do: face.Back}
		}
		return face.Act{Do: face.Yes, Right: r.plan.Right}
	case face.Trouble:
		return r.trouble(t)
	}
	return face.Act{Do: face.Yes}
}

func (r *resident) choose(t face.Tell) face.Act {
	if r.chosen >= len(r.plan.Choices) {
		if t.Again {
			return face.Act{Do: face.Finish}
		}
		return face.Act{Do: face.Cancel}
	}
	c := r.plan.Choices[r.chosen]
	r.chosen++
	return face.Act{Do: face.Pick, Municipality: c.Municipality, Kind: c.Kind, Copies: c.Copies}
}

// trouble: before a choice was made nothing is worth another try; after one,
// the next choice is.
func (r *resident) trouble(t face.Tell) face.Act {
	if t.Again && r.chosen > 0 && r.chosen < len(r.plan.Choices) {
		return face.Act{Do: face.Again}
	}
	return face.Act{Do: face.Finish}
}

// pin presses the keys of the next PIN of the plan.
func (r *resident) pin(t face.Tell) error {
	if r.typed >= len(r.plan.PINs) {
		return r.press(t.ID, face.KeyCancel)
	}
	keys := append([]byte(r.plan.PINs[r.typed]), face.KeyEnter)
	r.typed++
	for _, k := range keys {
		if err := r.press(t.ID, k); err != nil {
			return err
		}
	}
	return nil
}

func (r *resident) press(id uint32, key byte) error {
	return r.ws.WriteMessage(websocket.BinaryMessage, append(binary.BigEndian.AppendUint32(nil, id), key))
}

func (r *resident) do(t face.Tell, a face.Act) error {
	a.ID = t.ID
	return r.ws.WriteMessage(websocket.TextMessage, wire.Encode(a))
}
