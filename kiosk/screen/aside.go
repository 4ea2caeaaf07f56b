package screen

import (
	"net/http"
	"sync"
	"time"
)

// DefaultDrain is how long the loudspeaker stays silent after the page has closed
// the stream of what was private: what lies in a sound server's and a card's
// buffers by then is under 200 ms.
const DefaultDrain = 500 * time.Millisecond

// aside keeps the loudspeaker silent while the page says what only a headset may
// hear (kiosk/voice has the order of it).
type aside struct {
	headset     func() bool
	loudspeaker func(on bool) error

	mu   sync.Mutex
	back *time.Timer // gives the loudspeaker back
}

// possible reports whether this kiosk can say anything to a headset alone.
func (a *aside) possible() bool { return a.headset != nil && a.loudspeaker != nil }

// off silences the loudspeaker, if a headset is plugged in. Only when it is true
// may anything private be said.
func (a *aside) off() bool {
	if !a.possible() {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.keep()
	return a.headset() && a.loudspeaker(false) == nil
}

// on gives the loudspeaker back after DefaultDrain.
func (a *aside) on() {
	if !a.possible() {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.keep()
	var t *time.Timer
	t = time.AfterFunc(DefaultDrain, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.back == t {
			_ = a.loudspeaker(true) // it stays silent: nothing private is heard by anybody
		}
	})
	a.back = t
}

// keep takes a word back that the loudspeaker may sound again. It is called with
// the lock held.
func (a *aside) keep() {
	if a.back != nil {
		a.back.Stop()
		a.back = nil
	}
}

func (a *aside) serveOff(w http.ResponseWriter, _ *http.Request) {
	answer(w, struct {
		Off bool `json:"off"`
	}{a.off()})
}

func (a *aside) serveOn(w http.ResponseWriter, _ *http.Request) {
	a.on()
	w.WriteHeader(http.StatusNoContent)
}
