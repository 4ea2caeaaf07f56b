package tray

import (
	"net"
	"net/http"
)

// headers go with every answer: nothing is kept, nothing comes from elsewhere,
// nobody frames these pages.
var headers = map[string]string{
	"Cache-Control":                "no-store",
	"Content-Security-Policy":      "default-src 'self'; img-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "no-referrer",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Cross-Origin-Opener-Policy":   "same-origin",
}

// guard lets only pages of this server in: a name that was rebound to loopback
// has another Host, a page from elsewhere another Origin, and what changes
// something takes a POST that a page from elsewhere cannot send unasked.
func guard(addr, framed string, next http.Handler) http.Handler {
	hosts := map[string]bool{addr: true}
	if _, port, err := net.SplitHostPort(addr); err == nil {
		hosts["localhost:"+port] = true
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range headers {
			w.Header().Set(name, value)
		}
		w.Header().Set("Content-Security-Policy", headers["Content-Security-Policy"]+"; "+framed)
		if !hosts[r.Host] || !ownOrigin(r) {
			http.Error(w, "403: open this page at its own address", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ownOrigin holds the Origin that browsers send; without one nothing changes.
func ownOrigin(r *http.Request) bool {
	switch origins := r.Header["Origin"]; {
	case len(origins) == 1:
		return origins[0] == "http://"+r.Host
	case len(origins) > 1:
		return false
	}
	return r.Method == http.MethodGet || r.Method == http.MethodHead
}
