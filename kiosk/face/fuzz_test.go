package face

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"

	"akashi/centre/wire"
	"akashi/verifier/credential"
)

func FuzzAct(f *testing.F) {
	for _, s := range []string{
		`{"id":1,"do":"yes"}`, `{"id":1,"do":"cancel"}`, `{"id":1,"do":"choose","municipality":"990001","kind":1,"copies":2}`,
		`{"id":2,"do":"yes"}`, `{"do":"yes","id":1}`, ` {"id":1,"do":"yes"}`, `{"id":1,"do":"yes","do":"cancel"}`, `{}`, `[]`, ``,
	} {
		f.Add([]byte(s), uint8(0))
		f.Add([]byte(s), uint8(7))
	}
	screens := []Screen{Consent, InsertCard, PINLast, PIN, PINAgain, Reading, TakeCard, Choose, Working, Preview, Pay, Printing, TakePaper, Trouble, End}
	f.Fuzz(func(t *testing.T, b []byte, n uint8) {
		screen := screens[int(n)%len(screens)]
		_, ask := answers[screen]
		c := &Conn{answer: make(chan Act, 1), done: make(chan struct{}), waiting: ask, now: Tell{
			ID: 1, Screen: screen, Ask: ask, Cancel: n%2 == 0, MaxCopies: 2,
			Menu: []Offer{{Code: "990001", Kinds: []credential.Kind{credential.Domestic}}},
		}}
		code := c.act(b)
		select {
		case a := <-c.answer:
			if code != wire.OK || !ask || a.ID != 1 || !bytes.Equal(wire.Encode(a), b) {
				t.Errorf("%s took %s (%v)", screen, b, code)
			}
		default:
		}
		if code != wire.OK && code != wire.Malformed && !(code == wire.Cancelled && c.now.Cancel) {
			t.Errorf("%s: code %v", screen, code)
		}
	})
}

// The token is spent by the first right attempt, also while the listener
// still takes connections.
func TestTokenIsSpentOnce(t *testing.T) {
	k := &knocks{door: Door{Token: "one-time", Origin: "http://o"}, host: "127.0.0.1:1", over: make(chan struct{})}
	r := httptest.NewRequest("GET", "/", nil)
	r.Host = k.host
	r.Header = http.Header{"Origin": {"http://o"}, "Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Protocol": {Protocol + ", one-time"}}
	if !k.admit(r) {
		t.Fatal("the right attempt was refused")
	}
	if k.admit(r) {
		t.Error("the token opened the door twice")
	}
}

func FuzzKeys(f *testing.F) {
	f.Add([]byte("1234\r"))
	f.Add([]byte("12\x0834\r"))
	f.Add([]byte("\x1b"))
	f.Add([]byte("123456\r7"))
	f.Fuzz(func(t *testing.T, keys []byte) {
		c := &Conn{answer: make(chan Act, 1), waiting: true, now: Tell{ID: 1, Screen: PIN, Ask: true}}
		for _, k := range keys {
			if !c.waiting {
				break
			}
			code := c.press(k)
			digit := k >= '0' && k <= '9'
			if known := digit || k == KeyBack || k == KeyEnter; known != (code == wire.OK) {
				t.Fatalf("key %q: %v", k, code)
			}
			if len(c.digits) > PINLength {
				t.Fatalf("%d digits", len(c.digits))
			}
		}
		select {
		case <-c.answer:
			if len(c.digits) != PINLength {
				t.Errorf("entered with %d digits", len(c.digits))
			}
		default:
		}
	})
}
