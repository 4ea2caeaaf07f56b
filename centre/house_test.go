package centre_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"akashi/centre"
	"akashi/centre/audit"
	"akashi/centre/channel"
	"akashi/centre/fleet"
	"akashi/centre/issue"
	"akashi/centre/keys"
	"akashi/centre/wire"
	"akashi/testkit/pki"
	"akashi/verifier/credential"
)

const (
	hang  = 60 * time.Second // generous: only against tests that hang
	terms = "2026-11"
	city  = "131016" // a code with a right check digit
	other = "141003"
	phone = "000-0000-0000"
)

var theWorld = sync.OnceValues(func() (*pki.World, error) { return pki.New(rand.Reader, time.Now) })

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// house is a whole centre in this process, but for its workers.
type house struct {
	t       testing.TB
	w       *pki.World
	dir     string
	bus     *centre.Bus
	dial    centre.DialConfig // the launcher's
	fleet   *fleet.Fleet
	kiosks  map[string]tls.Certificate
	addr    string
	gateway *centre.Gateway
	lc      centre.LauncherConfig
	shift   atomic.Int64 // nanoseconds that the centre's clock is ahead

	mu       sync.Mutex
	events   []audit.Event
	stopKeys func()
	stopLn   func()
	launched func() // stops the launcher
	launcher *centre.Launcher
	atVRS    chan net.Conn // of workers that wait there
}

type option func(*centre.LauncherConfig)

func (h *house) now() time.Time { return time.Now().Add(time.Duration(h.shift.Load())) }

// build starts everything. kiosks are k0, k1 …; "off" is disabled.
func build(t testing.TB, kiosks int, options ...option) *house {
	t.Helper()
	h := &house{t: t, w: must(theWorld())(t), dir: t.TempDir(), kiosks: map[string]tls.Certificate{}}
	h.makeFleet(kiosks)
	if err := h.w.WriteDir(h.dir); err != nil {
		t.Fatal(err)
	}
	h.startKeys()
	h.bus = must(centre.StartBus(centre.BusConfig{
		Listen: "127.0.0.1:0", Certificate: h.w.NATS.TLS(), Root: h.w.Centre.Pool(), Node: "n1", Store: t.TempDir(),
	}))(t)
	t.Cleanup(h.bus.Stop)
	h.dial = centre.DialConfig{URL: h.bus.URL(), Certificate: h.w.Launcher.TLS(), Root: h.w.Centre.Pool()}
	h.lc = centre.LauncherConfig{
		Node: "n1", Bus: h.dial, Fleet: h.fleet, Audit: filepath.Join(h.dir, "audit.log"),
		Keys: filepath.Join(h.dir, "k.sock"), VRS: h.listenVRS(),
		Worker:  centre.WorkerConfig{Path: must(os.Executable())(t), Args: []string{"fake-worker"}},
		Workers: 64, Now: h.now, Rand: rand.Reader,
		Setup: issue.Setup{Issuer: h.w.Issuer},
		Events: func(r audit.Record) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.events = append(h.events, r.Event)
		},
	}
	for _, o := range options {
		o(&h.lc)
	}
	h.startLauncher()
	h.startGateway()
	return h
}

func (h *house) makeFleet(n int) {
	c := fleet.Config{Terms: terms, Municipalities: []fleet.MunicipalityConfig{
		{Code: city, TakesPart: true, Kinds: []string{"domestic"}, Opens: "00:00", Closes: "00:00", Phone: phone},
		{Code: other, TakesPart: false, Opens: "00:00", Closes: "00:00"},
	}}
	add := func(id string, enabled bool) {
		cert := must(h.w.Kiosk(id))(h.t)
		h.kiosks[id] = cert
		c.Kiosks = append(c.Kiosks, fleet.KioskConfig{ID: id, Certificate: fleet.Digest(sha256.Sum256(cert.Certificate[0])).String(), Enabled: enabled})
	}
	for i := range n {
		add("k"+strconv.Itoa(i), true)
	}
	add("off", false)
	h.fleet = must(fleet.New(c))(h.t)
}

func (h *house) startKeys() {
	custody := must(keys.Open(filepath.Join(h.dir, "keys")))(h.t)
	ln := must(keys.Listen(filepath.Join(h.dir, "k.sock")))(h.t)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		keys.Serve(ctx, ln, custody, keys.Limits{Rate: 1e6, MaxSessions: 1000})
	}()
	h.stopKeys = sync.OnceFunc(func() { cancel(); <-done })
	h.t.Cleanup(h.stopKeys)
}

// listenVRS is a VRS that says nothing: fake workers only wait there.
func (h *house) listenVRS() string {
	ln := must(net.Listen("tcp", "127.0.0.1:0"))(h.t)
	h.atVRS = make(chan net.Conn, 100)
	h.stopLn = func() { ln.Close() }
	h.t.Cleanup(h.stopLn)
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			defer c.Close()
			go func() {
				if _, err := c.Read(make([]byte, 1)); err == nil {
					h.atVRS <- c
				}
			}()
		}
	}()
	return ln.Addr().String()
}

func (h *house) startLauncher() {
	h.t.Helper()
	l := must(centre.NewLauncher(context.Background(), h.lc))(h.t)
	h.launcher = l
	ctx, cancel := context.WithCancel(context.Background())
	ready, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		if err := l.Run(ctx, func() { close(ready) }); err != nil {
			h.t.Log("launcher: ", err)
		}
		l.Close()
	}()
	<-ready
	h.launched = sync.OnceFunc(func() { cancel(); <-done })
	h.t.Cleanup(h.launched)
}

