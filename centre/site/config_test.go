package site_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"akashi/centre/site"
	"akashi/testkit/residents"
	refvrs "akashi/testkit/vrs"
	"akashi/verifier/trust"
)

const goodConfig = `{"listen":"127.0.0.1:0","issuer":"https://a.invalid/issuer","jwks":"jwks.json","trust":"trust.json","trust_root":"trust-root.pem",` +
	`"files":{"csca.pem":"csca.pem"},"state":"state","vrs":{"address":"127.0.0.1:1","server_name":"localhost","roots":"vrs-ca.pem","certificate":"site.pem","key":"site.key"}}`

func TestConfigRefuses(t *testing.T) {
	if _, err := site.ParseConfig([]byte(goodConfig)); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"unknown member":                   {`"listen"`, `"listens"`},
		"no state":                         {`"state":"state"`, `"state":""`},
		"no key towards VRS":               {`"key":"site.key"`, `"key":""`},
		"not on loopback":                  {`127.0.0.1:0`, `0.0.0.0:443`},
		"a name to listen at, without TLS": {`127.0.0.1:0`, `localhost:0`},
		"a certificate without its key":    {`"issuer"`, `"certificate":"a.pem","issuer"`},
		"a file's name with a folder":      {`"csca.pem":`, `"../csca.pem":`},
		"a file's name of another kind":    {`"csca.pem":`, `"csca.key":`},
		"two objects":                      {`"key":"site.key"}}`, `"key":"site.key"}}{}`},
	} {
		text := strings.Replace(goodConfig, change[0], change[1], 1)
		if _, err := site.ParseConfig([]byte(text)); err == nil || text == goodConfig {
			t.Errorf("%s: read", name)
		}
	}
	if _, err := site.ParseConfig([]byte(strings.Replace(goodConfig, `"127.0.0.1:0"`, `"0.0.0.0:443","certificate":"a","key":"b"`, 1))); err != nil {
		t.Errorf("with TLS: %v", err)
	}
}

// saying keeps what a running site says.
type saying struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *saying) Write(b []byte) (int, error) { s.mu.Lock(); defer s.mu.Unlock(); return s.b.Write(b) }
func (s *saying) String() string              { s.mu.Lock(); defer s.mu.Unlock(); return s.b.String() }

// TestRealVRS follows the reference VRS over mutual TLS, as configured, and
// exports what it has heard.
func TestRealVRS(t *testing.T) {
	p := newPlace(t)
	v, err := refvrs.New(refvrs.OfWorld(p.w))
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	if err := v.Load(residents.Municipalities(), nil); err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var served sync.WaitGroup
	defer served.Wait()
	defer stop()
	served.Go(func() { _ = v.Serve(ctx, ln) })
	c, err := site.ParseConfig([]byte(goodConfig))
	if err != nil {
		t.Fatal(err)
	}
	at := func(name string) string { return "pki/" + name }
	c.Issuer, c.VRS.Address, c.JWKS, c.Trust, c.TrustRoot = p.w.Issuer.URL, ln.Addr().String(), at("jwks.json"), at("trust.json"), at("trust-root.pem")
	c.Files, c.VRS.Roots, c.VRS.Certificate, c.VRS.Key = map[string]string{"csca.pem": at("csca.pem")}, at("vrs-ca.pem"), at("site.pem"), at("site.key")
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p.path("site.json"), b, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := site.RunConfigured(ctx, p.path("site.json"), p.path("out"), new(saying)); err != nil {
		t.Fatal(err)
	}
	set, err := os.ReadFile(p.path("out", ".well-known", "jwks.json"))
	if err != nil {
		t.Fatal(err)
	}
	if keys, err := trust.ParseJWKS(set, p.w.Issuer.URL); err != nil || len(keys) != 1 {
		t.Errorf("%d keys, %v", len(keys), err)
	}
	v.Faults().Down(true)
	if err := site.RunConfigured(ctx, p.path("site.json"), p.path("out"), new(saying)); err == nil {
		t.Error("exported without VRS")
	}
	running, end := context.WithCancel(ctx)
	out, ended := new(saying), make(chan error, 1)
	go func() { ended <- site.RunConfigured(running, p.path("site.json"), "", out) }()
	for until := time.Now().Add(time.Minute); !strings.Contains(out.String(), "site vrs vrs-down"); {
		if time.Sleep(10 * time.Millisecond); time.Now().After(until) {
			t.Fatalf("it said %s", out)
		}
	}
	if !strings.HasPrefix(out.String(), "ready site 127.0.0.1:") {
		t.Errorf("it said %s", out)
	}
	end()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
