package face

import (
	"context"
	"crypto/subtle"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Bounds of the door.
const (
	DefaultMaxKnocks  = 16               // wrong attempts before the session ends: no page needs a second one
	DefaultMaxHeader  = 8 << 10          // a browser's upgrade request has under 2 KiB
	DefaultHandshake  = 10 * time.Second // for one attempt; loopback needs milliseconds
	DefaultWriteLimit = 10 * time.Second // a page that takes nothing for this long is gone
	DefaultLinger     = time.Second      // for the page to take the last screen and hang up
)

// ErrDoor says that nobody with the token came in time.
var ErrDoor = errors.New("face: no page with the session's token connected; start the session again")

// Door admits one face to one session.
type Door struct {
	Token  string // one-time, made for this session
	Origin string // the page's, exactly as a browser sends it
}

// Accept waits on ln for the one connection that bears the token, the origin
// and this listener as host, and closes ln. Everything else is refused with
// 403; after DefaultMaxKnocks of them, or when ctx ends, it is ErrDoor.
func (d Door) Accept(ctx context.Context, ln net.Listener) (*Conn, error) {
	k := &knocks{door: d, host: ln.Addr().String(), in: make(chan *websocket.Conn, 1), over: make(chan struct{})}
	srv := &http.Server{
		Handler:           k,
		ReadHeaderTimeout: DefaultHandshake,
		MaxHeaderBytes:    DefaultMaxHeader,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
	served := make(chan struct{})
	go func() { srv.Serve(ln); close(served) }()
	defer func() { srv.Close(); <-served }()
	select {
	case ws := <-k.in:
		return newConn(ws), nil
	case <-k.over:
	case <-ctx.Done():
	}
	k.shut()
	return nil, ErrDoor
}

// knocks answers attempts at the door.
type knocks struct {
	door Door
	host string
	in   chan *websocket.Conn
	over chan struct{}

	mu     sync.Mutex
	wrong  int
	closed bool
}

// ServeHTTP lets the first right attempt in and refuses all others.
func (k *knocks) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !k.admit(r) {
		http.Error(w, "", http.StatusForbidden)
		return
	}
	up := websocket.Upgrader{
		HandshakeTimeout: DefaultHandshake,
		Subprotocols:     []string{Protocol},
		CheckOrigin:      func(*http.Request) bool { return true }, // admit has held it
	}
	ws, err := up.Upgrade(w, r, nil)
	if err != nil {
		k.shut()
		return
	}
	k.in <- ws
}

// admit spends the token: the door is closed behind the one that it lets in.
func (k *knocks) admit(r *http.Request) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		return false
	}
	if k.right(r) {
		k.closed = true
		return true
	}
	if k.wrong++; k.wrong >= DefaultMaxKnocks {
		k.closed = true
		close(k.over)
	}
	return false
}

func (k *knocks) right(r *http.Request) bool {
	offered := websocket.Subprotocols(r)
	return r.Method == http.MethodGet && r.URL.Path == "/" && r.URL.RawQuery == "" &&
		r.Host == k.host && len(r.Header["Origin"]) == 1 && r.Header.Get("Origin") == k.door.Origin &&
		websocket.IsWebSocketUpgrade(r) &&
		len(offered) == 2 && offered[0] == Protocol &&
		k.door.Token != "" && subtle.ConstantTimeCompare([]byte(offered[1]), []byte(k.door.Token)) == 1
}

// shut ends the wait when an admitted attempt fails or nobody waits any more.
func (k *knocks) shut() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.closed = true
	select {
	case <-k.over:
	default:
		close(k.over)
	}
	select {
	case ws := <-k.in:
		ws.Close()
	default:
	}
}
