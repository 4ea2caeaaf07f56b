package screen_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"akashi/centre/wire"
	"akashi/centre/wire/release"
	"akashi/kiosk/face"
	"akashi/kiosk/screen"
	"akashi/kiosk/voice"
	"akashi/testkit/browser"
)

// voices gives the sounds that are built in. Without them the test is skipped;
// under CI=true it fails.
func voices(t *testing.T) *voice.Pack {
	t.Helper()
	p, err := voice.Sounds()
	if errors.Is(err, voice.ErrMissing) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// listening keeps what is played, for the tests to look at.
const listening = `() => { globalThis.played = []; document.addEventListener('voice', e => globalThis.played.push(e.detail)) }`

type played struct {
	What, Key, Name string
	Seconds, After  float64
	Sounds, Unsaid  int
	Aside           bool
}

// hears waits for an event and gives all until then.
func hears(t *testing.T, p *browser.Page, what, key string) []played {
	t.Helper()
	do(t, p.Wait(`([what, key]) => globalThis.played.some(e => e.what === what && (!key || e.key === key))`, []string{what, key}))
	return get[[]played](t, p, `() => globalThis.played.splice(0)`, nil)
}

func whats(all []played) string {
	var s []string
	for _, e := range all {
		s = append(s, strings.TrimSpace(e.What+" "+e.Name))
	}
	return strings.Join(s, ", ")
}

// UI-05, UI-06, UI-08 and UI-19 as they are heard: a screen's sounds are decoded
// and played in Chromium to their end, a press ends them, the PIN's count is
// there before it is asked for, signals come in every language, and a language
// without a voice says so.
func TestSpeechIsHeard(t *testing.T) {
	voices(t)
	s, p := stage(t, browser.Open{})
	do(t, s.Begin(p, "ja"), p.Eval(nil, listening, nil), s.Show(p, ask(face.InsertCard)))
	all := hears(t, p, "end", "insert")
	all = slices.DeleteFunc(all, func(e played) bool { return e.Key != "insert" }) // of the screen before it may be the beginning
	if whats(all) != "begin, end" || all[0].Sounds != 3 || all[1].Seconds < 4 || all[1].Seconds > 20 {
		t.Errorf("heard %+v", all)
	}
	t.Logf("insert-card: %.0f ms from the screen to its first sound, %.1f s of speech", all[0].After, all[1].Seconds)

	do(t, p.Tap("#tool-repeat"))
	hears(t, p, "begin", "insert")
	do(t, p.Press("ArrowDown"))
	if got := whats(hears(t, p, "stop", "")); !strings.HasPrefix(got, "stop") {
		t.Errorf("a press makes %s", got)
	}
	do(t, p.Tap("#tool-volume"))
	hears(t, p, "begin", "insert")
	do(t, p.Tap("#tool-volume"))
	if e := hears(t, p, "stop", ""); slices.ContainsFunc(e, func(e played) bool { return e.What == "begin" }) {
		t.Errorf("at volume 0: %+v", e)
	}
	do(t, p.Tap("#tool-volume"), p.Tap("#tool-volume"))

	tell := ask(face.PIN)
	tell.Tries = 3
	do(t, s.Show(p, tell), p.Press("7"))
	if e := hears(t, p, "end", "pin.count"); e[len(e)-1].Seconds < 0.5 {
		t.Errorf("one digit sounds %+v", e)
	}
	do(t, s.Show(p, face.Tell{Screen: face.TakeCard, Cancel: true}))
	if e := hears(t, p, "begin", "takecard"); whats(e) != "stop, signal takecard, begin" && whats(e) != "signal takecard, begin" {
		t.Errorf("a card that lies there: %s", whats(e))
	}
	if w := get[string](t, p, `() => document.getElementById('tool-repeat').innerText`, nil); strings.Contains(w, "一部音声なし") {
		t.Errorf("all of it has a sound, the page says %q", w)
	}
	unheard := face.Tell{Screen: face.Trouble, Ask: true, Code: wire.NoRecord, Texts: []face.Text{{Language: "ja", What: "新しい文です。", Why: "音がありません。", Next: "お待ちください。"}}}
	do(t, s.Show(p, unheard), p.Wait(`() => document.getElementById('tool-repeat').innerText.includes('一部音声なし')`, nil))
	do(t, s.Show(p, face.Tell{Screen: face.TakeCard, Cancel: true}), p.Wait(`() => !document.getElementById('tool-repeat').innerText.includes('一部音声なし')`, nil))
	do(t, p.Tap(`[data-do="quiet"]`), p.Eval(nil, speak, "ko"))
	if w := get[string](t, p, `() => document.getElementById('tool-repeat').innerText`, nil); !strings.Contains(w, "음성 없음") {
		t.Errorf("Korean has no voice, the page says %q", w)
	}
	do(t, p.Eval(nil, `() => globalThis.played.splice(0)`, nil), s.Show(p, face.Tell{Screen: face.TakePaper, Ask: true}))
	if e := hears(t, p, "signal", ""); whats(e) != "signal takepaper" {
		t.Errorf("a paper that lies there, in Korean: %s", whats(e))
	}

	// UI-07: a number that is as good as money is said to a headset only.
	number := face.Tell{Screen: face.Trouble, Ask: true, Again: true, Code: wire.RightGiven, Texts: screen.Texts(wire.RightGiven), Right: "1234567890123452"}
	said := `n => globalThis.heard.splice(0).some(u => u.text.includes(n))`
	do(t, p.Eval(nil, speak, "ja"), p.Eval(nil, heard, nil), s.Show(p, number))
	if get[bool](t, p, said, number.Right) {
		t.Error("everybody hears the number of a reprint right")
	}
	do(t, p.Eval(nil, `() => globalThis.played.splice(0)`, nil))
	s.Plug(true)
	do(t, p.Wait(said, number.Right))
	do(t, p.Wait(`() => globalThis.played.some(e => e.what === 'begin' && e.aside)`, nil)) // the screen without the number may have begun before
	if all := get[[]played](t, p, `() => globalThis.played.splice(0)`, nil); !s.Silenced() {
		t.Errorf("the number sounds while the loudspeaker does: %+v", all)
	}
	s.Plug(false)
	silentUntilItStops(t, s, p)
	onlyTheHeadset(t, s, p)
	do(t, p.Tap("#tool-volume"), p.Wait(`async () => { const a = await (await fetch('/audio.json')).json(); return !a.headset }`, nil))
}

// The release desk warns in the languages that are spoken here.
func TestTheSameLanguagesAreSpoken(t *testing.T) {
	for _, l := range screen.Languages {
		if (voice.Of(l) != "") != slices.Contains(release.Spoken, l) {
			t.Errorf("%s: the voice is %q", l, voice.Of(l))
		}
	}
}

func handler(t *testing.T, p *voice.Pack) http.Handler {
	t.Helper()
	return screen.Server{Voices: p}.Handler("127.0.0.1:1")
}

func request(t *testing.T, h http.Handler, method, path, body string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host = "127.0.0.1:1"
	r.Header.Set("Origin", "http://127.0.0.1:1")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

// The server gives a sound by its name only, for good, and nothing else.
func TestSoundsAreServed(t *testing.T) {
	id := voice.Clip{Voice: "ja", Text: "1回"}.ID()
	h := handler(t, voice.NewPack(map[voice.ID][]byte{id: []byte("OggS")}))
	r := request(t, h, "GET", "/voice/"+id.String()+".opus", "")
	b, _ := io.ReadAll(r.Body)
	if r.StatusCode != 200 || string(b) != "OggS" || !strings.Contains(r.Header.Get("Cache-Control"), "immutable") || r.Header.Get("Content-Type") != "audio/ogg; codecs=opus" {
		t.Errorf("%d %q %v", r.StatusCode, b, r.Header)
	}
	other := voice.Clip{Voice: "ja", Text: "2回"}.ID()
	for _, path := range []string{"/voice/" + id.String(), "/voice/" + other.String() + ".opus", "/voice/..%2f..%2fetc%2fpasswd.opus", "/voice/" + strings.ToUpper(id.String()) + ".opus", "/voice/.opus"} {
		if r := request(t, h, "GET", path, ""); r.StatusCode != 404 {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
	if r := request(t, handler(t, nil), "GET", "/voice/"+id.String()+".opus", ""); r.StatusCode != 404 {
		t.Errorf("without sounds: %d", r.StatusCode)
	}
}

func TestWhatIsAskedToBeSaid(t *testing.T) {
	id := voice.Clip{Voice: "ja", Text: "1桁"}.ID()
	h := handler(t, voice.NewPack(map[voice.ID][]byte{id: []byte("OggS")}))
	said := func(body string) (a struct {
		Sounds []struct {
			ID    string
			Pause int
		}
		Unsaid int
	}, code int) {
		r := request(t, h, "POST", "/say", body)
		json.NewDecoder(r.Body).Decode(&a)
		return a, r.StatusCode
	}
	a, code := said(`{"language":"ja","pieces":[{"key":"pin.count","values":{"n":"1"}}],"names":{}}`)
	if code != 200 || len(a.Sounds) != 1 || a.Sounds[0].ID != id.String() || a.Unsaid != 1 {
		t.Errorf("%d %+v", code, a)
	}
	if a, code := said(`{"language":"ko","pieces":[{"key":"pin.count"}]}`); code != 200 || len(a.Sounds) != 0 || a.Unsaid != 1 {
		t.Errorf("%d %+v", code, a)
	}
	for _, body := range []string{"", "{", `{"language":"ja","name":"x"}`, `{"language":"ja"} {}`, `{"language":1}`, `{"language":"` + strings.Repeat("x", screen.DefaultMaxSpeech) + `"}`} {
		if _, code := said(body); code != 400 {
			t.Errorf("%.40q: %d", body, code)
		}
	}
}
