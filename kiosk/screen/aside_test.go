package screen_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"akashi/kiosk/screen"
	"akashi/kiosk/voice"
)

// switched is a loudspeaker that keeps what it was told.
type switched struct {
	mu   sync.Mutex
	told []bool
	err  error
}

func (s *switched) set(on bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told = append(s.told, on)
	return s.err
}

func (s *switched) last() (on, told bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.told) > 0 && s.told[len(s.told)-1], len(s.told) > 0
}

// The word that something private may be said comes after the loudspeaker is
// silent, only while a headset is there, and only from the page.
func TestTheLoudspeakerIsSilentFirst(t *testing.T) {
	plugged := true
	speaker := &switched{}
	h := screen.Server{Headset: func() bool { return plugged }, Loudspeaker: speaker.set}.Handler("127.0.0.1:1")
	off := func(h http.Handler) (a struct{ Off bool }) {
		json.NewDecoder(request(t, h, "POST", "/loudspeaker/off", "").Body).Decode(&a)
		return a
	}
	if on, told := speaker.last(); !off(h).Off || told && on {
		t.Error("a headset is there, and nothing may be said")
	}
	if on, told := speaker.last(); !told || on {
		t.Error("the word came, and the loudspeaker sounds")
	}
	// It comes back later, and an order to be silent meanwhile stands.
	request(t, h, "POST", "/loudspeaker/on", "")
	off(h)
	time.Sleep(screen.DefaultDrain + 50*time.Millisecond) // nothing to wait for: that nothing comes is what is held
	if on, _ := speaker.last(); on {
		t.Error("the loudspeaker came back while something private was said")
	}
	request(t, h, "POST", "/loudspeaker/on", "")
	for begun := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		if on, _ := speaker.last(); on {
			break
		} else if time.Since(begun) > time.Minute {
			t.Fatal("the loudspeaker does not come back")
		}
	}
	plugged = false
	if off(h).Off {
		t.Error("nobody has a headset, and private things may be said")
	}
	plugged = true
	speaker.err = errors.New("broken")
	if off(h).Off {
		t.Error("the loudspeaker cannot be silenced, and private things may be said")
	}
	for _, s := range []screen.Server{{}, {Headset: func() bool { return true }}, {Loudspeaker: speaker.set}} {
		if off(s.Handler("127.0.0.1:1")).Off {
			t.Error("a kiosk without socket or switch lets private things be said")
		}
	}
}

// All sounds come as one, whichever are wanted.
func TestAllSoundsAreServed(t *testing.T) {
	id := voice.Clip{Voice: "ja", Text: "あ"}.ID()
	p := voice.NewPack(map[voice.ID][]byte{id: []byte("OggS")})
	r := request(t, handler(t, p), "GET", "/voices", "")
	b := make([]byte, 1<<10)
	n, _ := r.Body.Read(b)
	if got, err := voice.ParsePack(b[:n]); err != nil || !got.Has(id) || got.Len() != 1 {
		t.Errorf("%d %v", r.StatusCode, err)
	}
	if r := request(t, handler(t, nil), "GET", "/voices", ""); r.StatusCode != 404 {
		t.Errorf("without sounds: %d", r.StatusCode)
	}
}
