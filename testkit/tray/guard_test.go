package tray_test

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"akashi/centre/audit"
	"akashi/kiosk/face"
	"akashi/kiosk/lastlook"
	"akashi/testkit/residents"
	"akashi/testkit/tray"
)

var (
	foreign = regexp.MustCompile(`(?:src|href|url\(|from |import\()\s*=?\s*["'(]?(?:https?:)?//`)
	local   = regexp.MustCompile(`(?:src|href)="(/[^"]*)"`)
	said    = regexp.MustCompile(`\b(?:t|plain)\("([a-z0-9-]+)"\)`)
	counted = regexp.MustCompile(`sum\([^\n]*?, "([a-z]+)"\)`)
)

func TestEveryPageStandsAlone(t *testing.T) {
	r := up(t)
	seen := map[string]bool{}
	for _, page := range []string{"/", "/panel/", "/tray/", "/papers/", "/centre/", "/trust/"} {
		resp, b := r.get(t, page)
		if resp.StatusCode != http.StatusOK || resp.Header.Get("Cache-Control") != "no-store" ||
			!strings.Contains(resp.Header.Get("Content-Security-Policy"), "default-src 'self'") {
			t.Errorf("%s: %d %v", page, resp.StatusCode, resp.Header)
		}
		if foreign.Match(b) || !strings.Contains(string(b), `lang="en"`) {
			t.Errorf("%s: something from elsewhere, or one language only", page)
		}
		for _, m := range local.FindAllSubmatch(b, -1) {
			seen[string(m[1])] = true
		}
	}
	if len(seen) < 15 {
		t.Errorf("only %d links found", len(seen))
	}
	for link := range seen {
		if resp, b := r.get(t, link); resp.StatusCode != http.StatusOK || foreign.Match(b) && strings.HasPrefix(link, "/web/") {
			t.Errorf("%s: %d, or something from elsewhere", link, resp.StatusCode)
		}
	}
}

func TestCataloguesHaveEveryWord(t *testing.T) {
	r := up(t)
	words := map[string]map[string]string{}
	for _, l := range []string{"ja", "en"} {
		_, b := r.get(t, "/web/text/"+l+".json")
		var one map[string]string
		if err := json.Unmarshal(b, &one); err != nil || len(one) < 50 {
			t.Fatalf("%s: %v, %d texts", l, err, len(one))
		}
		words[l] = one
	}
	var want []string
	for _, script := range []string{"page", "tray", "trip", "unit", "papers", "centre", "panel"} {
		_, b := r.get(t, "/web/js/"+script+".js")
		for _, m := range append(said.FindAllSubmatch(b, -1), counted.FindAllSubmatch(b, -1)...) {
			want = append(want, string(m[1]))
		}
	}
	for _, s := range face.Screens {
		want = append(want, "screen-"+string(s))
	}
	for i := lastlook.ReceiptInvalid; i.Known(); i++ {
		want = append(want, "reason-"+strconv.Itoa(int(i)))
	}
	for f := range reflect.TypeFor[audit.Event]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		want = append(want, name)
	}
	for _, key := range want {
		if words["ja"][key] == "" || words["en"][key] == "" {
			t.Errorf("no text %q", key)
		}
	}
	for key := range words["ja"] {
		if words["en"][key] == "" {
			t.Errorf("no English %q", key)
		}
	}
	if len(words["ja"]) != len(words["en"]) {
		t.Error("the catalogues differ")
	}
}

