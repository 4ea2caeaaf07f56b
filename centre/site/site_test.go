package site_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"akashi/centre/keys"
	"akashi/centre/site"
	"akashi/centre/vrs"
	"akashi/testkit/pki"
	"akashi/verifier/trust"
)

var world = sync.OnceValues(func() (*pki.World, error) { return pki.New(nil, nil) })

// history is a VRS that can forget, fail and talk nonsense.
type history struct {
	mu   sync.Mutex
	all  []vrs.Revocation
	fail error
	page int // revocations in one answer; 0: as many as there are
}

func (h *history) revoke(kid string, rids ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, r := range rids {
		h.all = append(h.all, vrs.Revocation{Sequence: uint64(len(h.all) + 1), KeyID: kid, Revocation: r})
	}
}

func (h *history) ask(_ context.Context, after uint64) (vrs.Revocations, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	a := vrs.Revocations{Last: uint64(len(h.all)), Revocations: []vrs.Revocation{}}
	if h.fail != nil || after > a.Last {
		return a, h.fail
	}
	a.Chain = vrs.FirstChain()
	for _, r := range h.all[:after] {
		a.Chain = vrs.RevocationChain(a.Chain, r)
	}
	a.Revocations = append(a.Revocations, h.all[after:]...)
	if h.page > 0 && len(a.Revocations) > h.page {
		a.Revocations = a.Revocations[:h.page]
	}
	return a, nil
}

// place is the folder of a site.
type place struct {
	*history
	t       *testing.T
	w       *pki.World
	dir     string
	kid     string
	mu      sync.Mutex
	now     time.Time
	notices []site.Notice
}

func newPlace(t *testing.T) *place {
	t.Helper()
	w, err := world()
	if err != nil {
		t.Fatal(err)
	}
	p := &place{history: &history{}, t: t, w: w, dir: t.TempDir(), now: time.Now()}
	if p.kid, err = keys.Thumbprint(&w.SHC.Key.PublicKey); err != nil {
		t.Fatal(err)
	}
	if err := w.WriteDir(p.path("pki")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(p.path("state"), 0o700); err != nil {
		t.Fatal(err)
	}
	p.crl("csca.crl", w.CSCA, 1, p.now.Add(-time.Hour))
	return p
}

func (p *place) path(parts ...string) string {
	return filepath.Join(append([]string{p.dir}, parts...)...)
}

// crl puts an authority's revocation list in place.
func (p *place) crl(name string, ca *pki.Authority, number int64, at time.Time) {
	p.t.Helper()
	b, err := x509.CreateRevocationList(nil, &x509.RevocationList{
		Number: big.NewInt(number), ThisUpdate: at, NextUpdate: at.AddDate(0, 3, 0),
	}, ca.Certificate, ca.Key)
	if err != nil {
		p.t.Fatal(err)
	}
	p.put(name, b)
}

// put replaces a file, as its owner should.
func (p *place) put(name string, b []byte) {
	p.t.Helper()
	path := p.path("pki", name)
	if err := os.WriteFile(path+".next", b, 0o600); err != nil {
		p.t.Fatal(err)
	}
	if err := os.Rename(path+".next", path); err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) options() site.Options {
	at := func(name string) string { return p.path("pki", name) }
	return site.Options{
		Issuer: p.w.Issuer.URL, JWKS: at("jwks.json"), Trust: at("trust.json"), TrustRoot: &p.w.TrustRoot.PublicKey,
		Files: map[string]string{"csca.pem": at("csca.pem"), "csca.crl": at("csca.crl"), "vdsnc.pem": at("keys/vdsnc.pem")},
		State: p.path("state"), Ask: p.ask, Now: p.clock, Wait: site.Wait, Jitter: func(n int64) int64 { return n / 2 },
		Say: func(n site.Notice) { p.mu.Lock(); defer p.mu.Unlock(); p.notices = append(p.notices, n) },
	}
}

func (p *place) clock() time.Time { p.mu.Lock(); defer p.mu.Unlock(); return p.now }

// open makes the site, which ends with the test or before.
func (p *place) open() *site.Site {
	p.t.Helper()
	s, err := site.New(p.options())
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { s.Close() })
	return s
}

func (p *place) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := fmt.Sprint(p.notices)
	p.notices = nil
	return s
}

func ask(s *site.Site, method, path string, header ...string) *http.Response {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, s *site.Site, path string) []byte {
	t.Helper()
	var b bytes.Buffer
	res := ask(s, "GET", path)
	if _, err := b.ReadFrom(res.Body); err != nil || res.StatusCode != 200 {
		t.Fatalf("%s: %s, %v", path, res.Status, err)
	}
	return b.Bytes()
}

// revoked reads key set and list as a verifier does, and gives the list's
// counter and entries.
func (p *place) revoked(s *site.Site) (version int, rids string) {
	p.t.Helper()
	set, err := trust.ParseJWKS(body(p.t, s, "/issuer/.well-known/jwks.json"), p.w.Issuer.URL)
	if err != nil || len(set) != 1 || len(set[0].Chain) == 0 {
		p.t.Fatalf("%d keys, %v", len(set), err)
	}
	entries, err := trust.ParseCRL(body(p.t, s, "/issuer"+keys.CRLPath(p.kid)), p.kid, set[0].CRLVersion)
	if err != nil {
		p.t.Fatal(err)
	}
	return set[0].CRLVersion, strings.Join(entries, " ")
}

