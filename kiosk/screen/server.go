package screen

import (
	"context"
	"crypto/subtle"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"akashi/centre/wire"
	"akashi/centre/wire/release"
	"akashi/kiosk/face"
	"akashi/kiosk/voice"
)

//go:embed web
var web embed.FS

// Bounds of the server of the page.
const (
	DefaultMaxHeader = 16 << 10         // a browser's request has under 4 KiB
	DefaultRead      = 10 * time.Second // for one request to come in; loopback needs milliseconds
	DefaultMaxRefund = 64               // bytes of what a refund is asked with: 16 digits and their member
)

// Started says where the page finds its session worker, or why none was started.
type Started struct {
	Code       wire.Code   `json:"code"`
	RetryAfter int         `json:"retry_after"`
	Texts      []face.Text `json:"texts,omitempty"`
	Address    string      `json:"address,omitempty"` // host:port of the worker's socket
	Token      string      `json:"token,omitempty"`   // one-time
	Words      *pageWords  `json:"words,omitempty"`   // the session's, where the page has those of another release

	Edition *Edition `json:"-"` // that the session keeps; nil: the present one
}

// Refunded says how a refund went.
type Refunded struct {
	Code   wire.Code   `json:"code"`
	Texts  []face.Text `json:"texts,omitempty"`
	Amount int         `json:"amount"` // yen
	Slip   bool        `json:"slip"`   // the unit could not pay it out: the slip is good for it
}

// asked is what the page asks a refund with.
type asked struct {
	Right string `json:"right"`
}

// Server serves the page and the few things it asks for before and after a
// session; what is between them goes to the session worker's own socket.
type Server struct {
	Panel Panel
	Phone string // of the call centre, where no release names it
	// Edition gives what the screen says now; nil, or a nil one: the catalogues.
	Edition func() *Edition
	Now     func() time.Time                   // nil: time.Now
	Begin   func(ctx context.Context) Started  // starts a session worker
	State   func() (code wire.Code, after int) // whether a session may begin
	Notes   func() []Note                      // what does not work though a session may begin; nil: all does
	// Refund pays a reprint right's money out; it needs no session. Nil: there is
	// none to be had.
	Refund func(ctx context.Context, number string) Refunded
	Done   func() // the resident has seen how the session ended; nil: nobody waits for it

	Voices  *voice.Pack // sounds that are built in; nil: the page has texts and signals only, and says so
	Headset func() bool // whether a headset is plugged in; nil: this kiosk has no socket for one
	// Loudspeaker switches it; nil: it cannot be silenced, and nothing private is
	// said to anybody.
	Loudspeaker func(on bool) error
}

// Serve answers on ln, which must be a loopback address, until ctx ends.
func (s Server) Serve(ctx context.Context, ln net.Listener) error {
	a, ok := ln.Addr().(*net.TCPAddr)
	if !ok || !a.IP.IsLoopback() {
		return fmt.Errorf("screen: %s is not a loopback address: the page is for this machine only", ln.Addr())
	}
	srv := &http.Server{
		Handler: s.Handler(ln.Addr().String()), ReadHeaderTimeout: DefaultRead, MaxHeaderBytes: DefaultMaxHeader,
		ErrorLog: log.New(io.Discard, "", 0), BaseContext: func(net.Listener) context.Context { return ctx },
	}
	defer context.AfterFunc(ctx, func() { srv.Close() })()
	err := srv.Serve(ln)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// Handler serves the page to whoever names host, and takes orders only from
// the page itself.
func (s Server) Handler(host string) http.Handler {
	m := http.NewServeMux()
	quiet := &aside{headset: s.Headset, loudspeaker: s.Loudspeaker}
	m.HandleFunc("POST /loudspeaker/off", quiet.serveOff)
	m.HandleFunc("POST /loudspeaker/on", quiet.serveOn)
	m.HandleFunc("GET /voices", s.sounds)
	m.HandleFunc("GET /{$}", file("web/index.html"))
	m.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	m.HandleFunc("GET /css/{name}", folder("web/css"))
	m.HandleFunc("GET /js/{name}", folder("web/js"))
	m.HandleFunc("GET /panel.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kinds[".css"])
		io.WriteString(w, s.Panel.css())
	})
	m.HandleFunc("GET /words.json", func(w http.ResponseWriter, _ *http.Request) { answer(w, s.edition().words) })
	m.HandleFunc("GET /state.json", func(w http.ResponseWriter, _ *http.Request) { answer(w, s.state()) })
	m.HandleFunc("POST /session", func(w http.ResponseWriter, r *http.Request) {
		answer(w, s.begin(r.Context(), r.URL.Query().Get("release")))
	})
	m.HandleFunc("POST /say", s.say)
	m.HandleFunc("GET /voice/{name}", s.sound)
	m.HandleFunc("GET /audio.json", s.audio)
	m.HandleFunc("POST /refund", s.refund)
	m.HandleFunc("POST /done", func(w http.ResponseWriter, _ *http.Request) {
		if s.Done != nil {
			s.Done()
		}
		w.WriteHeader(http.StatusNoContent)
	})
	return guard(host, m)
}

