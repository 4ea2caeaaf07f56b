package issue_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"akashi/centre/channel"
	"akashi/centre/issue"
	"akashi/centre/keys"
	"akashi/centre/vaccines"
	"akashi/centre/wire"
	"akashi/printer/glyph"
	"akashi/testkit/pki"
	"akashi/testkit/residents"
	refvrs "akashi/testkit/vrs"
	"akashi/testkit/vrs/present"
	"akashi/verifier/credential"
	"akashi/verifier/trust"
)

// rooms is everything around one worker: authorities, a reference VRS, a key
// process, and a launcher that is this test.
type rooms struct {
	t       testing.TB
	w       *pki.World
	vrs     *refvrs.VRS
	control *keys.Control
	setup   issue.Setup
	vrsAddr string
	tables  *vaccines.Set
}

var (
	world = sync.OnceValues(func() (*pki.World, error) { return pki.New(nil, nil) })
	cards sync.Map // resident ID to *present.Card: RSA keys take a while
)

func card(t testing.TB, id string) *present.Card {
	t.Helper()
	if c, ok := cards.Load(id); ok {
		return c.(*present.Card)
	}
	w, err := world()
	must(t, err)
	r, ok := residents.Find(id)
	if !ok {
		t.Fatalf("no resident %q", id)
	}
	c, err := present.Read(w, r)
	must(t, err)
	cards.Store(id, c)
	return c
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// open builds the rooms; limits bound the key process.
func open(t testing.TB, limits keys.Limits) *rooms {
	t.Helper()
	w, err := world()
	must(t, err)
	dir := t.TempDir()
	must(t, w.WriteDir(dir))
	custody, err := keys.Open(filepath.Join(dir, "keys"))
	must(t, err)
	return openWith(t, limits, func() *keys.Custody { return custody })
}

// openWith builds the rooms around keys that may change.
func openWith(t testing.TB, limits keys.Limits, newest func() *keys.Custody) *rooms {
	t.Helper()
	if _, err := glyph.Load(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	w, err := world()
	must(t, err)
	r := &rooms{t: t, w: w}
	r.tables, err = vaccines.Load()
	must(t, err)
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	t.Cleanup(func() { stop(); running.Wait() })

	sockets, err := os.MkdirTemp("", "keys") // t.TempDir is too long for a socket's path
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(sockets) })
	ln, err := keys.Listen(filepath.Join(sockets, "s"), 0)
	must(t, err)
	limits.Launchers = []int{os.Getuid()}
	running.Go(func() { keys.ServeNewest(ctx, ln, newest, limits) })
	r.control, err = keys.Dial(filepath.Join(sockets, "s"))
	must(t, err)

	r.vrs, err = refvrs.New(refvrs.OfWorld(w))
	must(t, err)
	must(t, r.vrs.Load(residents.Municipalities(), residents.All()))
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	r.vrsAddr = tcp.Addr().String()
	running.Go(func() { r.vrs.Serve(ctx, tcp) })
	list, err := w.TrustList()
	must(t, err)
	r.setup = r.newSetup(newest().Public(), list)
	return r
}

func (r *rooms) newSetup(public keys.Public, list *trust.List) issue.Setup {
	signed, err := trust.Encode(list, r.w.TrustRoot)
	must(r.t, err)
	root, err := x509.MarshalPKIXPublicKey(&r.w.TrustRoot.PublicKey)
	must(r.t, err)
	return issue.Setup{
		Mode: issue.ModeIssue, Phone: "000-0000-0201", Issuer: r.w.Issuer, Keys: public,
		VRS:   issue.VRS{ServerName: "vrs.akashi.invalid", Roots: [][]byte{r.w.VRSRoot.Certificate.Raw}, Binding: r.w.Binding.DER()},
		Trust: signed, TrustRoot: root,
	}
}

// header is one admitted request of a session of its own.
func header(municipality string, kind credential.Kind) wire.Header {
	nonce := make([]byte, 32)
	rand.Read(nonce)
	kiosk := sha256.Sum256([]byte("a kiosk"))
	return wire.Header{Version: wire.Version, Nonce: nonce, Kiosk: kiosk[:], Counter: 1,
		Municipality: municipality, Kind: kind, Disease: residents.Disease, Terms: "1"}
}

