package channel_test

import (
	"context"
	"crypto/elliptic"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"akashi/centre/channel"
	"akashi/centre/wire"
)

const hang = 60 * time.Second // generous: only against tests that hang

// gateway runs a server for the test and gives its address.
func gateway(t testing.TB, c channel.ServerConfig, h channel.Handler) string {
	t.Helper()
	addr, _ := stoppable(t, c, h)
	return addr
}

// stoppable gives a stop that returns when the server has ended.
func stoppable(t testing.TB, c channel.ServerConfig, h channel.Handler) (addr string, stop func()) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return ln.Addr().String(), serveOn(t, ln, c, h)
}

func serveOn(t testing.TB, ln net.Listener, c channel.ServerConfig, h channel.Handler) (stop func()) {
	t.Helper()
	w := world(t)
	if c.Certificate.Certificate == nil {
		c.Certificate = w.Gateway.TLS()
	}
	c.Root = w.Centre.Pool()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { channel.Serve(ctx, ln, c, h); close(done) }()
	stop = func() { cancel(); <-done }
	t.Cleanup(stop)
	return stop
}

func client(t testing.TB, addr, id string) channel.ClientConfig {
	t.Helper()
	w := world(t)
	cert, err := w.Kiosk(id)
	if err != nil {
		t.Fatal(err)
	}
	return channel.ClientConfig{Address: addr, Root: w.Centre.Pool(), Certificate: cert}
}

func dial(t testing.TB, addr, id string) *channel.Conn {
	t.Helper()
	c, err := channel.Dial(within(t), client(t, addr, id))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func within(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), hang)
	t.Cleanup(cancel)
	return ctx
}

// opened answers every ask as an open whose nonce repeats the kiosk's digest.
func opened(_ context.Context, p channel.Peer, _ wire.Type, _ json.RawMessage) (wire.Type, any, error) {
	return wire.TypeOpened, wire.Opened{Nonce: p.Digest[:]}, nil
}