func (h *house) startGateway() {
	h.t.Helper()
	h.gateway = must(centre.NewGateway(context.Background(), centre.GatewayConfig{
		Certificate: h.w.Gateway.TLS(), Root: h.w.Centre.Pool(), Fleet: h.fleet, Now: h.now, WorkerLife: h.lc.Worker.Life,
		Bus:     centre.DialConfig{URL: h.bus.URL(), Certificate: h.w.Gateway.TLS(), Root: h.w.Centre.Pool()},
		Channel: channel.ServerConfig{Rate: 1e6, Burst: 1e6, Drain: time.Second},
	}))(h.t)
	ln := must(net.Listen("tcp", "127.0.0.1:0"))(h.t)
	h.addr = ln.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { h.gateway.Serve(ctx, ln); close(done) }()
	h.t.Cleanup(func() { cancel(); <-done })
}

func within(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), hang)
	t.Cleanup(cancel)
	return ctx
}

func (h *house) kiosk(id string) *kiosk {
	h.t.Helper()
	c := must(channel.Dial(within(h.t), channel.ClientConfig{Address: h.addr, Root: h.w.Centre.Pool(), Certificate: h.kiosks[id]}))(h.t)
	h.t.Cleanup(func() { c.Close() })
	return &kiosk{h: h, conn: c, digest: sha256.Sum256(h.kiosks[id].Certificate[0])}
}

// kiosk is a connected kiosk of a test.
type kiosk struct {
	h      *house
	conn   *channel.Conn
	digest [32]byte
}

func (k *kiosk) ask(t wire.Type, body any) (wire.Frame, error) {
	return k.conn.Ask(within(k.h.t), t, body)
}

// open gives the header of a new session's first request.
func (k *kiosk) open() (wire.Header, error) {
	f, err := k.ask(wire.TypeOpen, wire.Open{Terms: terms})
	if err != nil {
		return wire.Header{}, err
	}
	o, err := channel.Body[wire.Opened](f)
	return wire.Header{
		Version: wire.Version, Nonce: o.Nonce, Kiosk: k.digest[:], Counter: 1,
		Municipality: city, Kind: credential.Domestic, Terms: terms,
	}, err
}

func (k *kiosk) begin(h wire.Header) (wire.Attested, error) {
	f, err := k.ask(wire.TypeBegin, h)
	if err != nil {
		return wire.Attested{}, err
	}
	a, err := channel.Body[wire.Attested](f)
	if err != nil {
		return a, err
	}
	return a, channel.CheckAttested(k.h.w.Centre.Pool(), h, a, k.h.now())
}

// request seals and asks; order is for the fake worker.
func (k *kiosk) request(h wire.Header, a wire.Attested, order string, challenge []byte) (wire.Answer, error) {
	r := wire.Request{Header: h, Challenge: challenge}
	r.Files.Number = []byte(order)
	s, key, err := channel.SealRequest(a, r)
	if err != nil {
		return wire.Answer{}, err
	}
	f, err := k.ask(wire.TypeRequest, s)
	if err != nil {
		return wire.Answer{}, err
	}
	down, err := channel.Body[wire.Sealed](f)
	if err != nil {
		return wire.Answer{}, err
	}
	return key.Open(down)
}

// whole runs one request of a new session.
func (k *kiosk) whole(order string, challenge []byte) (wire.Answer, error) {
	h, err := k.open()
	if err != nil {
		return wire.Answer{}, err
	}
	a, err := k.begin(h)
	if err != nil {
		return wire.Answer{}, err
	}
	return k.request(h, a, order, challenge)
}

// waiting starts a request whose worker waits, and gives how to let it go on
// and how it ends.
func (k *kiosk) waiting(order string) (goOn func(), ends <-chan error) {
	k.h.t.Helper()
	head := must(k.open())(k.h.t)
	a := must(k.begin(head))(k.h.t)
	got := make(chan error, 1)
	go func() { _, err := k.request(head, a, order, nil); got <- err }()
	select {
	case c := <-k.h.atVRS:
		return func() { c.Write([]byte{1}) }, got
	case err := <-got:
		k.h.t.Fatal("the worker does not wait: ", err)
	case <-time.After(hang):
		k.h.t.Fatal("the worker does not come to wait")
	}
	return nil, nil
}

// await gives the first event that f wants, once it is there.
func (h *house) await(f func(audit.Event) bool) audit.Event {
	h.t.Helper()
	for end := time.Now().Add(hang); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		h.mu.Lock()
		for _, e := range h.events {
			if f(e) {
				h.mu.Unlock()
				return e
			}
		}
		h.mu.Unlock()
	}
	h.t.Fatal("the event does not come")
	return audit.Event{}
}

// workers gives the numbers of this process's children that are alive.
func workers(t testing.TB) []string {
	t.Helper()
	all, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil || all == nil {
		t.Skip("no /proc here")
	}
	var pids []string
	for _, f := range all {
		b, _ := os.ReadFile(f)
		pids = append(pids, strings.Fields(string(b))...)
	}
	return pids
}

func (h *house) noWorkers() {
	h.t.Helper()
	for end := time.Now().Add(hang); ; time.Sleep(5 * time.Millisecond) {
		if len(workers(h.t)) == 0 {
			return
		}
		if time.Now().After(end) {
			h.t.Fatalf("workers live on: %v", workers(h.t))
		}
	}
}
