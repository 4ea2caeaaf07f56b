package vrs

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"time"

	"akashi/centre/vrs"
	"akashi/centre/wire"
	"akashi/verifier/credential"
)

const swappable = vrs.PathQuery

// busyAfter is what a busy VRS asks the centre to wait, in seconds.
const busyAfter = 30

// Serve answers on ln, with mutual TLS 1.3, until ctx ends. Only a client
// certificate with the role centre, and no other, gets an answer; and to the
// feed of revocations only one with the role site, and no other.
func (v *VRS) Serve(ctx context.Context, ln net.Listener) error {
	s := &http.Server{
		Handler:           byRole(v.handler()),
		ReadHeaderTimeout: time.Minute, // a worker connects before the resident's request is sealed
		ReadTimeout:       2 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    8 << 10,
		ErrorLog:          log.New(io.Discard, "", 0), // a log of this service would be one of questions
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	stop := context.AfterFunc(ctx, func() { s.Close() })
	defer stop()
	err := s.Serve(tls.NewListener(ln, v.tls()))
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

func (v *VRS) tls() *tls.Config {
	return &tls.Config{
		MinVersion:             tls.VersionTLS13,
		CurvePreferences:       []tls.CurveID{tls.X25519MLKEM768},
		Certificates:           []tls.Certificate{v.c.Certificate},
		ClientAuth:             tls.RequireAndVerifyClientCert,
		ClientCAs:              v.c.Clients,
		SessionTicketsDisabled: true,
		NextProtos:             []string{"http/1.1"},
		Time:                   v.c.Now,
		VerifyConnection: func(s tls.ConnectionState) error {
			if r := role(&s); r != wire.RoleCentre && r != wire.RoleSite {
				return errors.New("vrs: neither a centre nor its site")
			}
			return nil
		},
	}
}

// role gives the one role that the client's certificate bears.
func role(s *tls.ConnectionState) string {
	if leaf := s.PeerCertificates[0]; len(leaf.URIs) == 1 {
		return leaf.URIs[0].String()
	}
	return ""
}

// byRole lets the site reach the feed alone, and nobody else reach it: who
// takes the public site over gets no question in, and a worker no list.
func byRole(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		want := wire.RoleCentre
		if r.URL.Path == vrs.PathRevocations {
			want = wire.RoleSite
		}
		if role(r.TLS) != want {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		h.ServeHTTP(w, r)
	})
}

func (v *VRS) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST "+vrs.PathQuery, call(v, vrs.DefaultMaxQuery, v.serveQuery))
	mux.Handle("POST "+vrs.PathSettle, call(v, vrs.DefaultMaxSettle, v.serveSettle))
	mux.Handle("POST "+vrs.PathVoid, call(v, vrs.DefaultMaxSettle, v.serveVoid))
	mux.Handle("POST "+vrs.PathRevocations, call(v, vrs.DefaultMaxSettle, v.serveRevocations))
	return mux
}

var (
	errBusy    = errors.New("vrs: busy")
	errPurpose = errors.New("vrs: no such purpose")
	errBounds  = errors.New("vrs: a field is out of its bounds")
)

// maxDisease bounds a disease's code in bytes; those of the tables are under 20.
const maxDisease = 32

// call reads one strict body, does the work and writes one answer.
func call[Q any](v *VRS, limit int, do func(context.Context, Q) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !v.faults.before(w, r, r.URL.Path == swappable) {
			return
		}
		b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(limit)))
		q, bad := wire.Decode[Q](b, limit)
		if err != nil || bad != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		a, err := do(r.Context(), q)
		if err != nil {
			sayError(w, err)
			return
		}
		body := v.faults.after(r.Context(), r.URL.Path, wire.Encode(a))
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.Write(body)
	}
}

func sayError(w http.ResponseWriter, err error) {
	switch {
	case errors.Is(err, errBusy):
		sayBusy(w)
	case errors.Is(err, errPurpose):
		w.WriteHeader(http.StatusForbidden)
	case errors.Is(err, errBounds):
		w.WriteHeader(http.StatusBadRequest)
	default:
		w.WriteHeader(http.StatusInternalServerError)
	}
}

func sayBusy(w http.ResponseWriter) {
	w.Header().Set("Retry-After", strconv.Itoa(busyAfter))
	w.WriteHeader(http.StatusServiceUnavailable)
}

func (v *VRS) serveQuery(ctx context.Context, q vrs.Query) (any, error) {
	if q.Purpose != vrs.PurposeCertificate { // F-16: no other use of the individual number here
		return nil, errPurpose
	}
	if q.Version != wire.Version || !vrs.KeyID(q.KeyID) || len(q.Nonce) != 32 || len(q.Kiosk) != 32 || len(q.Municipality) != 6 ||
		q.Counter < 1 || q.Counter > wire.MaxRequests ||
		len(q.Disease) == 0 || len(q.Disease) > maxDisease || q.Kind != credential.Domestic && q.Kind != credential.Overseas {
		return nil, errBounds
	}
	select {
	case v.slots <- struct{}{}:
		defer func() { <-v.slots }()
		return v.answer(ctx, q)
	default:
		return nil, errBusy
	}
}

func (v *VRS) serveSettle(ctx context.Context, s wire.Settle) (any, error) {
	status, err := v.settled(ctx, s)
	return vrs.SettleAnswer{Status: status}, err
}

func (v *VRS) serveVoid(ctx context.Context, o vrs.VoidOrder) (any, error) {
	status, err := v.apply(ctx, o.Municipality, o.Token, vrs.Void)
	return vrs.SettleAnswer{Status: status}, err
}
