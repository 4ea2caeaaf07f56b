package web

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"akashi/verifier/web/bridge"
)

// policy lets the page reach its own files and nothing else: no other host, no
// inline script, no form, no frame. WebAssembly needs its own word. It stands in
// the page too, for servers that send no header, and the service worker sends it
// with every file that it gives.
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; " +
	"connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'"

// headers go with every answer.
var headers = map[string]string{
	"Content-Security-Policy":      policy + "; frame-ancestors 'none'",
	"Permissions-Policy":           "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
	"Referrer-Policy":              "no-referrer",
	"X-Content-Type-Options":       "nosniff",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Cache-Control":                "no-cache", // asked for again; the service worker is what works offline
}

// Handler serves the page. It takes GET and HEAD, and no more of a request than
// its path: nobody's certificate ever comes here.
func (s *Site) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range headers {
			w.Header().Set(name, value)
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "GET only", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(r.URL.Path, "/")
		if name == "" {
			name = "index.html"
		}
		f, ok := s.files[name]
		if name == bridge.TrustFile {
			list, err := s.list()
			if err != nil {
				http.Error(w, "no trust list", http.StatusServiceUnavailable)
				return
			}
			f, ok = newFile(name, list), true
		}
		if !ok {
			http.NotFound(w, r)
			return
		}
		f.serve(w, r)
	})
}

func (f file) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", f.kind)
	w.Header().Set("ETag", `"`+f.version+`"`)
	w.Header().Add("Vary", "Accept-Encoding")
	b := f.zipped
	if b != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
	} else {
		var err error
		if b, err = f.whole(); err != nil {
			http.Error(w, "damaged", http.StatusInternalServerError)
			return
		}
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
}

// Bounds on a reader, who sends a line and a few headers.
const (
	DefaultMaxHeader = 16 << 10
	DefaultTimeout   = time.Minute // a slow line takes that for the largest file
)

// Serve serves the page on ln until ctx ends.
func (s *Site) Serve(ctx context.Context, ln net.Listener) error {
	server := &http.Server{
		Handler: s.Handler(), MaxHeaderBytes: DefaultMaxHeader,
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: DefaultTimeout, IdleTimeout: DefaultTimeout,
	}
	end := context.AfterFunc(ctx, func() { server.Close() })
	defer end()
	if err := server.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