// state is what the page asks for while nobody is there.
type state struct {
	Started
	Phone   string          `json:"phone"`
	Release int             `json:"release"`           // its version: a page with the words of another one loads itself again
	Opens   int64           `json:"opens,omitempty"`   // out of hours: when the next municipality opens, Unix seconds
	Notices []release.Local `json:"notices,omitempty"` // those of now, by language
	Notes   []Note          `json:"notes,omitempty"`
}

// Note names what does not work at this kiosk though sessions may begin; the
// page has the words (start.note.…).
type Note string

// The notes.
const (
	NotePaid    Note = "paid"    // nothing that costs a fee can be had
	NoteChange  Note = "change"  // the unit runs out of coins
	NoteReceipt Note = "receipt" // the unit prints no receipts
	NoteKeypad  Note = "keypad"  // there is no tactile keypad
	NoteSound   Note = "sound"   // nothing is heard
)

func (s Server) notes() []Note {
	if s.Notes == nil {
		return nil
	}
	return s.Notes()
}

// edition gives what the screen says now.
func (s Server) edition() *Edition {
	if s.Edition != nil {
		if e := s.Edition(); e != nil {
			return e
		}
	}
	return plain
}

func (s Server) state() state {
	code, after := s.State()
	e := s.edition()
	out := state{Started: e.refused(code, after), Phone: s.Phone, Notes: s.notes()}
	r := e.Release()
	if r == nil {
		return out
	}
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	out.Phone, out.Release, out.Notices = r.Phone, r.Version, r.Shown(now())
	if code == wire.OutOfHours || code == wire.Maintenance {
		if _, opens := r.Serves(now()); !opens.IsZero() {
			out.Opens = opens.Unix()
		}
	}
	return out
}

// begin starts a session. Its words go with the answer where the page, which
// names the release that it shows, has others: what is agreed to must be what
// the session says.
func (s Server) begin(ctx context.Context, shown string) Started {
	b := s.Begin(ctx)
	e := b.Edition
	if e == nil {
		e = s.edition()
	}
	if b.Code != wire.OK {
		return e.refused(b.Code, b.RetryAfter)
	}
	if shown != strconv.Itoa(e.words.Release) {
		b.Words = &e.words
	}
	return b
}

// refund takes a reprint right's number, strictly as the page writes it.
func (s Server) refund(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, DefaultMaxRefund))
	if err != nil {
		http.Error(w, "", http.StatusRequestEntityTooLarge)
		return
	}
	a, err := wire.Decode[asked](b, DefaultMaxRefund)
	if err != nil || s.Refund == nil {
		answer(w, Refunded{Code: wire.Malformed, Texts: s.edition().Texts(wire.Malformed)})
		return
	}
	got := s.Refund(r.Context(), a.Right)
	if got.Code != wire.OK {
		got = Refunded{Code: got.Code, Texts: s.edition().Texts(got.Code)}
	}
	answer(w, got)
}

// refused gives a code with its words in every language.
func (e *Edition) refused(code wire.Code, after int) Started {
	if code == wire.OK {
		return Started{}
	}
	return Started{Code: code, RetryAfter: after, Texts: e.Texts(code)}
}

// policy lets the page load nothing but itself and speak to this machine only.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self'; " +
	"connect-src 'self' ws://127.0.0.1:*; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// guard holds Host and, for orders, Origin: a page of another place that a
// browser on this machine has open can neither read nor start anything.
func guard(host string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		origin := r.Header.Get("Origin")
		if !same(r.Host, host) || r.Method != http.MethodGet && !same(origin, "http://"+host) {
			http.Error(w, "", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

var kinds = map[string]string{
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
}

func folder(dir string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { file(path.Join(dir, r.PathValue("name")))(w, r) }
}

func file(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		b, err := fs.ReadFile(web, name)
		kind, ok := kinds[path.Ext(name)]
		if err != nil || !ok || strings.Contains(name, "..") {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", kind)
		w.Write(b)
	}
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v)
}
