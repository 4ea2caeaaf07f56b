package robot_test

import (
	"context"
	"encoding/binary"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"akashi/centre/wire"
	"akashi/kiosk/face"
	"akashi/testkit/robot"
	"akashi/verifier/credential"
)

const token, origin = "a-token", "http://kiosk.invalid"

// worker is a session worker's face that follows a script: it shows one screen
// after the other and keeps what the robot did at each.
type worker struct {
	script []face.Tell
	acts   []face.Act
	keys   []string      // of each PIN screen
	stay   chan struct{} // not nil: the face stays open after the script until it closes
}

// serve gives the address of the worker's face.
func (w *worker) serve(t *testing.T) string {
	t.Helper()
	up := websocket.Upgrader{Subprotocols: []string{face.Protocol}, CheckOrigin: func(r *http.Request) bool {
		return r.Header.Get("Origin") == origin && slices.Contains(websocket.Subprotocols(r), token)
	}}
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		ws, err := up.Upgrade(rw, r, nil)
		if err != nil {
			return
		}
		defer ws.Close()
		for i, tell := range w.script {
			tell.ID = uint32(i + 1)
			if ws.WriteMessage(websocket.TextMessage, wire.Encode(tell)) != nil || !w.hear(t, ws, tell) {
				return
			}
		}
		if w.stay != nil {
			<-w.stay
		}
	}))
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}

// hear takes what belongs to a screen; false: the robot has gone.
func (w *worker) hear(t *testing.T, ws *websocket.Conn, tell face.Tell) bool {
	if tell.Screen == face.PIN {
		keys := ""
		for !strings.HasSuffix(keys, string(face.KeyEnter)) && !strings.HasSuffix(keys, string(face.KeyCancel)) {
			kind, b, err := ws.ReadMessage()
			if err != nil {
				return false
			}
			if kind != websocket.BinaryMessage || len(b) != 5 || binary.BigEndian.Uint32(b) != tell.ID {
				t.Errorf("at the PIN came %d %x", kind, b)
				return false
			}
			keys += string(b[4])
		}
		w.keys = append(w.keys, keys)
		return true
	}
	if !tell.Ask {
		return true
	}
	_, b, err := ws.ReadMessage()
	if err != nil {
		return false
	}
	act, err := wire.Decode[face.Act](b, face.DefaultMaxAct)
	if err != nil || act.ID != tell.ID {
		t.Errorf("at %s came %s: %v", tell.Screen, b, err)
	}
	w.acts = append(w.acts, act)
	return true
}

func (w *worker) did() []face.Do {
	var all []face.Do
	for _, a := range w.acts {
		all = append(all, a.Do)
	}
	return all
}

func TestAnswersInOrder(t *testing.T) {
	w := &worker{script: []face.Tell{
		{Screen: face.Consent, Ask: true}, {Screen: face.InsertCard}, {Screen: face.PIN},
		{Screen: face.PINAgain, Ask: true, Code: wire.PINWrong}, {Screen: face.PIN}, {Screen: face.TakeCard},
		{Screen: face.Choose, Ask: true}, {Screen: face.Preview, Ask: true}, {Screen: face.Choose, Ask: true},
		{Screen: face.Preview, Ask: true}, {Screen: face.TakePaper, Ask: true}, {Screen: face.Choose, Ask: true, Again: true},
		{Screen: face.End},
	}}
	moved := ""
	got, err := robot.Follow(t.Context(), w.serve(t), origin, token, robot.Plan{
		PINs: []string{"0000", "1234"}, Back: 1,
		Choices: []robot.Choice{{Municipality: "992011", Kind: credential.Domestic, Copies: 2}},
		Insert:  func() { moved += "in" }, Take: func() { moved += " out" },
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []face.Do{face.Yes, face.Again, face.Pick, face.Back, face.Pick, face.Yes, face.Yes, face.Finish}
	if !slices.Equal(w.did(), want) {
		t.Errorf("it did %v, want %v", w.did(), want)
	}
	if !slices.Equal(w.keys, []string{"0000\r", "1234\r"}) || moved != "in out" {
		t.Errorf("keys %q, card %q", w.keys, moved)
	}
	if a := w.acts[4]; a.Municipality != "992011" || a.Copies != 2 || a.Kind != credential.Domestic {
		t.Errorf("it chose %+v", a)
	}
	if !got.Ended || got.Code != wire.OK || got.Papers != 1 || len(got.Shown) != len(w.script) || !slices.Equal(got.Codes, []wire.Code{wire.PINWrong}) {
		t.Errorf("it remembers %+v", got)
	}
}

// A screen that the plan has nothing for is answered with no: the robot types
// no PIN twice and chooses nothing that nobody planned.
func TestUnplannedScreensAreRefused(t *testing.T) {
	for _, c := range []struct {
		name string
		tell face.Tell
		plan robot.Plan
		want face.Do
		keys string
	}{
		{"terms", face.Tell{Screen: face.Consent, Ask: true}, robot.Plan{Refuse: true}, face.Cancel, ""},
		{"a PIN without one", face.Tell{Screen: face.PIN}, robot.Plan{}, "", string(face.KeyCancel)},
		{"the PIN again", face.Tell{Screen: face.PINAgain, Ask: true}, robot.Plan{}, face.Cancel, ""},
		{"a choice", face.Tell{Screen: face.Choose, Ask: true}, robot.Plan{}, face.Cancel, ""},
		{"trouble", face.Tell{Screen: face.Trouble, Ask: true, Again: true}, robot.Plan{}, face.Finish, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := &worker{script: []face.Tell{c.tell, {Screen: face.End, Code: wire.Cancelled}}}
			got, err := robot.Follow(t.Context(), w.serve(t), origin, token, c.plan)
			if err != nil || got.Code != wire.Cancelled {
				t.Fatalf("%+v, %v", got, err)
			}
			if c.keys != strings.Join(w.keys, "") || c.want != "" && !slices.Equal(w.did(), []face.Do{c.want}) {
				t.Errorf("it did %v, keys %q", w.did(), w.keys)
			}
		})
	}
}

func TestNoWayIn(t *testing.T) {
	w := &worker{script: []face.Tell{{Screen: face.End}}}
	if _, err := robot.Follow(t.Context(), w.serve(t), origin, "another", robot.Plan{}); err == nil {
		t.Error("a wrong token was let in")
	}
}

// A face that breaks off, or says what is no message, is no end.
func TestBrokenOff(t *testing.T) {
	w := &worker{script: []face.Tell{{Screen: face.Reading}}}
	if got, err := robot.Follow(t.Context(), w.serve(t), origin, token, robot.Plan{}); !errors.Is(err, robot.ErrFace) || got.Ended {
		t.Errorf("%v, ended %v", err, got.Ended)
	}
}

func TestContextEndsIt(t *testing.T) {
	w := &worker{script: []face.Tell{{Screen: face.Reading}}, stay: make(chan struct{})}
	address := w.serve(t)
	defer close(w.stay)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := robot.Follow(ctx, address, origin, token, robot.Plan{Seen: func(face.Tell) { stop() }})
		ended <- err
	}()
	select {
	case err := <-ended:
		if !errors.Is(err, robot.ErrFace) {
			t.Errorf("it ended with %v", err)
		}
	case <-time.After(time.Minute):
		t.Error("it does not end with its context")
	}
}
