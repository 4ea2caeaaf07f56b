package web_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"akashi/printer/sheet"
	"akashi/testkit/browser"
	"akashi/testkit/paper"
	"akashi/testkit/residents"
	"akashi/verifier/credential"
	"akashi/verifier/scan"
	"akashi/verifier/trust"
	"akashi/verifier/verdict"
	"akashi/verifier/web"
)

// folder is the page written out, behind a server of files that knows nothing of
// it, in a page of its own whose clock is the test's.
func folder(t *testing.T, w *world, s *web.Site, b *browser.Browser) (visitor, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "page")
	if err := s.Export(dir); err != nil {
		t.Fatal(err)
	}
	ln := listen(t)
	go http.Serve(ln, http.FileServer(http.Dir(dir)))
	page, err := b.Open(browser.Open{URL: "http://" + ln.Addr().String() + "/", Width: 800, Height: 900, Language: "ja-JP", Clock: true})
	if err != nil {
		t.Fatal(err)
	}
	v := visitor{t, page}
	v.ready()
	return v, dir
}

// guarded: the folder's page has its policy without a header of the server, and
// so have its workers, from the service worker.
func (v visitor) guarded() {
	v.do(v.Reload())
	v.ready()
	var tried []string
	v.do(v.Eval(&tried, `async () => {
		const policies = await Promise.all(['worker.js', 'index.html', 'texts/ja.json'].map(async name => (await fetch(name)).headers.get('Content-Security-Policy') ?? ''))
		const went = await fetch('http://example.test/').then(() => 'went', () => 'refused')
		return [...policies.map(p => p.startsWith("default-src 'none'") ? 'guarded' : 'open: ' + p), went]
	}`, nil))
	if !slices.Equal(tried, []string{"guarded", "guarded", "guarded", "refused"}) {
		v.Errorf("%v", tried)
	}
}

// cleared: a result goes when nobody touches the page, and when it is left.
func (v visitor) cleared(w *world) {
	v.has(v.give(w.file("card.txt")), "有効 VALID", w.name)
	v.do(v.Advance(105_000))
	v.do(v.Wait(`() => !document.getElementById('idle').hidden`, nil))
	v.look("idle-ja")
	v.do(v.Tap("#stay"))
	v.do(v.Advance(60_000))
	v.has(v.says(), w.name)
	v.do(v.Advance(62_000))
	v.do(v.Wait(waiting, nil))
	v.has(v.give(w.file("card.txt")), "有効 VALID", w.name)
	v.do(v.Eval(nil, `() => { Object.defineProperty(document, 'hidden', { value: true, configurable: true }); document.dispatchEvent(new Event('visibilitychange')); delete document.hidden }`, nil))
	v.do(v.Wait(waiting, nil))
	var text string
	v.do(v.Eval(&text, `() => document.documentElement.outerHTML`, nil))
	if strings.Contains(text, w.name) {
		v.Error("a name stays on a page that was left")
	}
}

// lists: a newer list is taken, an older one never again.
func (v visitor) lists(w *world, dir string) {
	put := func(b []byte) string {
		v.do(os.WriteFile(filepath.Join(dir, "trust.json"), b, 0o644))
		v.do(v.Reload())
		v.ready()
		var text string
		v.do(v.Eval(&text, all, nil))
		return text
	}
	l, err := w.TrustList()
	v.do(err)
	l.Version = 2
	newer, err := trust.Encode(l, w.TrustRoot)
	v.do(err)
	v.has(put(newer), "版\n2\n")
	v.has(put(w.list), "版\n2\n", "以前に使った信頼リストより古い版です", "前に確かめたリストを使っています")
	v.look("rollback-ja")
	v.has(v.give(w.file("card.txt")), "有効 VALID", w.name)
	v.finish(w.name)
	l.Version, l.Expires = 3, time.Now().UTC().Truncate(time.Second).Add(-time.Minute)
	over, err := trust.Encode(l, w.TrustRoot)
	v.do(err)
	v.has(put(over), "信頼リストの有効期限が切れています")
	v.has(v.give(w.file("card.txt")), "無効 REFUSED", "trust.expired")
	v.finish(w.name)
}

// everyAttack is which part of the attacks is tried: all 38 took a minute, and
// had the same answers.
const everyAttack = 12

// attacks: of pages that show something else than they say, the page in the
// browser finds what the command finds.
func (v visitor) attacks(w *world) {
	s, err := scan.Shared(context.Background())
	v.do(err)
	defer s.Close()
	l, err := trust.Parse(w.list, nil, time.Now(), 0)
	v.do(err)
	r, _ := residents.Find("yoshida")
	c, err := paper.Certificate(w.Issuer, r, credential.Overseas, time.Now())
	v.do(err)
	codes, err := paper.Codes(w.World, c, time.Now())
	v.do(err)
	plain, err := sheet.Render(sheet.Input{Certificate: c, Codes: codes, SessionCode: "ABCD-2345"})
	v.do(err)
	v.do(v.Eval(nil, `async () => {
		const { Verifier } = await import('./verifier.js')
		globalThis.tried = new Verifier()
		const bytes = async name => new Uint8Array(await (await fetch(name)).arrayBuffer())
		await tried.trust(await bytes('trust.json'), await bytes('trust-root.pem'), '')
	}`, nil))
	var took float64
	seen := map[string]bool{}
	good := paper.Attack{Name: "none", Draw: func(pdf []byte) ([]byte, error) { return pdf, nil }}
	tried := []paper.Attack{}
	for i, a := range paper.Attacks() {
		if i%everyAttack == 0 {
			tried = append(tried, a)
		}
	}
	for _, a := range append(tried, good) {
		drawn, err := a.Draw(plain)
		v.do(err)
		pdf, err := paper.SignPDF(w.World, drawn, time.Now())
		v.do(err)
		d := verdict.Verdict{At: time.Now(), Trust: &verdict.Trust{List: l}}
		v.do(d.Judge("", pdf, func() (verdict.Scanner, error) { return open{s}, nil }))
		want, err := json.Marshal(d.Answer().Certificates)
		v.do(err)
		var got struct {
			Code         string
			Certificates json.RawMessage
			Took         float64
		}
		v.do(v.Eval(&got, `async pdf => {
			const bytes = Uint8Array.from(atob(pdf), c => c.charCodeAt(0)), from = performance.now()
			const a = await tried.file('a.pdf', bytes)
			return { Code: a.code ?? '', Certificates: a.certificates, Took: performance.now() - from }
		}`, base64.StdEncoding.EncodeToString(pdf)))
		if got.Code != d.Answer().Code || got.Code == "" && string(got.Certificates) != string(want) {
			v.Errorf("%s: %q in the browser, %q by the command\n%s\n%s", a.Name, got.Code, d.Answer().Code, got.Certificates, want)
		}
		took = got.Took
		seen[got.Code] = true
	}
	if !seen[""] || len(seen) < 2 {
		v.Errorf("all of it was judged the same: %v", seen)
	}
	v.Logf("%d pages, the same answers; the last, a good one, took %.0f ms", len(tried)+1, took)
}

// open is a scanner that outlives its use.
type open struct{ *scan.Scanner }

func (open) Close() error { return nil }
