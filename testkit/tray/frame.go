package tray

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
)

// A kiosk's page lets nobody frame it, and its agent and session worker let
// only that page in. A frame stands between: the panel's page frames it, and it
// hands on what the page asks, byte for byte, in the page's own name. It adds
// one script, by which the simulated keypad types and the page's clock can be
// turned on; the kiosk knows nothing of it.
type frame struct {
	agent   string // host:port of the kiosk's page
	address string // host:port of this frame
	panel   string // origins that may frame it

	mu     sync.Mutex
	faces  map[string]bool // host:port of the session workers that the agent named
	seated int             // sessions under way through this frame
}

// Bounds of a frame.
const (
	DefaultMaxPage = 4 << 20 // bytes of the page, and of an answer that names a worker, with the words of nine languages
	maxFaces       = 16      // workers kept in mind; one at a time is alive
)

// instrument is the script's address in the frame.
const instrument = "/web/js/instrument.js"

// frames opens a frame for every kiosk that has a page, until ctx ends.
func (s *Server) frames(ctx context.Context, panel string) error {
	_, port, err := net.SplitHostPort(panel)
	if err != nil {
		return err
	}
	for i, k := range s.stack.Kiosks {
		agent, ok := strings.CutPrefix(k.Page, "http://")
		if !ok {
			continue
		}
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		f := &frame{agent: agent, address: ln.Addr().String(), panel: "http://" + panel + " http://localhost:" + port, faces: map[string]bool{}}
		s.hands[i].set(f)
		srv := &http.Server{Handler: f.handler(s.pages), ReadHeaderTimeout: DefaultRead, MaxHeaderBytes: DefaultMaxHeader, ErrorLog: log.New(io.Discard, "", 0)}
		context.AfterFunc(ctx, func() { srv.Close() })
		s.parts.Go(func() { _ = srv.Serve(ln) })
	}
	return nil
}

// busy reports whether somebody is in a session through this frame.
func (f *frame) busy() bool {
	if f == nil {
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.seated > 0
}

func (h *hand) set(f *frame) { h.mu.Lock(); defer h.mu.Unlock(); h.frame = f }

func (h *hand) window() *frame { h.mu.Lock(); defer h.mu.Unlock(); return h.frame }

// handler hands on what comes from the framed page itself, and nothing else.
func (f *frame) handler(own *pages) http.Handler {
	m := http.NewServeMux()
	own.file(m)
	m.Handle("GET /face/{worker}/", http.HandlerFunc(f.face))
	m.Handle("/", f.proxy(f.agent, f.change))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != f.address || !ownOrigin(r) {
			http.Error(w, "403: open the panel at its own address", http.StatusForbidden)
			return
		}
		m.ServeHTTP(w, r)
	})
}

// proxy hands requests on to a host, as if its own page had asked.
func (f *frame) proxy(to string, change func(*http.Response) error) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: to})
			r.Out.Host = to
			r.Out.Header.Del("Accept-Encoding")
			if r.In.Header.Get("Origin") != "" {
				r.Out.Header.Set("Origin", "http://"+f.agent)
			}
			if _, rest, ok := strings.Cut(r.In.URL.Path, "/face/"+to); ok {
				r.Out.URL.Path = rest
			}
		},
		ModifyResponse: change, ErrorLog: log.New(io.Discard, "", 0), FlushInterval: -1,
	}
}

// face joins the page to the session worker that the agent named.
func (f *frame) face(w http.ResponseWriter, r *http.Request) {
	worker := r.PathValue("worker")
	f.mu.Lock()
	known := f.faces[worker]
	delete(f.faces, worker) // a worker takes one face
	if known {
		f.seated++
	}
	f.mu.Unlock()
	if !known {
		http.NotFound(w, r)
		return
	}
	defer func() { f.mu.Lock(); f.seated--; f.mu.Unlock() }()
	f.proxy(worker, nil).ServeHTTP(w, r)
}

// change lets the panel frame the page, adds the script, and leads the page to
// its worker through this frame.
func (f *frame) change(r *http.Response) error {
	csp := r.Header.Get("Content-Security-Policy")
	r.Header.Set("Content-Security-Policy", strings.Replace(csp, "frame-ancestors 'none'", "frame-ancestors "+f.panel, 1))
	switch {
	case r.Request.URL.Path == "/" && r.StatusCode == http.StatusOK:
		return f.replace(r, func(b []byte) ([]byte, error) {
			script := `<script src="` + instrument + `" data-panel="` + f.panel + `"></script>` + "\n\t<script type=\"module\""
			return bytes.Replace(b, []byte(`<script type="module"`), []byte(script), 1), nil
		})
	case r.Request.URL.Path == "/session":
		return f.replace(r, f.lead)
	}
	return nil
}

// lead has the page find its worker at this frame.
func (f *frame) lead(b []byte) ([]byte, error) {
	var all map[string]json.RawMessage
	var worker string
	if json.Unmarshal(b, &all) != nil || json.Unmarshal(all["address"], &worker) != nil {
		return b, nil // no session was begun
	}
	at, err := netip.ParseAddrPort(worker)
	if err != nil || !at.Addr().IsLoopback() {
		return nil, fmt.Errorf("tray: a session worker at %q, which is not this machine", worker)
	}
	f.mu.Lock()
	if len(f.faces) >= maxFaces {
		clear(f.faces)
	}
	f.faces[worker] = true
	f.mu.Unlock()
	all["address"], err = json.Marshal(f.address + "/face/" + worker)
	if err != nil {
		return nil, err
	}
	return json.Marshal(all)
}

func (f *frame) replace(r *http.Response, by func([]byte) ([]byte, error)) error {
	b, err := io.ReadAll(io.LimitReader(r.Body, DefaultMaxPage))
	r.Body.Close()
	if err == nil {
		b, err = by(b)
	}
	r.Body = io.NopCloser(bytes.NewReader(b))
	r.ContentLength = int64(len(b))
	r.Header.Set("Content-Length", strconv.Itoa(len(b)))
	return err
}

// framed gives the policy member by which the panel's page may frame them.
func (s *Server) framed() string {
	all := "frame-src"
	for _, h := range s.hands {
		if f := h.window(); f != nil {
			all += " http://" + f.address
		}
	}
	if all == "frame-src" {
		return "frame-src 'none'"
	}
	return all
}
