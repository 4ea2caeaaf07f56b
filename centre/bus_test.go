package centre_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"io/fs"
	"math/big"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"akashi/centre"
	"akashi/centre/channel"
)

func shortly(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// join connects to the bus with any certificate, as an intruder would.
func (h *house) join(cert tls.Certificate, f func(*tls.Config)) (*nats.Conn, error) {
	u := must(url.Parse(h.bus.URL()))(h.t)
	c := channel.ClientTLS(cert, h.w.Centre.Pool(), "", u.Hostname(), nil)
	c.VerifyConnection, c.NextProtos = nil, nil
	if f != nil {
		f(c)
	}
	nc, err := nats.Connect(h.bus.URL(), nats.Secure(c), nats.TLSHandshakeFirst(), nats.NoReconnect(), nats.CustomInboxPrefix("_INBOX_gateway"))
	if err == nil {
		h.t.Cleanup(nc.Close)
	}
	return nc, err
}

func TestTheBusLetsInRolesOnly(t *testing.T) {
	h := build(t, 1)
	none := func(c *tls.Config) { c.Certificates = nil }
	for name, f := range map[string]func() (*nats.Conn, error){
		"a kiosk":        func() (*nats.Conn, error) { return h.join(h.kiosks["k0"], nil) },
		"VRS":            func() (*nats.Conn, error) { return h.join(h.w.VRSClient.TLS(), nil) },
		"the server":     func() (*nats.Conn, error) { return h.join(h.w.NATS.TLS(), nil) },
		"no certificate": func() (*nats.Conn, error) { return h.join(h.w.Gateway.TLS(), none) },
		"TLS 1.2": func() (*nats.Conn, error) {
			return h.join(h.w.Gateway.TLS(), func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS12, tls.VersionTLS12 })
		},
		"X25519": func() (*nats.Conn, error) {
			return h.join(h.w.Gateway.TLS(), func(c *tls.Config) { c.CurvePreferences = []tls.CurveID{tls.X25519} })
		},
		"plain": func() (*nats.Conn, error) { return nats.Connect(must(url.Parse(h.bus.URL()))(t).Host) },
		"another server's root": func() (*nats.Conn, error) {
			return h.join(h.w.Gateway.TLS(), func(c *tls.Config) { c.RootCAs = x509.NewCertPool() })
		},
	} {
		if nc, err := f(); err == nil {
			nc.Close()
			t.Errorf("%s is let in", name)
		}
	}
}

// What a killed node leaves in the bus's folder is gone at the next start, and
// what others keep there is not; nothing is made anywhere else.
func TestTheBusLeavesNothing(t *testing.T) {
	w, store := must(theWorld())(t), filepath.Join(t.TempDir(), "audit.log.bus.d")
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	left, kept := filepath.Join(store, "jetstream", "left"), filepath.Join(store, "kept")
	for _, dir := range []string{left, kept} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	c := centre.BusConfig{Listen: "127.0.0.1:0", Certificate: w.NATS.TLS(), Root: w.Centre.Pool(), Node: "n1", Store: store}
	b := must(centre.StartBus(c))(t)
	if _, err := os.Stat(left); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of the node before: %v", err)
	}
	b.Stop()
	for dir, want := range map[string]int{temp: 0, store: 1} {
		if got := must(os.ReadDir(dir))(t); len(got) != want {
			t.Errorf("after the end: %v", got)
		}
	}
	if _, err := os.Stat(kept); err != nil {
		t.Error(err)
	}
	c.Store = ""
	if b, err := centre.StartBus(c); err == nil {
		b.Stop()
		t.Error("a bus without a folder")
	}
}

// intruder is a connection whose refusals are heard.
type intruder struct {
	*nats.Conn
	t       *testing.T
	refused chan error
}

func (h *house) intrude(t *testing.T, cert tls.Certificate) intruder {
	t.Helper()
	i := intruder{must(h.join(cert, nil))(t), t, make(chan error, 100)}
	i.SetErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { i.refused <- err })
	return i
}

// isRefused does something and waits for the bus to refuse just that.
func (i intruder) isRefused(what string, do func()) {
	i.t.Helper()
	for len(i.refused) > 0 {
		<-i.refused
	}
	do()
	i.Flush()
	select {
	case err := <-i.refused:
		if !strings.Contains(strings.ToLower(err.Error()), "permissions violation") {
			i.t.Errorf("%s: %v", what, err)
		}
	case <-time.After(hang):
		i.t.Errorf("%s is let through", what)
	}
}

