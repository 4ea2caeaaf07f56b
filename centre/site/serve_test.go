package site_test

import (
	"bytes"
	"context"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"akashi/centre/keys"
	"akashi/centre/site"
	"akashi/centre/vrs"
	"akashi/centre/wire"
)

func TestHeaders(t *testing.T) {
	p := newPlace(t)
	s := p.open()
	poll(t, s)
	for path, want := range map[string][2]string{
		"/.well-known/jwks.json":        {"application/json", "public, max-age=25"},
		keys.CRLPath(p.kid):             {"application/json", "public, max-age=25"},
		"/trust.json":                   {"application/json", "public, max-age=300"},
		"/trust-root.pem":               {"application/x-pem-file", "public, max-age=86400"},
		"/csca.pem":                     {"application/x-pem-file", "public, max-age=86400"},
		"/csca.cer":                     {"application/pkix-cert", "public, max-age=86400"},
		"/vdsnc.cer":                    {"application/pkix-cert", "public, max-age=86400"},
		"/csca.crl":                     {"application/pkix-crl", "public, max-age=300"},
		"/":                             {"text/html; charset=utf-8", "public, max-age=300"},
		"/style.css":                    {"text/css; charset=utf-8", "public, max-age=300"},
		"/issuer/":                      {"text/html; charset=utf-8", "public, max-age=300"},
		"/issuer/csca.crl":              {"application/pkix-crl", "public, max-age=300"},
		"/issuer/trust-root.pem":        {"application/x-pem-file", "public, max-age=86400"},
		"/issuer/style.css":             {"text/css; charset=utf-8", "public, max-age=300"},
		"/issuer/trust.json":            {"application/json", "public, max-age=300"},
		"/issuer/vdsnc.pem":             {"application/x-pem-file", "public, max-age=86400"},
		"/issuer" + "/vdsnc.cer":        {"application/pkix-cert", "public, max-age=86400"},
		"/issuer" + "/csca.cer":         {"application/pkix-cert", "public, max-age=86400"},
		"/issuer/csca.pem":              {"application/x-pem-file", "public, max-age=86400"},
		"/issuer/.well-known/jwks.json": {"application/json", "public, max-age=25"},
	} {
		res := ask(s, "GET", path)
		h := res.Header
		if res.StatusCode != 200 || h.Get("Content-Type") != want[0] || h.Get("Cache-Control") != want[1] {
			t.Errorf("%s: %s %q %q", path, res.Status, h.Get("Content-Type"), h.Get("Cache-Control"))
		}
		if h.Get("Access-Control-Allow-Origin") != "*" || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Last-Modified") == "" {
			t.Errorf("%s: %v", path, h)
		}
		if again := ask(s, "GET", path, "If-None-Match", h.Get("ETag")); again.StatusCode != 304 {
			t.Errorf("%s, that is known: %s", path, again.Status)
		}
		head := ask(s, "HEAD", path)
		if n, _ := new(bytes.Buffer).ReadFrom(head.Body); head.StatusCode != 200 || n != 0 || head.Header.Get("Content-Length") != h.Get("Content-Length") {
			t.Errorf("HEAD %s: %s, %d bytes", path, head.Status, n)
		}
	}
}

func TestMethodsAndPaths(t *testing.T) {
	p := newPlace(t)
	s := p.open()
	poll(t, s)
	for _, c := range []struct {
		method, path string
		want         int
	}{
		{"POST", "/", 405}, {"PUT", "/trust.json", 405}, {"DELETE", "/trust.json", 405}, {"OPTIONS", "/.well-known/jwks.json", 204},
		{"GET", "/issuer", 301}, {"GET", "/nothing", 404}, {"GET", "/state/followed", 404}, {"GET", "/../state/followed", 404},
		{"GET", "/.well-known/crl/nobody.json", 404}, {"GET", "/issuerx/trust.json", 404}, {"GET", "/keys/vdsnc.key", 404},
	} {
		res := ask(s, c.method, c.path)
		if res.StatusCode != c.want || res.Header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s %s: %s, want %d", c.method, c.path, res.Status, c.want)
		}
	}
}