func (p *place) expect(s *site.Site, what string, version int, rids string) {
	p.t.Helper()
	if v, got := p.revoked(s); v != version || got != rids {
		p.t.Errorf("%s: version %d, %q; want %d, %q", what, v, got, version, rids)
	}
}

func poll(t *testing.T, s *site.Site) {
	t.Helper()
	if err := s.Poll(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestRevocationsArePublished(t *testing.T) {
	p := newPlace(t)
	s := p.open()
	for _, path := range []string{"/.well-known/jwks.json", keys.CRLPath(p.kid)} {
		if res := ask(s, "GET", path); res.StatusCode != 503 || res.Header.Get("Retry-After") == "" {
			t.Errorf("%s before VRS was heard: %s; a list that lacks an entry would take it back", path, res.Status)
		}
	}
	if !strings.Contains(string(body(t, s, "/")), "being read") || string(body(t, s, "/trust.json")) == "" {
		t.Error("what does not rest on VRS is not there")
	}
	poll(t, s)
	p.expect(s, "nothing revoked", 0, "")
	p.revoke(p.kid, "AAAA", "BBBB")
	poll(t, s)
	p.expect(s, "two", 2, "AAAA BBBB")
	other := strings.Repeat("x", 43)
	p.page = 1
	p.revoke(other, "CCCC", "DDDD")
	p.revoke(p.kid, "0000")
	poll(t, s)
	p.expect(s, "in pages", 3, "0000 AAAA BBBB")
	if b := body(t, s, keys.CRLPath(other)); !strings.Contains(string(b), "DDDD") {
		t.Errorf("the list of a key that left the set: %s", b)
	}
	if b := body(t, s, "/"); !strings.Contains(string(b), ">3</td>") {
		t.Error("the page does not count them")
	}
}

// TestNothingIsTakenBack goes through what can be lost, one thing at a time.
func TestNothingIsTakenBack(t *testing.T) {
	for name, c := range map[string]struct {
		lose    func(p *place)
		version int
		said    string
		waits   bool // the lists are not given out until VRS was heard
	}{
		"nothing":            {func(*place) {}, 3, "[]", false},
		"the list":           {func(p *place) { os.Remove(p.path("state", p.kid+".json")) }, 6, "[]", true},
		"the mark":           {func(p *place) { os.Remove(p.path("state", "followed")) }, 3, "[]", true},
		"all of the state":   {func(p *place) { os.RemoveAll(p.path("state")); os.Mkdir(p.path("state"), 0o700) }, 3, "[]", true},
		"the list's end":     {func(p *place) { p.cut(p.kid + ".json") }, 6, "[]", true},
		"the mark's end":     {func(p *place) { p.cut("followed") }, 3, "[]", true},
		"an older list":      {func(p *place) { p.older() }, 5, "[]", true},
		"VRS: its last":      {func(p *place) { p.all = p.all[:2] }, 3, "[{vrs rolled-back} {vrs ok}]", false},
		"VRS: all of it":     {func(p *place) { p.all = nil }, 3, "[{vrs rolled-back} {vrs ok}]", false},
		"VRS: other history": {func(p *place) { p.all[0].Revocation = "ZZZZ" }, 4, "[{vrs rolled-back} {vrs ok}]", false},
	} {
		p := newPlace(t)
		p.t = t
		p.revoke(p.kid, "AAAA", "BBBB", "CCCC")
		s := p.open()
		poll(t, s)
		p.expect(s, name, 3, "AAAA BBBB CCCC")
		s.Close()
		c.lose(p)
		p.said()
		s = p.open()
		if s.Whole() == c.waits {
			t.Errorf("%s: given out before VRS was heard: %v", name, s.Whole())
		}
		if !c.waits {
			p.expect(s, name+", at once", 3, "AAAA BBBB CCCC")
		}
		poll(t, s)
		want := "AAAA BBBB CCCC"
		if strings.HasSuffix(name, "other history") {
			want += " ZZZZ"
		}
		p.expect(s, name+" is lost", c.version, want)
		if got := p.said(); got != c.said {
			t.Errorf("%s: said %s, want %s", name, got, c.said)
		}
		s.Close()
		s = p.open()
		p.expect(s, name+", after one more restart", c.version, want)
	}
}

func (p *place) cut(name string) {
	p.t.Helper()
	b, err := os.ReadFile(p.path("state", name))
	if err == nil {
		err = os.WriteFile(p.path("state", name), b[:len(b)/2], 0o600)
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) older() {
	p.t.Helper()
	b := []byte(`{"kid":"` + p.kid + `","method":"rid","ctr":1,"rids":["AAAA"]}`)
	if err := os.WriteFile(p.path("state", p.kid+".json"), b, 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// pemOf gives a key in PEM.
func pemOf(t *testing.T, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}
