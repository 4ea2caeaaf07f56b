package web_test

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"akashi/verifier/web"
)

func ask(t *testing.T, s *web.Site, method, path string, headers ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestServed(t *testing.T) {
	w := newWorld(t)
	s := site(t, w)
	for path, kind := range map[string]string{
		"/": "text/html; charset=utf-8", "/main.js": "text/javascript; charset=utf-8", "/sw.js": "text/javascript; charset=utf-8",
		"/manifest.webmanifest": "application/manifest+json", "/verify.wasm": "application/wasm", "/pdfium.wasm": "application/wasm",
		"/zxing/zxing_reader.wasm": "application/wasm", "/wasm_exec.js": "text/javascript; charset=utf-8",
		"/trust.json": "application/json", "/trust-root.pem": "application/x-pem-file", "/LICENSES.txt": "text/plain; charset=utf-8",
	} {
		r := ask(t, s, "GET", path)
		policy := r.Header.Get("Content-Security-Policy")
		if r.StatusCode != 200 || r.Header.Get("Content-Type") != kind || !strings.HasPrefix(policy, "default-src 'none'; ") ||
			!strings.Contains(policy, "connect-src 'self'") || r.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %d %v", path, r.StatusCode, r.Header)
		}
		if again := ask(t, s, "GET", path, "If-None-Match", r.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
			t.Errorf("%s, asked again: %d", path, again.StatusCode)
		}
	}
	for path, code := range map[string]int{"/none": 404, "/page/index.html": 404, "/README.txt": 404, "/../web.go": 404} {
		if r := ask(t, s, "GET", path); r.StatusCode != code {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
	if r := ask(t, s, "POST", "/"); r.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("a certificate could be sent here: %d", r.StatusCode)
	}
}

func TestCompressed(t *testing.T) {
	s := site(t, newWorld(t))
	plain := body(t, ask(t, s, "GET", "/wasm_exec.js").Body)
	r := ask(t, s, "GET", "/wasm_exec.js", "Accept-Encoding", "br, gzip")
	z, err := gzip.NewReader(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	if r.Header.Get("Content-Encoding") != "gzip" || body(t, z) != plain || !strings.Contains(plain, "WebAssembly") {
		t.Errorf("the two forms differ: %v", r.Header)
	}
}

// TestTrustReplaced: whoever asks gets the list as it is now.
func TestTrustReplaced(t *testing.T) {
	w := newWorld(t)
	s := site(t, w)
	w.write(t, "trust.json", []byte("another"))
	if got := body(t, ask(t, s, "GET", "/trust.json").Body); got != "another" {
		t.Errorf("got %q", got)
	}
	if err := os.Remove(w.file("trust.json")); err != nil {
		t.Fatal(err)
	}
	if r := ask(t, s, "GET", "/trust.json"); r.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("no list: %d", r.StatusCode)
	}
}

// TestExport: the folder holds what is served, and the service worker names all
// of it but itself and the trust list.
func TestExport(t *testing.T) {
	w := newWorld(t)
	s := site(t, w)
	dir := filepath.Join(t.TempDir(), "page")
	if err := s.Export(dir); err != nil {
		t.Fatal(err)
	}
	sw, err := os.ReadFile(filepath.Join(dir, "sw.js"))
	if err != nil {
		t.Fatal(err)
	}
	var named []string
	if err := json.Unmarshal([]byte(regexp.MustCompile(`(?m)^const files = (.*)$`).FindStringSubmatch(string(sw))[1]), &named); err != nil {
		t.Fatal(err)
	}
	named = append(named, "sw.js", "trust.json")
	err = filepath.WalkDir(dir, func(name string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, name)
		rel = filepath.ToSlash(rel)
		i := slices.Index(named, rel)
		if i < 0 {
			return fmt.Errorf("%s is not named by the service worker", rel)
		}
		named = slices.Delete(named, i, i+1)
		b, err := os.ReadFile(name)
		if err == nil && body(t, ask(t, s, "GET", "/"+rel).Body) != string(b) {
			err = fmt.Errorf("%s is served otherwise", rel)
		}
		if regexp.MustCompile(`\{\{(policy|files|version)`).Match(b) {
			err = fmt.Errorf("%s has a place that nothing was put into", rel)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if len(named) > 0 {
		t.Errorf("not there: %v", named)
	}
	again := site(t, newWorld(t)) // another root: another version
	if body(t, ask(t, again, "GET", "/sw.js").Body) == string(sw) {
		t.Error("a page with another root would stay with the old one")
	}
}

func TestRefusesToStart(t *testing.T) {
	w := newWorld(t)
	site(t, w)
	for name, o := range map[string]web.Options{
		"no list":          {Trust: w.file("none"), Root: w.file("trust-root.pem")},
		"no root":          {Trust: w.file("trust.json"), Root: w.file("none")},
		"a root of no key": {Trust: w.file("trust.json"), Root: w.file("trust.json")},
		"a list too large": {Trust: w.write(t, "huge", make([]byte, 9<<20)), Root: w.file("trust-root.pem")},
	} {
		if _, err := web.New(o); err == nil {
			t.Errorf("%s: it started", name)
		}
	}
}

// TestTexts: both languages say everything that the page asks for, and nothing
// else.
func TestTexts(t *testing.T) {
	texts := map[string]map[string]string{}
	for _, lang := range []string{"ja", "en"} {
		b, err := os.ReadFile("page/texts/" + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		m := map[string]string{}
		if err := json.Unmarshal(b, &m); err != nil {
			t.Fatal(err)
		}
		texts[lang] = m
	}
	var source string
	for _, pattern := range []string{"page/*.html", "page/*.js"} {
		files, _ := filepath.Glob(pattern)
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			source += string(b)
		}
	}
	for key, ja := range texts["ja"] {
		en := texts["en"][key]
		if ja == "" || en == "" || len(regexp.MustCompile(`\{\w+\}`).FindAllString(ja, -1)) != len(regexp.MustCompile(`\{\w+\}`).FindAllString(en, -1)) {
			t.Errorf("%s: %q, %q", key, ja, en)
		}
		if !regexp.MustCompile(`['"]` + key + `['"]`).MatchString(source) {
			t.Errorf("%s is said nowhere", key)
		}
	}
	if len(texts["en"]) != len(texts["ja"]) {
		t.Errorf("%d texts in Japanese, %d in English", len(texts["ja"]), len(texts["en"]))
	}
	for _, m := range regexp.MustCompile(`(?:[^\w]t\(|data-text=)['"]([\w-]+)['"]`).FindAllStringSubmatch(source, -1) {
		if texts["ja"][m[1]] == "" {
			t.Errorf("%s is said and has no text", m[1])
		}
	}
}

// TestInstallable: the manifest's icons are there, of the sizes that it says.
func TestInstallable(t *testing.T) {
	var m struct {
		Name, Display string
		StartURL      string `json:"start_url"`
		Icons         []struct{ Src, Sizes string }
	}
	b, err := os.ReadFile("page/manifest.webmanifest")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &m); err != nil || m.Name == "" || m.Display != "standalone" || m.StartURL != "./" || len(m.Icons) < 2 {
		t.Fatalf("%v: %+v", err, m)
	}
	for _, i := range m.Icons {
		f, err := os.Open("page/" + i.Src)
		if err != nil {
			t.Fatal(err)
		}
		c, err := png.DecodeConfig(f)
		f.Close()
		if err != nil || fmt.Sprintf("%dx%d", c.Width, c.Height) != i.Sizes {
			t.Errorf("%s: %v, %dx%d", i.Src, err, c.Width, c.Height)
		}
	}
}