func TestHandshakeMatrix(t *testing.T) {
	w, now := world(t), time.Now()
	addr := gateway(t, channel.ServerConfig{}, opened)
	kiosk := must(w.Kiosk("k1"))(t)
	day, web := 24*time.Hour, []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	config := func(f func(*tls.Config)) *tls.Config {
		c := channel.ClientTLS(kiosk, w.Centre.Pool(), wire.RoleGateway, "127.0.0.1", nil)
		f(c)
		return c
	}
	with := func(c tls.Certificate) func(*tls.Config) {
		return func(t *tls.Config) {
			t.Certificates = nil
			t.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &c, nil }
		}
	}
	if s, err := shake(addr, config(func(*tls.Config) {})); err != nil || s.CurveID != tls.X25519MLKEM768 || s.Version != tls.VersionTLS13 || s.DidResume {
		t.Fatalf("a good kiosk: %v, %v %v", err, s.Version, s.CurveID)
	}
	id := wire.KioskPrefix + "k1"
	for name, f := range map[string]func(*tls.Config){
		"no certificate":      with(tls.Certificate{}),
		"TLS 1.2":             func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS12, tls.VersionTLS12 },
		"X25519 only":         func(c *tls.Config) { c.CurvePreferences = []tls.CurveID{tls.X25519} },
		"P-256 only":          func(c *tls.Config) { c.CurvePreferences = []tls.CurveID{tls.CurveP256} },
		"role gateway":        with(w.Gateway.TLS()),
		"role launcher":       with(w.Launcher.TLS()),
		"two roles":           with(leaf(t, w.Centre, elliptic.P256(), now, now.Add(day), web, wire.RoleKiosk, wire.RoleGateway, id)),
		"other root":          with(leaf(t, w.VRSRoot, elliptic.P256(), now, now.Add(day), web, wire.RoleKiosk, id)),
		"expired":             with(leaf(t, w.Centre, elliptic.P256(), now.Add(-2*day), now.Add(-day), web, wire.RoleKiosk, id)),
		"not yet":             with(leaf(t, w.Centre, elliptic.P256(), now.Add(day), now.Add(2*day), web, wire.RoleKiosk, id)),
		"server's usage":      with(leaf(t, w.Centre, elliptic.P256(), now, now.Add(day), []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, wire.RoleKiosk, id)),
		"self-made authority": with(w.VRSClient.TLS()),
	} {
		if _, err := shake(addr, config(f)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// shake connects and waits for what the server says: in TLS 1.3 a refused
// client certificate shows itself only at the first read.
func shake(addr string, c *tls.Config) (tls.ConnectionState, error) {
	raw, err := net.DialTimeout("tcp", addr, hang)
	if err != nil {
		return tls.ConnectionState{}, err
	}
	defer raw.Close()
	raw.SetDeadline(time.Now().Add(hang))
	conn := tls.Client(raw, c)
	if err := conn.Handshake(); err != nil {
		return tls.ConnectionState{}, err
	}
	conn.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
	b := make([]byte, 12)
	if _, err := conn.Read(b); err != nil {
		return tls.ConnectionState{}, err
	}
	return conn.ConnectionState(), nil
}

func TestDialRefusesGateways(t *testing.T) {
	w, now := world(t), time.Now()
	web := []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	for name, cert := range map[string]tls.Certificate{
		"role launcher": leaf(t, w.Centre, elliptic.P256(), now.Add(-time.Hour), now.Add(time.Hour), web, wire.RoleLauncher),
		"other root":    leaf(t, w.VRSRoot, elliptic.P256(), now.Add(-time.Hour), now.Add(time.Hour), web, wire.RoleGateway),
		"expired":       leaf(t, w.Centre, elliptic.P256(), now.Add(-2*time.Hour), now.Add(-time.Hour), web, wire.RoleGateway),
	} {
		c := client(t, gateway(t, channel.ServerConfig{Certificate: cert}, opened), "k1")
		c.ServerName = "localhost"
		if _, err := channel.Dial(within(t), c); err != wire.LineDown {
			t.Errorf("%s: got %v", name, err)
		}
	}
	addr := gateway(t, channel.ServerConfig{}, opened)
	c := client(t, addr, "k1")
	c.ServerName = "other.invalid"
	if _, err := channel.Dial(within(t), c); err != wire.LineDown {
		t.Errorf("other name: got %v", err)
	}
	c = client(t, addr, "k1")
	c.Now = func() time.Time { return now.Add(100 * 365 * 24 * time.Hour) }
	if _, err := channel.Dial(within(t), c); err != wire.LineDown {
		t.Errorf("a clock of the next century: got %v", err)
	}
	if _, err := channel.Dial(within(t), client(t, "127.0.0.1:1", "k1")); err != wire.LineDown {
		t.Errorf("nobody there: got %v", err)
	}
	if _, err := channel.Dial(within(t), client(t, "nowhere", "k1")); err == nil || !strings.Contains(err.Error(), "host:port") {
		t.Errorf("not an address: got %v", err)
	}
}

func TestAcceptSeesWhoItIs(t *testing.T) {
	addr := gateway(t, channel.ServerConfig{Accept: func(p channel.Peer) bool { return p.ID == "good" }}, opened)
	c := dial(t, addr, "good")
	f, err := c.Ask(within(t), wire.TypeOpen, wire.Open{Terms: "1"})
	if err != nil {
		t.Fatal(err)
	}
	if o := must(channel.Body[wire.Opened](f))(t); len(o.Nonce) != 32 {
		t.Error("the handler did not see the certificate's digest")
	}
	if _, err := channel.Dial(within(t), client(t, addr, "bad")); !errors.Is(err, wire.KioskDisabled) {
		t.Errorf("a kiosk that is not accepted: got %v", err)
	}
}

func TestEachAskGetsItsOwnAnswer(t *testing.T) {
	const kiosks, asks = 8, 40
	addr := gateway(t, channel.ServerConfig{Rate: 1e6, Burst: 1e6, MaxOutstanding: asks}, func(_ context.Context, p channel.Peer, _ wire.Type, body json.RawMessage) (wire.Type, any, error) {
		o, err := wire.Decode[wire.Open](body, 1<<10)
		time.Sleep(time.Duration(o.Terms[len(o.Terms)-1]%7) * time.Millisecond) // answers overtake each other
		return wire.TypeOpened, wire.Opened{Nonce: []byte(p.ID + o.Terms)}, err
	})
	var wg sync.WaitGroup
	for k := range kiosks {
		id := "k" + string(rune('a'+k))
		c := dial(t, addr, id)
		for a := range asks {
			wg.Go(func() {
				terms := strings.Repeat("x", a+1) + string(rune('0'+a%10))
				f, err := c.Ask(within(t), wire.TypeOpen, wire.Open{Terms: terms})
				if err != nil {
					t.Error(err)
					return
				}
				o, err := channel.Body[wire.Opened](f)
				if err != nil || string(o.Nonce) != id+terms {
					t.Errorf("got %q, %v", o.Nonce, err)
				}
			})
		}
	}
	wg.Wait()
}

func TestRefusalsCrossAsNumbers(t *testing.T) {
	var next error
	addr := gateway(t, channel.ServerConfig{Rate: 1e6, Burst: 1e6}, func(context.Context, channel.Peer, wire.Type, json.RawMessage) (wire.Type, any, error) {
		return wire.TypeOpened, nil, next
	})
	c := dial(t, addr, "k1")
	for _, code := range wire.Codes() {
		next = code
		if _, err := c.Ask(within(t), wire.TypeOpen, nil); !errors.Is(err, code) {
			t.Errorf("%v crossed as %v", code, err)
		}
	}
	next = &channel.Refused{Code: wire.Busy, RetryAfter: 7}
	var r *channel.Refused
	if _, err := c.Ask(within(t), wire.TypeOpen, nil); !errors.As(err, &r) || r.RetryAfter != 7 {
		t.Errorf("got %v", err)
	}
	next = errors.New("a text that must not leave")
	if _, err := c.Ask(within(t), wire.TypeOpen, nil); !errors.Is(err, wire.Internal) || strings.Contains(err.Error(), "text") {
		t.Errorf("got %v", err)
	}
	next = nil
	if _, err := c.Ask(within(t), wire.TypeBeat, nil); !errors.Is(err, wire.Internal) { // handler answers opened
		t.Errorf("an answer of another type: got %v", err)
	}
	if _, err := c.Ask(within(t), wire.TypeOpened, nil); err != wire.FrameUnexpected {
		t.Errorf("asking with an answer's type: got %v", err)
	}
	if _, err := c.Ask(within(t), wire.TypeOpen, wire.Open{Terms: strings.Repeat("a", wire.DefaultMaxFrame)}); err != wire.TooLarge {
		t.Errorf("too large: got %v", err)
	}
}

func TestALateAnswerHasNoReceiver(t *testing.T) {
	hold := make(chan struct{})
	addr := gateway(t, channel.ServerConfig{}, func(ctx context.Context, p channel.Peer, ty wire.Type, b json.RawMessage) (wire.Type, any, error) {
		if ty == wire.TypeBeat {
			return wire.TypeBeaten, wire.Beaten{Enabled: true}, nil
		}
		<-hold
		return opened(ctx, p, ty, b)
	})
	c := dial(t, addr, "k1")
	ctx, cancel := context.WithCancel(within(t))
	cancel()
	if _, err := c.Ask(ctx, wire.TypeOpen, nil); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	close(hold)
	f, err := c.Ask(within(t), wire.TypeBeat, wire.Beat{})
	if err != nil || f.Type != wire.TypeBeaten {
		t.Errorf("the next ask: %v, %v", f.Type, err)
	}
}
