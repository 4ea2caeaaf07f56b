package channel

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"akashi/centre/wire"
)

// Peer is the client at the other end, as its certificate names it.
type Peer struct {
	ID     string   // from urn:akashi:kiosk:<id>
	Digest [32]byte // SHA-256 of the certificate (DER)
}

// ServerConfig is one gateway's end. Zero limits take the Default constants.
type ServerConfig struct {
	Certificate    tls.Certificate  // with the role gateway
	Root           *x509.CertPool   // the centre root
	Now            func() time.Time // for certificates; nil: time.Now
	Accept         func(Peer) bool  // nil: every kiosk that the root vouches for
	Refused        func(wire.Code)  // told of each connection or frame refused, for counting; may be nil
	MaxFrame       int64            // bytes of one frame from a kiosk
	MaxOutstanding int              // asks of one connection without an answer yet
	MaxConns       int
	MaxWaiting     int // connections that have shown no certificate yet
	PerAddress     int // and those of one address
	PerCertificate int // connections of one certificate; one more ends the oldest
	Rate, Burst    int // asks a second and at once, of one connection
	Ping, Idle     time.Duration
	Handshake      time.Duration
	Write, Drain   time.Duration
}

func (c ServerConfig) withDefaults() ServerConfig {
	or(&c.MaxFrame, DefaultMaxUp)
	or(&c.MaxOutstanding, DefaultMaxOutstanding)
	or(&c.MaxConns, DefaultMaxConns)
	or(&c.MaxWaiting, DefaultMaxWaiting)
	or(&c.PerAddress, DefaultPerAddress)
	or(&c.PerCertificate, DefaultPerCertificate)
	or(&c.Rate, DefaultRate)
	or(&c.Burst, DefaultBurst)
	or(&c.Ping, DefaultPing)
	or(&c.Idle, DefaultIdle)
	or(&c.Handshake, DefaultHandshake)
	or(&c.Write, DefaultWrite)
	or(&c.Drain, DefaultDrain)
	if c.Accept == nil {
		c.Accept = func(Peer) bool { return true }
	}
	if c.Refused == nil {
		c.Refused = func(wire.Code) {}
	}
	return c
}

func or[T comparable](v *T, otherwise T) {
	var zero T
	if *v == zero {
		*v = otherwise
	}
}

// Held is an answer's body that takes a place until it has left, or could not:
// a large one, of which only so many may be under way.
type Held struct {
	Body json.RawMessage
	Sent func() // called once, from the goroutine that wrote it
}

// Handler answers one ask with a body of package wire, its encoding, or a Held. An error that is a *Refused or a wire.Code becomes
// TypeFailed with that code; any other becomes wire.Internal and nothing of
// its text leaves. ctx ends with the connection.
type Handler func(ctx context.Context, p Peer, t wire.Type, body json.RawMessage) (wire.Type, any, error)

type server struct {
	ServerConfig
	handler  Handler
	upgrader websocket.Upgrader
	slots    chan struct{}
	stopping chan struct{}

	mu     sync.Mutex
	links  map[*link]struct{}
	byCert map[[32]byte][]*link // by the certificate's digest, the oldest first; without those that were replaced
	gone   sync.Cond            // of mu: a link has left
}

// Serve answers kiosks on ln until ctx ends; then it takes no more asks, lets
// the outstanding ones finish within Drain and closes every connection.
func Serve(ctx context.Context, ln net.Listener, c ServerConfig, h Handler) error {
	s := newServer(c, h)
	hs := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: s.Handshake,
		IdleTimeout:       s.Handshake,
		MaxHeaderBytes:    4 << 10, // an upgrade's header is some 300 bytes
		ErrorLog:          silent,
		ConnState:         newDoor(s.ServerConfig).watch,
	}
	tlsln := tls.NewListener(ln, ServerTLS(s.Certificate, s.Root, wire.RoleKiosk, s.Now))
	failed := make(chan error, 1)
	go func() { failed <- hs.Serve(tlsln) }()
	select {
	case err := <-failed:
		s.drain()
		return err
	case <-ctx.Done():
	}
	hs.Close() // no new connections; those that were upgraded live on
	<-failed
	s.drain()
	return nil
}

// drain ends every connection and waits until they are gone.
func (s *server) drain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.stopping)
	for l := range s.links {
		l.stop()
	}
	for len(s.links) > 0 {
		s.gone.Wait()
	}
}

// join counts a connection in, unless the gateway is stopping. It gives the
// oldest one of the same certificate when that has more than its share now;
// the caller cuts it.
func (s *server) join(l *link) (replaced *link, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isStopping() {
		return nil, false
	}
	s.links[l] = struct{}{}
	own := append(s.byCert[l.peer.Digest], l)
	if len(own) > s.PerCertificate {
		replaced, own = own[0], own[1:]
	}
	s.byCert[l.peer.Digest] = own
	return replaced, true
}

func (s *server) isStopping() bool {
	select {
	case <-s.stopping:
		return true
	default:
		return false
	}
}

func (s *server) leave(l *link) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.links, l)
	d := l.peer.Digest
	own := slices.DeleteFunc(s.byCert[d], func(o *link) bool { return o == l })
	if s.byCert[d] = own; len(own) == 0 {
		delete(s.byCert, d)
	}
	s.gone.Broadcast()
}

func newServer(c ServerConfig, h Handler) *server {
	c = c.withDefaults()
	s := &server{
		ServerConfig: c,
		handler:      h,
		upgrader: websocket.Upgrader{
			HandshakeTimeout: c.Handshake,
			// Small buffers and a shared pool for writing: an idle kiosk then
			// costs little more than its TLS (facts: performance §4).
			ReadBufferSize: 512, WriteBufferSize: 4 << 10, WriteBufferPool: &sync.Pool{},
			CheckOrigin: func(r *http.Request) bool { return r.Header.Get("Origin") == "" }, // no browser is a client here
		},
		slots:    make(chan struct{}, c.MaxConns),
		stopping: make(chan struct{}),
		links:    map[*link]struct{}{},
		byCert:   map[[32]byte][]*link{},
	}
	s.gone.L = &s.mu
	return s
}

// ServeHTTP upgrades one connection and leaves it to a goroutine with a fresh,
// small stack.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p, status := s.admit(r)
	if status != 0 {
		http.Error(w, http.StatusText(status), status)
		return
	}
	ws, err := s.upgrader.Upgrade(w, r, nil)
	if err != nil {
		<-s.slots
		s.Refused(wire.Malformed)
		return
	}
	l := newLink(s, ws, p)
	replaced, ok := s.join(l)
	if !ok {
		<-s.slots
		ws.Close()
		return
	}
	go func() {
		defer func() { <-s.slots }()
		defer s.leave(l)
		if replaced != nil {
			s.Refused(wire.Busy)
			replaced.cut()
		}
		l.run()
	}()
}

// admit decides over a connection; it holds a slot when status is 0.
func (s *server) admit(r *http.Request) (p Peer, status int) {
	if r.URL.Path != Path {
		s.Refused(wire.WrongVersion)
		return p, http.StatusNotFound
	}
	p, ok := peerOf(r.TLS.PeerCertificates[0])
	if !ok || !s.Accept(p) {
		s.Refused(wire.KioskDisabled)
		return p, http.StatusForbidden
	}
	select {
	case s.slots <- struct{}{}:
		return p, 0
	default:
		s.Refused(wire.Busy)
		return p, http.StatusServiceUnavailable
	}
}
