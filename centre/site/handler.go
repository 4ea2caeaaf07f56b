package site

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Bounds of the server. Nobody sends it anything; what it sends is at most a
// list of 8 MiB.
const (
	DefaultRead   = 5 * time.Second  // for a request's few lines
	DefaultWrite  = 2 * time.Minute  // 8 MiB over a line of half a megabit
	DefaultIdle   = 30 * time.Second // a verifier asks for three things in a row
	DefaultHeader = 8 << 10          // bytes
	DefaultConns  = 512              // connections at once; more wait in the kernel
	DefaultDrain  = 5 * time.Second  // for what is under way when the site ends
	retryAfter    = 5                // seconds, while the lists are not whole yet
)

// Handler answers GET, HEAD and OPTIONS for what is published, below the
// issuer's path and without it.
func (s *Site) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'")
		if r.TLS != nil {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		switch r.Method {
		case http.MethodGet, http.MethodHead:
			s.give(w, r)
		case http.MethodOptions:
			h.Set("Access-Control-Allow-Methods", "GET, HEAD")
			h.Set("Access-Control-Allow-Headers", "If-None-Match, If-Modified-Since, Range")
			h.Set("Access-Control-Max-Age", "86400")
			h.Set("Allow", "GET, HEAD, OPTIONS")
			w.WriteHeader(http.StatusNoContent)
		default:
			h.Set("Allow", "GET, HEAD, OPTIONS")
			w.WriteHeader(http.StatusMethodNotAllowed)
		}
	})
}

// give answers with one item.
func (s *Site) give(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	if below, ok := strings.CutPrefix(path, s.base); ok && strings.HasPrefix(below, "/") {
		path = below
	} else if path == s.base && s.base != "" {
		http.Redirect(w, r, s.base+"/", http.StatusMovedPermanently) // the page's links are relative
		return
	}
	i, ok := s.content.Load().items[path]
	h := w.Header()
	switch {
	case ok:
		for name, value := range i.headers() {
			h.Set(name, value)
		}
		http.ServeContent(w, r, "", i.modified, bytes.NewReader(i.body))
	case strings.HasPrefix(path, "/.well-known/") && !s.Whole():
		h.Set("Retry-After", strconv.Itoa(retryAfter))
		h.Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusServiceUnavailable)
	default:
		h.Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusNotFound)
	}
}

// headers are an item's own.
func (i item) headers() map[string]string {
	return map[string]string{
		"Content-Type":                  i.kind,
		"Cache-Control":                 fmt.Sprintf("public, max-age=%d", int(i.age/time.Second)),
		"ETag":                          i.tag,
		"Access-Control-Expose-Headers": "ETag",
	}
}

// Serve answers on ln until ctx ends, with TLS unless cfg is nil. It keeps no
// record of requests.
func (s *Site) Serve(ctx context.Context, ln net.Listener, cfg *tls.Config) error {
	one := new(http.Protocols)
	one.SetHTTP1(true)
	srv := &http.Server{
		TLSConfig: cfg, Protocols: one, Handler: s.Handler(), ReadHeaderTimeout: DefaultRead, ReadTimeout: DefaultRead, WriteTimeout: DefaultWrite,
		IdleTimeout: DefaultIdle, MaxHeaderBytes: DefaultHeader, ErrorLog: log.New(io.Discard, "", 0), // it would name addresses
	}
	stop := context.AfterFunc(ctx, func() {
		late, cancel := context.WithTimeout(context.Background(), DefaultDrain)
		defer cancel()
		if srv.Shutdown(late) != nil {
			srv.Close()
		}
	})
	defer stop()
	limited := &narrow{Listener: ln, places: make(chan struct{}, DefaultConns)}
	serve := srv.Serve
	if cfg != nil {
		serve = func(ln net.Listener) error { return srv.ServeTLS(ln, "", "") }
	}
	err := serve(limited)
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// narrow lets in no more connections than it has places.
type narrow struct {
	net.Listener
	places chan struct{}
}

// Accept waits for a place, and then for a connection.
func (n *narrow) Accept() (net.Conn, error) {
	n.places <- struct{}{}
	c, err := n.Listener.Accept()
	if err != nil {
		<-n.places
		return nil, err
	}
	return &placed{Conn: c, leave: func() { <-n.places }}, nil
}
