package centre_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

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

// A gateway that was taken over can ask, and nothing else: it writes no nonce,
// clears no stop, hears no other's messages.
func TestAGatewayOnlyAsks(t *testing.T) {
	h := build(t, 1)
	errs := make(chan error, 100)
	nc := must(h.join(h.w.Gateway.TLS(), nil))(t)
	nc.SetErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { errs <- err })
	js := must(jetstream.New(nc))(t)
	kv := must(js.KeyValue(within(t), "sessions"))(t)
	if _, err := kv.Put(shortly(t), "u.00.1", []byte("n1")); err == nil {
		t.Error("a gateway writes to the shared memory")
	}
	if err := js.DeleteKeyValue(shortly(t), "stops"); err == nil {
		t.Error("a gateway deletes the stops")
	}
	if _, err := nc.RequestWithContext(shortly(t), "akashi.person", []byte("{}")); err == nil {
		t.Error("a gateway gives orders")
	}
	for _, subject := range []string{"akashi.>", ">", "_INBOX_launcher.>", "$KV.>"} {
		nc.SubscribeSync(subject)
		nc.Flush()
		select {
		case <-errs:
		case <-time.After(hang):
			t.Errorf("a gateway listens to %s", subject)
		}
	}
}