func TestStrangersAreRefused(t *testing.T) {
	r := up(t)
	ok := `{"kiosk":"kiosk-1"}`
	for name, c := range map[string]struct {
		method, path, body string
		change             func(*http.Request)
		want               int
	}{
		"the page itself":      {"POST", "/api/pull", ok, func(*http.Request) {}, 202},
		"another host":         {"GET", "/tray/", "", func(q *http.Request) { q.Host = "akashi.example:80" }, 403},
		"another port":         {"GET", "/", "", func(q *http.Request) { q.Host = "127.0.0.1:1" }, 403},
		"another origin":       {"POST", "/api/pull", ok, func(q *http.Request) { q.Header.Set("Origin", "http://127.0.0.1:1") }, 403},
		"a null origin":        {"POST", "/api/pull", ok, func(q *http.Request) { q.Header.Set("Origin", "null") }, 403},
		"no origin":            {"POST", "/api/pull", ok, func(q *http.Request) { q.Header.Del("Origin") }, 403},
		"two origins":          {"POST", "/api/pull", ok, func(q *http.Request) { q.Header.Add("Origin", r.base) }, 403},
		"a stranger who reads": {"GET", "/api/residents", "", func(q *http.Request) { q.Header.Set("Origin", "http://a.example") }, 403},
		"changing by GET":      {"GET", "/api/pull", "", func(*http.Request) {}, 405},
		"a form":               {"POST", "/api/pull", ok, func(q *http.Request) { q.Header.Set("Content-Type", "text/plain") }, 400},
		"an unknown member":    {"POST", "/api/pull", `{"kiosk":"kiosk-1","x":1}`, func(*http.Request) {}, 400},
		"something after it":   {"POST", "/api/pull", ok + ok, func(*http.Request) {}, 400},
		"too much":             {"POST", "/api/pull", `{"kiosk":"` + strings.Repeat("k", tray.DefaultMaxBody) + `"}`, func(*http.Request) {}, 400},
		"another kiosk":        {"POST", "/api/pull", `{"kiosk":"kiosk-9"}`, func(*http.Request) {}, 404},
		"nobody":               {"POST", "/api/insert", `{"kiosk":"kiosk-1","resident":"nobody"}`, func(*http.Request) {}, 404},
		"nobody's new card":    {"POST", "/api/reissue", `{"resident":"nobody"}`, func(*http.Request) {}, 404},
	} {
		q, err := http.NewRequest(c.method, r.base+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		if c.method == "POST" {
			q.Header.Set("Content-Type", "application/json")
			q.Header.Set("Origin", r.base)
		}
		c.change(q)
		if got := status(t, q); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestWalksThatNoKioskOffers(t *testing.T) {
	r := up(t)
	for name, change := range map[string]func(map[string]any){
		"three digits":       func(a map[string]any) { a["pin"] = "123" },
		"letters":            func(a map[string]any) { a["pin"] = "12e4" },
		"another kind":       func(a map[string]any) { a["kind"] = "lunar" },
		"a ward":             func(a map[string]any) { a["municipality"] = residents.ReijiNorth },
		"overseas in a town": func(a map[string]any) { a["municipality"], a["kind"] = residents.Shiken, "overseas" },
	} {
		ask := asked("yoshida", "", "domestic")
		change(ask)
		if got := r.post(t, "/api/walk", ask); got != http.StatusBadRequest {
			t.Errorf("%s: %d", name, got)
		}
	}
	if got := r.post(t, "/api/walk", asked("nobody", "1234", "domestic")); got != http.StatusNotFound {
		t.Errorf("nobody: %d", got)
	}
}

func TestOnlyPublishedFilesAreGiven(t *testing.T) {
	r := up(t)
	for name, want := range map[string]int{
		"trust.json": 200, "trust-root.pem": 200, "jwks.json": 200, "csca.pem": 200,
		"gateway.key": 404, "card-authority.key": 404, "STAND-IN.txt": 404, "..%2fnode.json": 404, "keys": 404,
	} {
		if resp, b := r.get(t, "/trust/files/"+name); resp.StatusCode != want || strings.Contains(string(b), "PRIVATE") {
			t.Errorf("%s: %d, want %d", name, resp.StatusCode, want)
		}
	}
	for _, path := range []string{"/paper/999.pdf", "/paper/x.pdf", "/web/pages/tray.html", "/web/js/none.js", "/none"} {
		if resp, _ := r.get(t, path); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
	}
}

func TestStreamsAreBounded(t *testing.T) {
	r := up(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	open := func() int {
		q, err := http.NewRequestWithContext(ctx, http.MethodGet, r.base+"/api/centre", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { resp.Body.Close() })
		return resp.StatusCode
	}
	full := false
	for range tray.DefaultMaxWatchers + 1 {
		full = open() == http.StatusServiceUnavailable
	}
	if !full {
		t.Error("one page more than the bound is let in")
	}
	cancel()
	for open2 := 0; open2 != http.StatusOK; { // the closed streams make room
		resp, err := http.Get(r.base + "/api/centre")
		if err != nil {
			t.Fatal(err)
		}
		open2 = resp.StatusCode
		resp.Body.Close()
	}
}

// outside is a listener that is not on this machine alone; it never listens.
type outside struct{ net.Listener }

func (outside) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4zero, Port: 80} }

func TestLoopbackOnly(t *testing.T) {
	if err := up(t).server.Serve(t.Context(), outside{}); err == nil || !strings.Contains(err.Error(), "loopback") {
		t.Errorf("%v", err)
	}
}
