package centre_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
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
	"akashi/centre/wire/release"
	"akashi/testkit/edition"
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

// offered is the house's screen release: one city that issues one kind, around
// the clock, and one that takes no part.
func (h *house) offered() *release.Release {
	r := edition.Draft(nil, h.now())
	r.Terms.Version = terms
	edition.Add(r, release.Municipality{Code: city, NameJA: "千代田区", NameEN: "Chiyoda City", Kana: "ちよだく", TakesPart: true,
		Kinds: []credential.Kind{credential.Domestic}, Hours: &release.Hours{}, Phone: phone, Fee: 120}, release.Prefecture{Code: "13", NameJA: "東京都", NameEN: "Tokyo"})
	edition.Add(r, release.Municipality{Code: other, NameJA: "横浜市", NameEN: "Yokohama City", Kana: "よこはまし"},
		release.Prefecture{Code: "14", NameJA: "神奈川県", NameEN: "Kanagawa"})
	return r
}

// build starts everything. kiosks are k0, k1 …; "off" is disabled.
func build(t testing.TB, kiosks int, options ...option) *house {
	t.Helper()
	h := &house{t: t, w: must(theWorld())(t), dir: t.TempDir(), kiosks: map[string]tls.Certificate{}}
	h.makeFleet(kiosks)
	if err := errors.Join(h.w.WriteDir(h.dir), edition.Write(h.w, h.offered(), filepath.Join(h.dir, "release.json"))); err != nil {
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
		Setup: issue.Setup{Issuer: h.w.Issuer, TrustRoot: must(x509.MarshalPKIXPublicKey(h.w.TrustRoot.Public()))(t)},
		Trust: filepath.Join(h.dir, "trust.json"), Release: filepath.Join(h.dir, "release.json"),
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
	var c fleet.Config
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
	ln := must(keys.Listen(filepath.Join(h.dir, "k.sock"), 0))(h.t)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		keys.Serve(ctx, ln, custody, keys.Limits{Launchers: []int{os.Getuid()}, Rate: 1e6, MaxSessions: 1000})
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
