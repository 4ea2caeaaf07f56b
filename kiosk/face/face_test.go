package face_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"akashi/centre/wire"
	"akashi/kiosk/face"
	"akashi/testkit/robot"
	"akashi/verifier/credential"
)

const origin = "http://127.0.0.1:8080"

// hang bounds what must not hang; nothing is timed.
const hang = 20 * time.Second

func listen(t *testing.T) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	return ln
}

// pair gives both ends of an admitted face.
func pair(t *testing.T) (*face.Conn, *websocket.Conn) {
	t.Helper()
	ln := listen(t)
	ctx, cancel := context.WithTimeout(t.Context(), hang)
	t.Cleanup(cancel)
	got := make(chan *face.Conn, 1)
	go func() {
		c, _ := face.Door{Token: "one-time", Origin: origin}.Accept(ctx, ln)
		got <- c
	}()
	ws, err := robot.Dial(ctx, ln.Addr().String(), origin, "one-time")
	if err != nil {
		t.Fatal(err)
	}
	c := <-got
	if c == nil {
		t.Fatal("the door let nobody in")
	}
	t.Cleanup(func() { ws.Close(); c.Close() })
	return c, ws
}

func TestDoorRefuses(t *testing.T) {
	good := func() (http.Header, []string, string) {
		return http.Header{"Origin": {origin}}, []string{face.Protocol, "one-time"}, "/"
	}
	for name, spoil := range map[string]func(h http.Header, p *[]string, path *string){
		"no token":             func(_ http.Header, p *[]string, _ *string) { *p = (*p)[:1] },
		"wrong token":          func(_ http.Header, p *[]string, _ *string) { (*p)[1] = "one-timf" },
		"token first":          func(_ http.Header, p *[]string, _ *string) { (*p)[0], (*p)[1] = (*p)[1], (*p)[0] },
		"third subprotocol":    func(_ http.Header, p *[]string, _ *string) { *p = append(*p, "x") },
		"no origin":            func(h http.Header, _ *[]string, _ *string) { h.Del("Origin") },
		"other origin":         func(h http.Header, _ *[]string, _ *string) { h.Set("Origin", "http://127.0.0.1:8081") },
		"two origins":          func(h http.Header, _ *[]string, _ *string) { h.Add("Origin", "http://evil.invalid") },
		"host of another site": func(h http.Header, _ *[]string, _ *string) { h.Set("Host", "evil.invalid") },
		"another path":         func(_ http.Header, _ *[]string, path *string) { *path = "/x" },
		"a query":              func(_ http.Header, _ *[]string, path *string) { *path = "/?token=one-time" },
	} {
		t.Run(name, func(t *testing.T) {
			ln := listen(t)
			ctx, cancel := context.WithTimeout(t.Context(), hang)
			defer cancel()
			done := make(chan error, 1)
			go func() {
				_, err := face.Door{Token: "one-time", Origin: origin}.Accept(ctx, ln)
				done <- err
			}()
			h, p, path := good()
			spoil(h, &p, &path)
			d := websocket.Dialer{Subprotocols: p}
			ws, resp, err := d.DialContext(ctx, "ws://"+ln.Addr().String()+path, h)
			if err == nil {
				ws.Close()
				t.Fatal("the door let it in")
			}
			if resp == nil || resp.StatusCode != http.StatusForbidden {
				t.Errorf("answer %v, want 403", resp)
			}
			cancel()
			if err := <-done; !errors.Is(err, face.ErrDoor) {
				t.Errorf("Accept: %v", err)
			}
		})
	}
}

func TestDoorShutsBehindTheFirst(t *testing.T) {
	ln := listen(t)
	got := make(chan *face.Conn, 1)
	go func() {
		c, _ := face.Door{Token: "one-time", Origin: origin}.Accept(t.Context(), ln)
		got <- c
	}()
	first, err := robot.Dial(t.Context(), ln.Addr().String(), origin, "one-time")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	defer (<-got).Close()
	if second, err := robot.Dial(t.Context(), ln.Addr().String(), origin, "one-time"); err == nil {
		second.Close()
		t.Error("the same token opened the door twice")
	}
}

func TestDoorEndsAfterTooManyKnocks(t *testing.T) {
	ln := listen(t)
	done := make(chan error, 1)
	go func() {
		_, err := face.Door{Token: "one-time", Origin: origin}.Accept(t.Context(), ln)
		done <- err
	}()
	for range face.DefaultMaxKnocks {
		if ws, err := robot.Dial(t.Context(), ln.Addr().String(), origin, "guess"); err == nil {
			ws.Close()
			t.Fatal("a guess opened the door")
		}
	}
	if err := <-done; !errors.Is(err, face.ErrDoor) {
		t.Errorf("Accept: %v", err)
	}
}