// TestReplacedFiles puts good and bad files in place while the site runs.
func TestReplacedFiles(t *testing.T) {
	p := newPlace(t)
	s := p.open()
	poll(t, s)
	p.said()
	before := map[string][]byte{}
	paths := []string{"/trust.json", "/csca.crl", "/vdsnc.cer", "/.well-known/jwks.json"}
	for _, path := range paths {
		before[path] = body(t, s, path)
	}
	for name, c := range map[string]struct {
		do   func()
		said string
	}{
		"a list that is not signed":    {func() { p.put("trust.json", []byte("{}")) }, "{trust trust.malformed}"},
		"a key set of nobody":          {func() { p.put("jwks.json", []byte(`{"keys":[]}`)) }, "{jwks trust.jwks}"},
		"a key set with a private key": {func() { p.put("jwks.json", []byte(`{"keys":[{"kty":"EC","d":"x"}]}`)) }, "{jwks trust.jwks}"},
		"an older CRL":                 {func() { p.crl("csca.crl", p.w.CSCA, 1, p.now.Add(-2*time.Hour)) }, "{csca.crl unusable}"},
		"another authority's CRL":      {func() { p.crl("csca.crl", p.w.PDFRoot, 2, p.now) }, "{csca.crl unusable}"},
		"half a CRL":                   {func() { p.put("csca.crl", []byte{0x30, 0x82}) }, "{csca.crl unusable}"},
		"a private key":                {func() { p.put("keys/vdsnc.pem", pemOf(t, p.w.VDSNC.Key)) }, "{vdsnc.pem unusable}"},
		"nothing":                      {func() { os.Remove(p.path("pki", "keys", "vdsnc.pem")) }, "{vdsnc.pem unusable}"},
	} {
		good, err := readAll(p.path("pki"))
		if err != nil {
			t.Fatal(err)
		}
		c.do()
		_ = s.Update()
		if got := p.said(); got != "["+c.said+"]" {
			t.Errorf("%s: said %s, want %s", name, got, c.said)
		}
		for _, path := range paths {
			if !bytes.Equal(body(t, s, path), before[path]) {
				t.Errorf("%s: %s has changed", name, path)
			}
		}
		if _, err := site.New(p.other()); err == nil && name != "an older CRL" {
			t.Errorf("%s: a site started with it", name)
		}
		for file, b := range good {
			if err := os.WriteFile(file, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Update(); err != nil {
			t.Errorf("%s, mended: %v", name, err)
		}
		p.said()
	}
	p.crl("csca.crl", p.w.CSCA, 2, p.now)
	if err := s.Update(); err != nil || bytes.Equal(body(t, s, "/csca.crl"), before["/csca.crl"]) {
		t.Errorf("a newer CRL is not served: %v", err)
	}
}

// other is the options of another site, with a state of its own.
func (p *place) other() site.Options {
	o := p.options()
	o.State, o.Say = p.t.TempDir(), nil
	return o
}

func readAll(dir string) (map[string][]byte, error) {
	all := map[string][]byte{}
	return all, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		all[path], err = os.ReadFile(path)
		return err
	})
}

// TestExportIsTheSameBytes holds the files against the server's.
func TestExportIsTheSameBytes(t *testing.T) {
	p := newPlace(t)
	s := p.open()
	out := t.TempDir()
	if s.Export(out) == nil {
		t.Error("exported before VRS was heard")
	}
	p.revoke(p.kid, "AAAA")
	poll(t, s)
	if err := s.Export(out); err != nil {
		t.Fatal(err)
	}
	all, err := readAll(out)
	if err != nil || len(all) < 10 {
		t.Fatalf("%d files, %v", len(all), err)
	}
	note := string(all[filepath.Join(out, site.HeadersFile)])
	for path, b := range all {
		name, _ := filepath.Rel(out, path)
		if name == site.HeadersFile {
			continue
		}
		if !strings.Contains(note, name+"\n\tContent-Type: ") {
			t.Errorf("the note says nothing of %s", name)
		}
		if name == "index.html" {
			name = ""
		}
		if !bytes.Equal(b, body(t, s, "/issuer/"+filepath.ToSlash(name))) {
			t.Errorf("%s is not what is served", name)
		}
	}
	if !strings.Contains(note, p.w.Issuer.URL) || !strings.Contains(note, "Access-Control-Allow-Origin: *") {
		t.Errorf("the note: %s", note)
	}
}