// request is what an honest session worker seals.
func request(t testing.TB, id string, h wire.Header) wire.Request {
	t.Helper()
	e, err := card(t, id).Answer(h.SessionDigest())
	must(t, err)
	return wire.Request{Header: h, Files: e.Files, Challenge: e.Challenge}
}

// attempt is one worker's life with what a test may change on its way.
type attempt struct {
	header  wire.Header
	request wire.Request
	setup   func(*issue.Setup)
	sealed  func(*wire.Sealed)
	vrsConn func(net.Conn) net.Conn
	keyConn func(net.Conn) net.Conn
	pipe    func(net.Conn) net.Conn // the launcher's end
	expires int64
	ctx     context.Context
	now     func() time.Time
}

// outcome is what launcher and kiosk saw of it.
type outcome struct {
	answer   wire.Answer // when one came
	answered bool
	done     issue.Done
	token    []byte
	err      error // the launcher's
	run      error // the worker's
}

func ask(t testing.TB, id, municipality string, kind credential.Kind) attempt {
	t.Helper()
	h := header(municipality, kind)
	return attempt{header: h, request: request(t, id, h)}
}

// make runs one worker from its start to its end.
func (r *rooms) make(a attempt) outcome {
	r.t.Helper()
	var session [16]byte
	rand.Read(session[:])
	f, err := r.control.Open(context.Background(), session)
	must(r.t, err)
	keyConn, err := net.FileConn(f)
	must(r.t, err)
	f.Close()
	vrsConn, err := net.Dial("tcp", r.vrsAddr)
	must(r.t, err)
	if a.keyConn != nil {
		keyConn = a.keyConn(keyConn)
	}
	if a.vrsConn != nil {
		vrsConn = a.vrsConn(vrsConn)
	}
	ctx := a.ctx
	if ctx == nil {
		ctx = context.Background()
	}
	launcher, worker := net.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := issue.Run(ctx, worker, vrsConn, keyConn, issue.Deps{Now: a.now, Vaccines: r.tables})
		worker.Close()
		vrsConn.Close()
		keyConn.Close()
		ended <- err
	}()
	if a.pipe != nil {
		launcher = a.pipe(launcher)
	}
	o := r.launch(a, session, launcher)
	launcher.Close()
	o.run = <-ended
	return o
}

// launch plays launcher and kiosk.
func (r *rooms) launch(a attempt, session [16]byte, pipe net.Conn) (o outcome) {
	s := r.setup
	s.Header = &a.header
	if a.setup != nil {
		a.setup(&s)
	}
	l, err := issue.Begin(pipe, s)
	if err != nil {
		o.err = err
		return o
	}
	if l.Key() == nil {
		o.done, o.err = l.Wait()
		return o
	}
	at := wire.Attested{Key: l.Key(), Expires: time.Now().Add(time.Minute).Unix(), Chain: s.Keys.Chains[keys.PurposeAttest]}
	at.Signature, err = r.control.Attest(context.Background(), session, wire.AttestationDigest(a.header, at.Key, at.Expires))
	must(r.t, err)
	must(r.t, channel.CheckAttested(r.w.Centre.Pool(), a.header, at, time.Now()))
	sealed, key, err := channel.SealRequest(at, a.request)
	must(r.t, err)
	if a.sealed != nil {
		a.sealed(&sealed)
	}
	if a.expires != 0 {
		at.Expires = a.expires
	}
	o.done, o.err = l.Ask(sealed, at.Expires)
	o.token = l.Token()
	if o.err == nil && o.done.Answer != nil {
		o.answer, err = key.Open(*o.done.Answer)
		must(r.t, err)
		o.answered = true
	}
	return o
}

// refused fails the test unless the attempt ended with the code, with nothing
// delivered and every reserved ID void.
func (r *rooms) refused(name string, o outcome, want wire.Code) {
	r.t.Helper()
	got := o.done.Event.Code
	if o.err != nil {
		errors.As(o.err, &got)
	}
	if got != want {
		r.t.Errorf("%s: %v at %v, want %v", name, got, o.done.Event.At, want)
	}
	if o.answered && (o.answer.Code != want || o.answer.Delivery != nil) {
		r.t.Errorf("%s: the kiosk is told %v, delivery %v", name, o.answer.Code, o.answer.Delivery != nil)
	}
	counts, err := r.vrs.Counts(context.Background())
	must(r.t, err)
	if n := counts[refvrs.Pending] + counts[refvrs.Delivered]; n != 0 {
		r.t.Errorf("%s: %v", name, counts)
	}
}