func TestEmptyTokenOpensNothing(t *testing.T) {
	ln := listen(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := face.Door{Origin: origin}.Accept(ctx, ln)
		done <- err
	}()
	if ws, err := robot.Dial(ctx, ln.Addr().String(), origin, ""); err == nil {
		ws.Close()
		t.Error("no token opened the door")
	}
	cancel()
	<-done
}

func say(t *testing.T, ws *websocket.Conn, kind int, b []byte) {
	t.Helper()
	if err := ws.WriteMessage(kind, b); err != nil {
		t.Fatal(err)
	}
}

func TestAskTakesOnlyItsAnswer(t *testing.T) {
	menu := []face.Offer{{Code: "990001", Kinds: []credential.Kind{credential.Domestic}, Fee: 120}}
	choose := face.Tell{Screen: face.Choose, Cancel: true, Menu: menu, MaxCopies: 2}
	for _, c := range []struct {
		name string
		tell face.Tell
		sent string
		want wire.Code // OK: it is taken
	}{
		{"yes", face.Tell{Screen: face.Consent, Cancel: true}, `{"id":1,"do":"yes"}`, wire.OK},
		{"choose", choose, `{"id":1,"do":"choose","municipality":"990001","kind":1,"copies":2}`, wire.OK},
		{"cancel", choose, `{"id":1,"do":"cancel"}`, wire.Cancelled},
		{"not of this screen", face.Tell{Screen: face.Consent}, `{"id":1,"do":"finish"}`, wire.Malformed},
		{"of a later screen", face.Tell{Screen: face.Consent}, `{"id":2,"do":"yes"}`, wire.Malformed},
		{"of no screen", face.Tell{Screen: face.Consent}, `{"id":0,"do":"yes"}`, wire.Malformed},
		{"unknown member", face.Tell{Screen: face.Consent}, `{"id":1,"do":"yes","x":1}`, wire.Malformed},
		{"another spelling", face.Tell{Screen: face.Consent}, `{"do":"yes","id":1}`, wire.Malformed},
		{"white space", face.Tell{Screen: face.Consent}, `{"id":1, "do":"yes"}`, wire.Malformed},
		{"unknown act", face.Tell{Screen: face.Consent}, `{"id":1,"do":"print"}`, wire.Malformed},
		{"yes with a choice in it", face.Tell{Screen: face.Consent}, `{"id":1,"do":"yes","copies":1}`, wire.Malformed},
		{"not on the menu", choose, `{"id":1,"do":"choose","municipality":"990002","kind":1,"copies":1}`, wire.Malformed},
		{"kind not offered", choose, `{"id":1,"do":"choose","municipality":"990001","kind":2,"copies":1}`, wire.Malformed},
		{"too many copies", choose, `{"id":1,"do":"choose","municipality":"990001","kind":1,"copies":3}`, wire.Malformed},
		{"no copies", choose, `{"id":1,"do":"choose","municipality":"990001","kind":1}`, wire.Malformed},
		{"finish where it is not offered", choose, `{"id":1,"do":"finish"}`, wire.Malformed},
		{"again where it is not offered", face.Tell{Screen: face.Trouble}, `{"id":1,"do":"again"}`, wire.Malformed},
		{"too long", face.Tell{Screen: face.Consent}, `{"id":1,"do":"` + strings.Repeat("y", face.DefaultMaxAct) + `"}`, wire.Cancelled},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn, ws := pair(t)
			go func() {
				ws.ReadMessage()
				ws.WriteMessage(websocket.TextMessage, []byte(c.sent))
			}()
			_, err := conn.Ask(t.Context(), c.tell)
			if c.want == wire.OK && err != nil || c.want != wire.OK && !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func TestLatePressIsDroppedAndLateCancelCounts(t *testing.T) {
	conn, ws := pair(t)
	conn.Tell(t.Context(), face.Tell{Screen: face.Reading, Cancel: true})
	conn.Tell(t.Context(), face.Tell{Screen: face.Reading, Cancel: true})
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		for range 3 {
			ws.ReadMessage()
		}
		ws.WriteMessage(websocket.TextMessage, []byte(`{"id":1,"do":"back"}`))
		ws.WriteMessage(websocket.TextMessage, []byte(`{"id":3,"do":"yes"}`))
		ws.WriteMessage(websocket.TextMessage, []byte(`{"id":3,"do":"yes"}`)) // pressed twice
	}()
	act, err := conn.Ask(t.Context(), face.Tell{Screen: face.Preview, Cancel: true})
	if err != nil || act.Do != face.Yes {
		t.Fatalf("%v, %v", act.Do, err)
	}
	<-sent
	say(t, ws, websocket.TextMessage, []byte(`{"id":2,"do":"cancel"}`))
	<-conn.Done()
	if conn.Cause() != wire.Cancelled {
		t.Errorf("cause %v, want cancelled", conn.Cause())
	}
}

func TestCancelAfterPaymentDoesNotCount(t *testing.T) {
	conn, ws := pair(t)
	conn.Tell(t.Context(), face.Tell{Screen: face.Printing})
	go func() {
		ws.ReadMessage()
		ws.ReadMessage()
		ws.WriteMessage(websocket.TextMessage, []byte(`{"id":1,"do":"cancel"}`))
		ws.WriteMessage(websocket.TextMessage, []byte(`{"id":2,"do":"yes"}`))
	}()
	if _, err := conn.Ask(t.Context(), face.Tell{Screen: face.TakePaper}); err != nil {
		t.Errorf("the answer after a dropped cancel: %v", err)
	}
}

func TestPageThatIsGoneIsACancel(t *testing.T) {
	conn, ws := pair(t)
	ws.Close()
	<-conn.Done()
	if conn.Cause() != wire.Cancelled {
		t.Errorf("cause %v, want cancelled", conn.Cause())
	}
	if err := conn.Tell(t.Context(), face.Tell{Screen: face.Reading}); !errors.Is(err, wire.Cancelled) {
		t.Errorf("Tell: %v", err)
	}
}

func keys(id byte, ks string) [][]byte {
	var all [][]byte
	for _, k := range []byte(ks) {
		all = append(all, []byte{0, 0, 0, id, k})
	}
	return all
}

func TestPINKeys(t *testing.T) {
	for _, c := range []struct{ name, keys, want string }{
		{"four digits", "1234\r", "1234"},
		{"corrected", "129\x0834\r", "1234"},
		{"corrected beyond the first", "\x08\x081234\r", "1234"},
		{"a fifth digit is not taken", "12345\r", "1234"},
		{"enter too early is not taken", "12\r34\r", "1234"},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn, ws := pair(t)
			go func() {
				ws.ReadMessage()
				for _, k := range keys(1, c.keys) {
					ws.WriteMessage(websocket.BinaryMessage, k)
				}
			}()
			got, err := conn.PIN(t.Context(), face.Tell{Tries: 3, Cancel: true})
			if err != nil || string(got) != c.want {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func TestPINBreaches(t *testing.T) {
	for name, b := range map[string][]byte{
		"a letter":       {0, 0, 0, 1, 'a'},
		"two keys":       {0, 0, 0, 1, '1', '2'},
		"no key":         {0, 0, 0, 1},
		"a later screen": {0, 0, 0, 2, '1'},
		"no screen":      {0, 0, 0, 0, '1'},
	} {
		t.Run(name, func(t *testing.T) {
			conn, ws := pair(t)
			go func() {
				ws.ReadMessage()
				ws.WriteMessage(websocket.BinaryMessage, b)
			}()
			if _, err := conn.PIN(t.Context(), face.Tell{}); !errors.Is(err, wire.Malformed) {
				t.Errorf("got %v, want malformed", err)
			}
		})
	}
}

// The page is told how many digits there are and never which.
func TestPINDigitsAreNotEchoed(t *testing.T) {
	conn, ws := pair(t)
	seen := make(chan []byte, 1)
	go func() {
		var all []byte
		_, b, _ := ws.ReadMessage()
		all = append(all, b...)
		for _, k := range keys(1, "8642") {
			ws.WriteMessage(websocket.BinaryMessage, k)
			_, b, _ := ws.ReadMessage()
			all = append(all, b...)
		}
		ws.WriteMessage(websocket.BinaryMessage, keys(1, "\r")[0])
		seen <- all
	}()
	if _, err := conn.PIN(t.Context(), face.Tell{}); err != nil {
		t.Fatal(err)
	}
	b := <-seen
	if !bytes.Contains(b, []byte(`"entered":4`)) {
		t.Errorf("no count of four in %s", b)
	}
	if bytes.ContainsAny(b, "86") {
		t.Errorf("a digit of the PIN came back: %s", b)
	}
}

func TestAskEndsWithItsContext(t *testing.T) {
	conn, _ := pair(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(wire.TimedOut)
	if _, err := conn.Ask(ctx, face.Tell{Screen: face.Consent}); !errors.Is(err, wire.TimedOut) {
		t.Errorf("got %v, want timed out", err)
	}
}

// The last screen arrives though the page is still talking when the worker
// hangs up.
func TestLastScreenArrives(t *testing.T) {
	conn, ws := pair(t)
	conn.Tell(t.Context(), face.Tell{Screen: face.Reading}) // offers no cancel: the page may say so as often as it likes
	go func() {
		for ws.WriteMessage(websocket.TextMessage, []byte(`{"id":1,"do":"cancel"}`)) == nil {
		}
	}()
	go func() {
		conn.Tell(t.Context(), face.Tell{Screen: face.End, Code: wire.NoRecord})
		conn.Close()
	}()
	for {
		_, b, err := ws.ReadMessage()
		if err != nil {
			t.Fatalf("the connection closed before the last screen: %v", err)
		}
		if bytes.Contains(b, []byte(`"screen":"end"`)) {
			return
		}
	}
}