// TestVRSFails: nothing changes, it is said once, and it goes on by itself.
func TestVRSFails(t *testing.T) {
	p := newPlace(t)
	p.revoke(p.kid, "AAAA")
	s := p.open()
	poll(t, s)
	p.said()
	for name, c := range map[string]struct {
		spoil func()
		said  string
	}{
		"down":    {func() { p.fail = &vrs.Error{Code: wire.VRSDown} }, "[{vrs vrs-down}]"},
		"busy":    {func() { p.fail = &vrs.Error{Code: wire.VRSBusy} }, "[{vrs vrs-busy}]"},
		"garbage": {func() { p.fail = &vrs.Error{Code: wire.VRSAnswer} }, "[{vrs vrs-answer}]"},
		"too many keys": {func() {
			for i := range site.DefaultMaxKeys {
				p.revoke(strings.Repeat("k", 40)+string([]byte{'a' + byte(i/26), 'a' + byte(i%26), 'x'}), "R"+string(rune('A'+i%26)))
			}
		}, "[{state full}]"},
	} {
		before := len(p.all)
		c.spoil()
		for range 2 {
			if s.Poll(context.Background()) == nil {
				t.Errorf("%s: no error", name)
			}
		}
		if got := p.said(); got != c.said {
			t.Errorf("%s: said %s, want %s", name, got, c.said)
		}
		p.expect(s, name, 1, "AAAA")
		p.fail, p.all = nil, p.all[:before]
		poll(t, s)
		if got := p.said(); got != c.said[:strings.Index(c.said, " ")]+" ok}]" {
			t.Errorf("%s is over: said %s", name, got)
		}
	}
}

// TestServeAndRun reads from the real server while revocations come in.
func TestServeAndRun(t *testing.T) {
	p := newPlace(t)
	o := p.options()
	o.Wait = func(ctx context.Context, _ time.Duration) error { return site.Wait(ctx, time.Millisecond) }
	s, err := site.New(o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() {
		if err := s.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	all.Go(func() {
		if err := s.Serve(ctx, ln, nil); err != nil {
			t.Error(err)
		}
	})
	const digits = "0123456789abcdefghijklmnopqrstuv"
	all.Go(func() {
		for i := range 64 {
			p.revoke(p.kid, "AAA"+digits[i/32:i/32+1]+digits[i%32:i%32+1])
			time.Sleep(time.Millisecond) // so that there are many turns; nothing rests on it
		}
	})
	until := time.Now().Add(time.Minute)
	for seen, last := 0, ""; seen < 64; {
		res, err := http.Get("http://" + ln.Addr().String() + "/issuer" + keys.CRLPath(p.kid))
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		_, err = b.ReadFrom(res.Body)
		res.Body.Close()
		if n := strings.Count(b.String(), `"AAA`); err != nil || n < seen || time.Now().After(until) {
			t.Fatalf("%d entries after %d: %v\n%s\n%s", n, seen, err, last, b.String())
		} else {
			seen, last = n, b.String()
		}
	}
	stop()
	all.Wait()
}

// TestWithinAMinute adds up the longest ways.
func TestWithinAMinute(t *testing.T) {
	const longer = 5.0 / 4
	if d := time.Duration(longer*float64(site.DefaultPoll)) + site.DefaultListAge; d > time.Minute {
		t.Errorf("a verifier may have a list that is %v old", d)
	}
	if d := time.Duration(longer * float64(site.DefaultMaxWait)); d > time.Minute {
		t.Errorf("VRS is asked only %v after it is back", d)
	}
	for failures := range 100 {
		if d := site.Pause(failures); d <= 0 || d > site.DefaultMaxWait {
			t.Errorf("%d failures: %v", failures, d)
		}
	}
}
