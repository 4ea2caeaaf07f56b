package web_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"akashi/testkit/browser"
	"akashi/verifier/web"
)

// pictures is a folder for pictures of the page, for whoever looks at it; empty:
// none are kept.
var pictures = os.Getenv("AKASHI_PICTURES")

// outside is where everything goes that does not go to this machine.
type outside struct {
	net.Listener
	mu    sync.Mutex
	asked []string
}

// newOutside stands in as a proxy: loopback does not pass it.
func newOutside(t *testing.T) *outside {
	o := &outside{Listener: listen(t)}
	go http.Serve(o, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.mu.Lock()
		o.asked = append(o.asked, r.Host)
		o.mu.Unlock()
		http.Error(w, "nothing out here", http.StatusBadGateway)
	}))
	return o
}

// chromiums are the hosts that Chromium itself asks for updates and accounts,
// whatever page is open.
var chromiums = regexp.MustCompile(`^[a-z0-9.-]+\.(google|googleapis|gvt1)\.com(:443)?$`)

func listen(t *testing.T) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	return ln
}

func chromium(t *testing.T, camera string, o *outside) *browser.Browser {
	t.Helper()
	b, err := browser.Start(context.Background(), "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
		"--use-file-for-fake-video-capture="+camera, "--proxy-server=http://"+o.Addr().String())
	if errors.Is(err, browser.ErrMissing) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

// visitor is a page and what a test asks of it; every fault ends the test.
type visitor struct {
	*testing.T
	*browser.Page
}

func (v visitor) do(err error) {
	v.Helper()
	if err != nil {
		v.Fatal(err)
	}
}

const (
	ready   = `() => document.documentElement.dataset.ready && document.getElementById('offline').textContent.startsWith('✓')`
	judged  = `() => !document.getElementById('result').hidden && document.querySelector('.verdict h2')?.innerText`
	waiting = `() => !document.getElementById('start').hidden`
	all     = `() => document.body.innerText`
)

func (v visitor) ready() { v.Helper(); v.do(v.Wait(ready, nil)) }

// says reads the page once there is a result.
func (v visitor) says() (text string) {
	v.Helper()
	v.do(v.Wait(`() => `+"("+judged+")() || !document.getElementById('notice').hidden", nil))
	v.do(v.Eval(&text, all, nil))
	return text
}

func (v visitor) has(text string, want ...string) {
	v.Helper()
	text = strings.ReplaceAll(text, "\u3000", " ") // one code parts the name so, the other not
	for _, w := range want {
		if !strings.Contains(text, strings.ReplaceAll(w, "\u3000", " ")) {
			v.Errorf("%q is not said:\n%s", w, text)
		}
	}
}

// look holds a screen against axe and keeps a picture of it.
func (v visitor) look(name string) {
	v.Helper()
	found, err := v.Axe()
	v.do(err)
	for _, f := range found {
		v.Errorf("%s: %s", name, f)
	}
	if pictures != "" {
		v.do(v.Shot(filepath.Join(pictures, name+".png")))
	}
}

func (v visitor) give(file string) string {
	v.Helper()
	v.do(v.Give("#file", file))
	return v.says()
}

// finish ends a result and holds that nothing of it stays.
func (v visitor) finish(secrets ...string) {
	v.Helper()
	v.do(v.Tap("#next"))
	v.do(v.Wait(waiting, nil))
	var left string
	v.do(v.Eval(&left, `async () => document.documentElement.outerHTML + JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + JSON.stringify(await indexedDB.databases())`, nil))
	for _, s := range secrets {
		if strings.Contains(left, s) {
			v.Errorf("%q stays in the page", s)
		}
	}
}

func site(t *testing.T, w *world) *web.Site {
	t.Helper()
	s, err := web.New(web.Options{Trust: w.file("trust.json"), Root: w.file("trust-root.pem")})
	if errors.Is(err, web.ErrAssets) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestPage walks the page in Chromium: camera and every kind of file, valid and
// refused, both languages, then without a network.
func TestPage(t *testing.T) {
	w := newWorld(t)
	s := site(t, w)
	out := newOutside(t)
	b := chromium(t, w.file("camera.y4m"), out)
	w.issue(t)
	ln := listen(t)
	ctx, end := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, ln) }()
	page, err := b.Open(browser.Open{URL: "http://" + ln.Addr().String() + "/", Width: 390, Height: 844, Language: "ja-JP"})
	if err != nil {
		t.Fatal(err)
	}
	v := visitor{t, page}
	v.ready()
	v.look("start-phone-ja")
	t.Run("camera", func(t *testing.T) { visitor{t, page}.camera(w) })
	t.Run("one by one", func(t *testing.T) { visitor{t, page}.oneByOne(w) })
	t.Run("files", func(t *testing.T) { visitor{t, page}.files(w) })
	t.Run("english", func(t *testing.T) { visitor{t, page}.english(w) })
	end()
	if err := <-served; err != nil {
		t.Fatal(err)
	}
	t.Run("no network", func(t *testing.T) { visitor{t, page}.alone(w) })
	saw, err := page.Seen()
	v.do(err)
	v.do(page.Close())
	f, dir := folder(t, w, s, b)
	t.Run("folder", func(t *testing.T) { visitor{t, f.Page}.guarded() })
	t.Run("cleared", func(t *testing.T) { visitor{t, f.Page}.cleared(w) })
	t.Run("attacks", func(t *testing.T) { visitor{t, f.Page}.attacks(w) })
	t.Run("lists", func(t *testing.T) { visitor{t, f.Page}.lists(w, dir) })
	for _, r := range saw.Requests {
		if !strings.HasPrefix(r, "http://"+ln.Addr().String()+"/") && !strings.HasPrefix(r, "blob:") {
			t.Errorf("the page asked for %s", r)
		}
	}
	for _, host := range out.asked {
		if !chromiums.MatchString(host) {
			t.Errorf("a request went out, to %s", host)
		}
	}
	t.Logf("Chromium %s; %d requests, all to the page's own origin", b.Version, len(saw.Requests))
	if t.Failed() {
		t.Log(strings.Join(saw.Console, "\n"))
	}
}

