package face_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"akashi/centre/wire"
	"akashi/kiosk/face"
)

// pipes is a listener at which only a test in the same bubble connects: there a
// wait of minutes takes no time, which real sockets would hold up.
type pipes chan net.Conn

func (p pipes) Close() error   { return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

func (p pipes) Accept() (net.Conn, error) {
	if c, ok := <-p; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}

// piped gives both ends of an admitted face, in a bubble.
func piped(t *testing.T) (*face.Conn, *websocket.Conn) {
	t.Helper()
	ln := make(pipes, 1)
	ours, theirs := net.Pipe()
	ln <- theirs
	close(ln)
	got := make(chan *face.Conn, 1)
	go func() {
		c, _ := face.Door{Token: "one-time", Origin: origin}.Accept(t.Context(), ln)
		got <- c
	}()
	d := websocket.Dialer{
		Subprotocols:   []string{face.Protocol, "one-time"},
		NetDialContext: func(context.Context, string, string) (net.Conn, error) { return ours, nil },
	}
	ws, _, err := d.DialContext(t.Context(), "ws://"+ln.Addr().String()+"/", http.Header{"Origin": {origin}})
	if err != nil {
		t.Fatal(err)
	}
	return <-got, ws
}

// Ten stays of a wait far outlast it; the answer after them still counts.
func TestStayBeginsTheWaitAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn, ws := piped(t)
		defer conn.Close()
		defer ws.Close()
		const wait = time.Minute
		go func() {
			ws.ReadMessage()
			for range 10 {
				time.Sleep(wait / 4)
				ws.WriteMessage(websocket.TextMessage, []byte(`{"id":1,"do":"stay"}`))
			}
			ws.WriteMessage(websocket.TextMessage, []byte(`{"id":1,"do":"yes"}`))
		}()
		begun := time.Now()
		act, err := conn.Ask(t.Context(), face.Tell{Screen: face.Consent, Wait: int(wait.Milliseconds())})
		if err != nil || act.Do != face.Yes {
			t.Fatalf("%v, %v", act, err)
		}
		if time.Since(begun) != 10*wait/4 { // on the bubble's clock
			t.Error("the answer did not come behind the stays: the test shows nothing")
		}
	})
}

// A key that is stuck does not keep the kiosk for ever, and a wait that nobody
// prolongs is over by itself.
func TestStaysAreBounded(t *testing.T) {
	conn, ws := pair(t)
	go func() {
		ws.ReadMessage()
		for ws.WriteMessage(websocket.TextMessage, []byte(`{"id":1,"do":"stay"}`)) == nil {
			time.Sleep(time.Millisecond)
		}
	}()
	if _, err := conn.Ask(t.Context(), face.Tell{Screen: face.Consent, Wait: 20}); !errors.Is(err, wire.TimedOut) {
		t.Errorf("got %v, want timed out", err)
	}
}

// A stay keeps what was typed, and going back forgets it.
func TestStayAndBackAtThePIN(t *testing.T) {
	conn, ws := pair(t)
	first := says(ws, "7", `{"id":1,"do":"stay"}`, "2", "6", "3", "\r")
	if d, err := conn.PIN(t.Context(), face.Tell{Wait: 60_000}); err != nil || string(d) != "7263" {
		t.Fatalf("%q, %v", d, err)
	}
	<-first
	says(ws, "7", `{"id":2,"do":"back"}`)
	if d, err := conn.PIN(t.Context(), face.Tell{}); !errors.Is(err, face.ErrBack) || d != nil {
		t.Errorf("%q, %v", d, err)
	}
}

// says waits for the next screen that is not a count, and then sends what is
// given: a key, or an act.
func says(ws *websocket.Conn, all ...string) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		t := face.Tell{Entered: 1}
		for t.Entered > 0 {
			_, b, err := ws.ReadMessage()
			if t = (face.Tell{}); err != nil || json.Unmarshal(b, &t) != nil {
				return
			}
		}
		for _, s := range all {
			if len(s) == 1 {
				ws.WriteMessage(websocket.BinaryMessage, append(binary.BigEndian.AppendUint32(nil, t.ID), s[0]))
				continue
			}
			ws.WriteMessage(websocket.TextMessage, []byte(s))
		}
	}()
	return done
}

func TestStayOutOfPlace(t *testing.T) {
	for _, c := range []struct {
		act string
		ask bool
		end wire.Code
	}{
		{`{"id":%d,"do":"stay"}`, false, wire.Malformed},
		{`{"id":%d,"do":"stay","copies":1}`, true, wire.Malformed},
	} {
		conn, ws := pair(t)
		if c.ask {
			go conn.Ask(t.Context(), face.Tell{Screen: face.Consent})
		} else {
			conn.Tell(t.Context(), face.Tell{Screen: face.Reading})
		}
		if _, _, err := ws.ReadMessage(); err != nil {
			t.Fatal(err)
		}
		ws.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, c.act, 1))
		<-conn.Done()
		if conn.Cause() != c.end {
			t.Errorf("%s: %v, want %v", c.act, conn.Cause(), c.end)
		}
	}
}