// A gateway that was taken over can ask launchers, and nothing else: it reads
// and writes no shared memory, clears no stop, speaks for no launcher and no
// person, hears no other's messages. It does speak for its kiosks, also in an
// alarm that none of them has raised: that stops issuing, and a person lets it
// go on. An operator's certificate gives orders
// and does nothing else either.
func TestEachRoleHasItsOwnSubjectsOnly(t *testing.T) {
	h := build(t, 1)
	streams := []string{
		"$KV.sessions.u.00.1", "$KV.sessions.n.00", "$KV.stops.switch", "$KV.stops.a.1", "$JS.FC.x", "$JS.ACK.KV_stops.c.1.1.1.1.1",
		"$JS.API.INFO", "$JS.API.STREAM.NAMES", "$JS.API.STREAM.LIST", "$JS.API.STREAM.CREATE.mine", "$JS.API.STREAM.TEMPLATE.CREATE.x",
		"$JS.API.DIRECT.GET.KV_sessions.$KV.sessions.u.00.1", "$SYS.REQ.SERVER.PING", "_INBOX_launcher.x", "_INBOX_operator.x",
	}
	for _, b := range []string{"KV_sessions", "KV_stops"} {
		for _, op := range []string{
			"STREAM.INFO", "STREAM.CREATE", "STREAM.UPDATE", "STREAM.DELETE", "STREAM.PURGE", "STREAM.MSG.GET", "STREAM.MSG.DELETE", "STREAM.SNAPSHOT",
			"STREAM.RESTORE", "STREAM.LEADER.STEPDOWN", "DIRECT.GET", "CONSUMER.NAMES", "CONSUMER.LIST",
		} {
			streams = append(streams, "$JS.API."+op+"."+b)
		}
		for _, op := range []string{"CREATE", "DELETE", "INFO", "MSG.NEXT", "PAUSE", "DURABLE.CREATE"} {
			streams = append(streams, "$JS.API.CONSUMER."+op+"."+b+".c")
		}
	}
	for name, c := range map[string]struct {
		cert    tls.Certificate
		publish []string
		hear    []string
	}{
		"gateway": {h.w.Gateway.TLS(), []string{"akashi.person", "akashi.here.n1", "akashi.here.home_00", "akashi.launcher.n1.here", "_INBOX_gateway.x"},
			[]string{"akashi.>", "akashi.open", ">", "_INBOX_gateway.>", "_INBOX_gateway.*.x", "_INBOX_launcher.>", "_INBOX_operator.>", "$KV.>", "$JS.>", "$SYS.>"}},
		"operator": {h.w.Operator.TLS(), []string{"akashi.open", "akashi.begin", "akashi.launcher.n1.request", "akashi.settle", "_INBOX_gateway.x"},
			[]string{"akashi.>", ">", "_INBOX_gateway.>", "_INBOX_launcher.>"}},
	} {
		i := h.intrude(t, c.cert)
		for _, s := range append(c.publish, streams...) {
			i.isRefused(name+" asks "+s, func() { i.PublishRequest(s, "_INBOX_gateway.r", []byte("{}")) })
		}
		for _, s := range c.hear {
			i.isRefused(name+" hears "+s, func() { i.SubscribeSync(s) })
		}
	}
	l := h.intrude(t, h.w.Launcher.TLS())
	for _, s := range []string{
		"akashi.person", "akashi.open", "akashi.launcher.n1.request", "$JS.API.STREAM.DELETE.KV_stops", "$JS.API.STREAM.PURGE.KV_stops",
		"$JS.API.STREAM.DELETE.KV_sessions", "$JS.API.STREAM.CREATE.other",
	} {
		l.isRefused("launcher asks "+s, func() { l.PublishRequest(s, "_INBOX_launcher.r", []byte("{}")) })
	}
}

// Two gateways of one role: the one is taken over, and hears only itself.
func TestAGatewayHearsNoOtherGatewaysAnswers(t *testing.T) {
	h := build(t, 1)
	i := h.intrude(t, h.otherGateway())
	of := func(cert tls.Certificate) string {
		d := sha256.Sum256(cert.Certificate[0])
		return "_INBOX_gateway." + hex.EncodeToString(d[:]) + ".>"
	}
	for _, s := range []string{"_INBOX_gateway.>", "_INBOX_gateway.*.>", of(h.w.Gateway.TLS())} {
		i.isRefused("another gateway hears "+s, func() { i.SubscribeSync(s) })
	}
	j := h.intrude(t, h.w.Gateway.TLS()) // who has that certificate does hear it
	sub := must(j.SubscribeSync(of(h.w.Gateway.TLS())))(t)
	j.Flush()
	must(h.kiosk("k0").open())(t)
	if _, err := sub.NextMsg(hang); err != nil {
		t.Errorf("the answer goes elsewhere, so the test tries nothing: %v", err)
	}
}

// otherGateway gives a second gateway's certificate.
func (h *house) otherGateway() tls.Certificate {
	h.t.Helper()
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))(h.t)
	c := *h.w.Gateway.Chain[0]
	c.SerialNumber = big.NewInt(4711)
	der := must(x509.CreateCertificate(rand.Reader, &c, h.w.Centre.Certificate, &key.PublicKey, h.w.Centre.Key))(h.t)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// Whoever asks names the subject of the answer. A gateway that names one of the
// shared memory does not get the launcher to write there.
func TestALauncherWritesNowhereAtAGatewaysWord(t *testing.T) {
	h := build(t, 2)
	i := h.intrude(t, h.w.Gateway.TLS())
	k := h.kiosk("k1")
	for _, reply := range []string{"$KV.stops.switch", "$KV.stops.a.1", "$KV.sessions.u.00.1", "$JS.API.STREAM.INFO.KV_stops", "_INBOX_operator.x", "_INBOX_gatewayx.y"} {
		for _, ask := range []string{"akashi.open", "akashi.begin", "akashi.settle", "akashi.alarm", "akashi.beat", "akashi.where", "akashi.launcher.n1.request", "akashi.right", "akashi.right.00"} {
			if err := i.PublishRequest(ask, reply, []byte("{}")); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := i.Flush(); err != nil {
		t.Fatal(err)
	}
	if _, err := k.whole("", nil); err != nil { // what came before it was heard before it
		t.Errorf("after that: %v", err)
	}
	if s := h.tell(centre.Order{}); s.Stopped || s.Operator || len(s.Alarms) != 0 {
		t.Errorf("a gateway has stopped the centre: %+v", s)
	}
	if !k.enabled() {
		t.Error("a kiosk is told to stop")
	}
}