// camera reads the paper by keyboard alone: both codes in one frame.
func (v visitor) camera(w *world) {
	v.do(v.Eval(nil, `() => document.getElementById('language').focus()`, nil))
	v.do(v.Press("Tab"))
	v.do(v.Press("Enter"))
	text := v.says()
	v.has(text, "有効 VALID", w.roman, w.birth, "SMART Health Card", "VDS-NC", "紙に印字された文字は確かめていません", "二つのコードが同じ人")
	v.look("valid-camera-phone-ja")
	v.finish(w.roman)
}

// oneByOne reads the two codes of a paper one after the other.
func (v visitor) oneByOne(w *world) {
	w.film(v.T, w.left)
	v.do(v.Tap("#by-camera"))
	text := v.says()
	v.has(text, "有効 VALID", w.roman, "SMART Health Card", "もう一つも読むと")
	if strings.Contains(text, "VDS-NC") {
		v.Error("the other code is in sight")
	}
	v.look("one-code-phone-ja")
	w.film(v.T, w.right)
	v.do(v.Tap("#another"))
	v.do(v.Wait(`() => document.getElementById('result').innerText.includes('VDS-NC')`, nil))
	v.has(v.says(), "有効 VALID", w.roman, "SMART Health Card", "二つのコードが同じ人")
	v.finish(w.roman)
	w.film(v.T, w.codesInSight)
}

func (v visitor) files(w *world) {
	pdf, err := os.ReadFile(w.file("certificate.pdf"))
	v.do(err)
	pdf[len(pdf)/3] ^= 1
	w.write(v.T, "bad.pdf", pdf)
	for file, want := range map[string][]string{
		"certificate.pdf":       {"有効 VALID", w.roman, "全ページのコードと印字された文字の一致"},
		"page.png":              {"有効 VALID", w.roman, "SMART Health Card", "VDS-NC", "紙に印字された文字は確かめていません"},
		"photo.png":             {"有効 VALID", w.roman, "SMART Health Card", "VDS-NC"},
		"card.txt":              {"有効 VALID", w.name, "発行者の署名のとおり"},
		"two.smart-health-card": {"有効 VALID", w.name, "発行者の署名のとおり"},
		"bad.txt":               {"無効 REFUSED", "shc.signature"},
		"bad.pdf":               {"無効 REFUSED", "pdf."},
		"trust-root.pem":        {"無効 REFUSED", "input.unknown"},
	} {
		text := v.give(w.file(file))
		v.has(text, want...)
		if strings.HasPrefix(want[0], "無効") && strings.Contains(text, w.name) {
			v.Errorf("%s: something of a refused certificate is shown", file)
		}
		v.finish(w.name, w.roman)
	}
}

func (v visitor) english(w *world) {
	v.do(v.Tap("#language"))
	v.look("start-phone-en")
	v.has(v.give(w.file("bad.txt")), "REFUSED 無効", "shc.signature", "Do not accept it.")
	v.look("refused-phone-en")
	v.do(v.Resize(1280, 900))
	v.finish()
	v.do(v.Eval(nil, `() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('no')) }`, nil))
	v.do(v.Tap("#by-camera"))
	v.has(v.says(), "The camera cannot be used.")
	v.do(v.Eval(nil, `() => { delete navigator.mediaDevices.getUserMedia }`, nil))
	v.look("start-desktop-en")
	v.has(v.give(w.file("certificate.pdf")), "VALID 有効", w.roman, w.birth, "its codes and its text agree")
	v.look("valid-pdf-desktop-en")
	v.do(v.Tap("#language"))
	v.has(v.says(), "有効 VALID", w.roman)
	v.finish(w.roman)
}

// alone is after the server has ended.
func (v visitor) alone(w *world) {
	v.do(v.Reload())
	v.ready()
	var text string
	v.do(v.Eval(&text, all, nil))
	v.has(text, "通信がないため、保存してあるリストを使っています")
	v.look("start-alone-desktop-ja")
	v.has(v.give(w.file("certificate.pdf")), "有効 VALID", w.roman)
	v.finish(w.roman)
	v.do(v.Tap("#by-camera"))
	v.has(v.says(), "有効 VALID", w.roman, "VDS-NC")
	v.finish(w.roman)
	v.has(v.give(w.file("bad.txt")), "無効 REFUSED", "shc.signature")
	v.look("refused-desktop-ja")
}
