package vrs_test

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
	"sync"
	"testing"
	"time"

	"akashi/centre/vrs"
	"akashi/centre/wire"
	"akashi/testkit/pki"
)

// world makes one set of authorities for all tests of the package.
var world = sync.OnceValues(func() (*pki.World, error) { return pki.New(nil, nil) })

const serverName = "vrs.akashi.invalid"

func clientTLS(w *pki.World) *tls.Config {
	return vrs.ClientTLS(w.VRSRoot.Pool(), serverName, w.VRSClient.DER(), w.VRSClient.Key, nil)
}

// scripted serves one connection with handler and gives the client.
func scripted(t *testing.T, cfg func(*pki.World) *tls.Config, server func(*pki.World) *tls.Config, h http.HandlerFunc) *vrs.Client {
	t.Helper()
	w, err := world()
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: h, ErrorLog: log.New(io.Discard, "", 0)}
	go s.Serve(tls.NewListener(ln, server(w)))
	t.Cleanup(func() { s.Close() })
	conn, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c := vrs.NewClient(conn, cfg(w))
	t.Cleanup(func() { c.Close() })
	return c
}

func serverTLS(w *pki.World) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{w.VRS.TLS()},
		ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: w.VRSRoot.Pool()}
}

// says answers every call with a body.
func says(status int, body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		w.Write(body)
	}
}

func foundAnswer() vrs.Answer {
	return vrs.Answer{Status: vrs.Found, Record: []byte(`{}`), SettleToken: make([]byte, vrs.TokenSize),
		SettleKey: make([]byte, vrs.SettleKeySize), Binding: &vrs.Binding{Signature: []byte{1}}}
}

func TestQueryAnswers(t *testing.T) {
	without := func(cut func(*vrs.Answer)) []byte { a := foundAnswer(); cut(&a); return wire.Encode(a) }
	for _, c := range []struct {
		name   string
		status int
		body   []byte
		want   wire.Code // OK: an answer
	}{
		{"found", 200, wire.Encode(foundAnswer()), wire.OK},
		{"no record", 200, wire.Encode(vrs.Answer{Status: vrs.NoRecord}), wire.OK},
		{"busy in the answer", 200, wire.Encode(vrs.Answer{Status: vrs.Busy, RetryAfter: 5}), wire.VRSBusy},
		{"busy by status", 503, nil, wire.VRSBusy},
		{"too many", 429, nil, wire.VRSBusy},
		{"broken", 500, nil, wire.VRSDown},
		{"gateway", 502, wire.Encode(vrs.Answer{Status: vrs.NoRecord}), wire.VRSDown},
		{"refused", 403, nil, wire.VRSAnswer},
		{"moved", 302, nil, wire.VRSAnswer},
		{"unknown status", 200, wire.Encode(vrs.Answer{Status: "perhaps"}), wire.VRSAnswer},
		{"empty", 200, nil, wire.VRSAnswer},
		{"an error page is not an empty record", 200, []byte("<html>"), wire.VRSAnswer},
		{"white space", 200, append(wire.Encode(foundAnswer()), '\n'), wire.VRSAnswer},
		{"unknown member", 200, []byte(`{"status":"no-record","more":1}`), wire.VRSAnswer},
		{"no record, with a record", 200, wire.Encode(vrs.Answer{Status: vrs.NoRecord, Record: []byte("{}")}), wire.VRSAnswer},
		{"no record, with a retry", 200, wire.Encode(vrs.Answer{Status: vrs.NoRecord, RetryAfter: 1}), wire.VRSAnswer},
		{"found without record", 200, without(func(a *vrs.Answer) { a.Record = nil }), wire.VRSAnswer},
		{"found without binding", 200, without(func(a *vrs.Answer) { a.Binding = nil }), wire.VRSAnswer},
		{"short token", 200, without(func(a *vrs.Answer) { a.SettleToken = a.SettleToken[1:] }), wire.VRSAnswer},
		{"short key", 200, without(func(a *vrs.Answer) { a.SettleKey = a.SettleKey[1:] }), wire.VRSAnswer},
		{"endless", 200, bytes.Repeat([]byte("a"), vrs.DefaultMaxAnswer+1), wire.VRSAnswer},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := scripted(t, clientTLS, serverTLS, says(c.status, c.body))
			_, err := client.Query(context.Background(), vrs.Query{})
			if got := code(err); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// code gives the wire code of an error, OK for nil.
func code(err error) wire.Code {
	if err == nil {
		return wire.OK
	}
	var c wire.Code
	if !errors.As(err, &c) {
		panic(fmt.Sprintf("an error without a code: %v", err))
	}
	return c
}

func TestRetryAfterIsBounded(t *testing.T) {
	for header, want := range map[string]int{"": vrs.DefaultRetryAfter, "-4": vrs.DefaultRetryAfter, "7": 7, "999999": 3600, "soon": vrs.DefaultRetryAfter} {
		client := scripted(t, clientTLS, serverTLS, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", header)
			w.WriteHeader(503)
		})
		_, err := client.Query(context.Background(), vrs.Query{})
		var e *vrs.Error
		if !errors.As(err, &e) || e.RetryAfter != want {
			t.Errorf("Retry-After %q: %v", header, err)
		}
	}
}

func TestContentTypeIsPinned(t *testing.T) {
	client := scripted(t, clientTLS, serverTLS, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Write(wire.Encode(vrs.Answer{Status: vrs.NoRecord}))
	})
	if _, err := client.Query(context.Background(), vrs.Query{}); code(err) != wire.VRSAnswer {
		t.Error(err)
	}
}

