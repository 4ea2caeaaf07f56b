package tray

import (
	"encoding/json"
	"net/http"
	"time"
)

// gap is the shortest time between two states on a stream.
const gap = 40 * time.Millisecond

// stream sends the board's states as server-sent events, the newest each time,
// until the page is gone or the server ends.
func stream[T any](s *Server, b *board[T]) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		select {
		case s.watchers <- struct{}{}:
			defer func() { <-s.watchers }()
		default:
			http.Error(w, "503: too many pages watch; close some", http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		beat := time.NewTicker(DefaultHeartbeat)
		defer beat.Stop()
		for {
			now, changed := b.see()
			if send(w, now) != nil {
				return
			}
			if !s.next(r, w, changed, beat.C) {
				return
			}
		}
	}
}

// next waits until there is something new to send.
func (s *Server) next(r *http.Request, w http.ResponseWriter, changed <-chan struct{}, beat <-chan time.Time) bool {
	for {
		select {
		case <-changed:
			time.Sleep(gap)
			return true
		case <-beat:
			if write(w, []byte(":\n\n")) != nil {
				return false
			}
		case <-r.Context().Done():
			return false
		case <-s.life.Done():
			return false
		}
	}
}

func send(w http.ResponseWriter, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return write(w, append(append([]byte("data: "), b...), "\n\n"...))
}

func write(w http.ResponseWriter, b []byte) error {
	c := http.NewResponseController(w)
	if err := c.SetWriteDeadline(time.Now().Add(DefaultWrite)); err != nil {
		return err
	}
	if _, err := w.Write(b); err != nil {
		return err
	}
	return c.Flush()
}