func TestSeveralCallsOnOneConnection(t *testing.T) {
	client := scripted(t, clientTLS, serverTLS, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == vrs.PathQuery {
			says(200, wire.Encode(vrs.Answer{Status: vrs.NoRecord}))(w, r)
			return
		}
		says(200, wire.Encode(vrs.SettleAnswer{Status: vrs.Settled}))(w, r)
	})
	ctx := context.Background()
	if _, err := client.Query(ctx, vrs.Query{}); err != nil {
		t.Fatal(err)
	}
	if s, err := client.Void(ctx, vrs.VoidOrder{}); err != nil || s != vrs.Settled {
		t.Fatal(s, err)
	}
	if s, err := client.Settle(ctx, wire.Settle{}); err != nil || s != vrs.Settled {
		t.Fatal(s, err)
	}
}

func TestOrdersRefuseOddAnswers(t *testing.T) {
	for _, body := range []string{`{"status":"maybe"}`, `{}`, `{"status":"settled","more":1}`} {
		client := scripted(t, clientTLS, serverTLS, says(200, []byte(body)))
		if _, err := client.Void(context.Background(), vrs.VoidOrder{}); code(err) != wire.VRSAnswer {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestSlowIsBusyAndSpent(t *testing.T) {
	hold := make(chan struct{})
	client := scripted(t, clientTLS, serverTLS, func(http.ResponseWriter, *http.Request) { <-hold })
	defer close(hold)
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if _, err := client.Query(ctx, vrs.Query{}); code(err) != wire.VRSBusy {
		t.Errorf("slow: %v", err)
	}
	// A late answer to the first question must not be taken for the second's.
	if _, err := client.Query(context.Background(), vrs.Query{}); code(err) != wire.VRSDown {
		t.Errorf("spent connection: %v", err)
	}
}

func TestCutIsDown(t *testing.T) {
	client := scripted(t, clientTLS, serverTLS, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	if _, err := client.Query(context.Background(), vrs.Query{}); code(err) != wire.VRSDown {
		t.Error(err)
	}
}

func TestWrongPeersAreDown(t *testing.T) {
	w, err := world()
	if err != nil {
		t.Fatal(err)
	}
	other, err := pki.New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	swap := func(c *tls.Config, f func(*tls.Config)) func(*pki.World) *tls.Config {
		f(c)
		return func(*pki.World) *tls.Config { return c }
	}
	for name, c := range map[string]struct{ client, server func(*pki.World) *tls.Config }{
		"another world's VRS": {clientTLS, swap(serverTLS(w), func(c *tls.Config) { c.Certificates = []tls.Certificate{other.VRS.TLS()} })},
		"another name":        {swap(clientTLS(w), func(c *tls.Config) { c.ServerName = "other.akashi.invalid" }), serverTLS},
		"TLS 1.2":             {clientTLS, swap(serverTLS(w), func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS12, tls.VersionTLS12 })},
		"no post-quantum":     {clientTLS, swap(serverTLS(w), func(c *tls.Config) { c.CurvePreferences = []tls.CurveID{tls.X25519} })},
		"expired":             {swap(clientTLS(w), func(c *tls.Config) { c.Time = func() time.Time { return time.Now().AddDate(50, 0, 0) } }), serverTLS},
		"not our client":      {swap(clientTLS(w), func(c *tls.Config) { c.Certificates = []tls.Certificate{other.VRSClient.TLS()} }), serverTLS},
	} {
		t.Run(name, func(t *testing.T) {
			client := scripted(t, c.client, c.server, says(200, wire.Encode(vrs.Answer{Status: vrs.NoRecord})))
			if _, err := client.Query(context.Background(), vrs.Query{}); code(err) != wire.VRSDown {
				t.Error(err)
			}
		})
	}
}

func TestEveryStatusHasACode(t *testing.T) {
	for _, s := range []vrs.Status{vrs.NoRecord, vrs.NeedsCheck, vrs.NotParticipating, vrs.NoOverseasIssue, vrs.PassportChanged,
		vrs.EvidenceAuthority, vrs.EvidenceSignature, vrs.EvidenceDigest, vrs.EvidenceNotLive, vrs.EvidenceMalformed, vrs.Busy} {
		if c := s.Code(); c == wire.OK || c == wire.VRSAnswer || !c.Known() {
			t.Errorf("%s: %v", s, c)
		}
	}
	if vrs.Status("new").Code() != wire.VRSAnswer || vrs.Found.Code() != wire.OK {
		t.Error("found and unknown")
	}
}

func FuzzParseRecord(f *testing.F) {
	f.Add(wire.Encode(vrs.Record{}))
	f.Add(wire.Encode(vrs.Record{ID: "A", FormerNames: []string{"見本"}, Doses: []vrs.Dose{{Number: 1}}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := vrs.ParseRecord(b)
		if err == nil && !bytes.Equal(wire.Encode(r), b) {
			t.Error("two encodings of one record")
		}
	})
}

func FuzzParseAnswer(f *testing.F) {
	f.Add(wire.Encode(foundAnswer()))
	f.Add(wire.Encode(vrs.Answer{Status: vrs.NoRecord}))
	f.Add(wire.Encode(vrs.Answer{Status: vrs.Busy, RetryAfter: 3}))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := vrs.ParseAnswer(b)
		if err != nil {
			return
		}
		if !bytes.Equal(wire.Encode(a), b) {
			t.Error("two encodings of one answer")
		}
		if (a.Status == vrs.Found) != (a.Record != nil) || a.Status == vrs.Busy {
			t.Errorf("%s came through", a.Status)
		}
	})
}
