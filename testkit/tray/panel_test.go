package tray_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"akashi/centre/wire"
	"akashi/testkit/browser"
	"akashi/testkit/payunit"
	"akashi/testkit/residents"
	"akashi/testkit/tray"
	"akashi/verifier/credential"
)

// stand is a person at the panel's page, in Chromium.
type stand struct {
	t     *testing.T
	page  *browser.Page
	kiosk *browser.Page // the kiosk's own page in its frame
}

func (r *running) stand(t *testing.T) stand {
	t.Helper()
	p, err := browser.Need(t).Open(browser.Open{URL: r.base + "/panel/", Width: 1440, Height: 1000})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return stand{t, p, p.Frame("#frame")}
}

// at waits for a screen of the kiosk.
func (s stand) at(name string) stand {
	s.t.Helper()
	if err := s.kiosk.Wait(`n => document.querySelector('main')?.dataset.screen === n`, name); err != nil {
		s.t.Fatal(err)
	}
	return s
}

func (s stand) tap(selectors ...string) stand {
	s.t.Helper()
	for _, one := range selectors {
		if err := s.page.Tap(one); err != nil {
			s.t.Fatal(err)
		}
	}
	return s
}

// keys types on the simulated keypad.
func (s stand) keys(all ...string) stand {
	s.t.Helper()
	for _, k := range all {
		s.tap(fmt.Sprintf("#keypad [data-key=%q]", k))
	}
	return s
}

// A resident at the panel: keypad, card, coins and the printer's tray are
// devices beside the page, which is the kiosk's own. In one session they take an
// overseas certificate of one city, on which are both codes, and a domestic one of
// another; the card is held to the kiosk once.
func TestThePanelIsAWholeKiosk(t *testing.T) {
	browser.Need(t)
	r := up(t)
	r.press(t, payunit.Panel{Do: "auto"})
	defer r.press(t, payunit.Panel{Do: "auto", Auto: true})
	who := residentOfTwo()
	s := r.stand(t)
	s.at("start").keys("1").at("purpose").keys("Enter").at("terms").keys("Enter").at("insert")
	if got := r.post(t, "/api/walk", asked("yoshida", "", "domestic")); got != http.StatusConflict {
		t.Errorf("a robot comes while somebody stands at the page: %d", got)
	}
	if err := s.page.Eval(nil, `id => { const w = document.getElementById('who'); w.value = id; w.dispatchEvent(new Event('change')) }`, who.ID); err != nil {
		t.Fatal(err)
	}
	s.tap("#lay").at("pin").keys(strings.Split(who.PIN, "")...).keys("Enter").at("takecard")
	s.tap("#slot-card").at("place")
	s.tap("#idle")
	if err := s.kiosk.Wait(`() => document.querySelector('dialog#sheet-idle')?.open`, nil); err != nil {
		t.Fatal(err)
	}
	s.keys("Escape")
	s.buys(r, "ま", residents.Mihon, "2")
	if err := s.kiosk.Tap(`[data-do="another"]`); err != nil {
		t.Fatal(err)
	}
	s.at("place").buys(r, "ら", residents.Reiji, "1")
	s.keys("Enter").at("thanks").keys("Enter").at("start")
	s.published(r)
	st := r.await(t, "the kiosk is free", func(st tray.State) bool { return !st.Kiosks[0].Busy })
	if st.Kiosks[0].Card != "" {
		t.Errorf("%+v", st.Kiosks[0])
	}
	s.holds(r, []string{"SMART Health Card"}, []string{"SMART Health Card", "VDS-NC"})
	seen, err := s.page.Seen()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range seen.Console {
		if !strings.Contains(line, "autofocus") { // a page in a frame is not given the focus by itself
			t.Errorf("the page said %q", line)
		}
	}
}

// residentOfTwo was vaccinated in two cities, and has an earlier overseas issue
// in the first.
func residentOfTwo() residents.Resident {
	r, _ := residents.Find("two")
	abroad, _ := residents.Find("yoshida")
	r.VRS = slices.Clone(r.VRS)
	r.VRS[0].Passport = &credential.Travel{RomanName: "FUTAMATA YUKI", Nationality: "UTO", Passport: "XZ0000002"}
	r.VRS[0].OverseasIssue = &residents.OverseasIssue{Passport: "XZ0000002", On: abroad.VRS[0].OverseasIssue.On, Counter: true}
	r.Overseas = wire.OK
	return r
}

// buys goes from the choice of a place to the paper and on to the question
// whether there is more to do.
func (s stand) buys(r *running, kana, code, kind string) {
	s.t.Helper()
	s.keys("1").at("kana")
	for _, choice := range []string{kana, code} { // among real places
		if err := s.kiosk.Tap(fmt.Sprintf(`[data-do=%q]`, choice)); err != nil {
			s.t.Fatal(err)
		}
	}
	s.at("kind").keys(kind).at("copies")
	s.keys("Enter").at("preview").keys("Enter").at("confirm").keys("Enter").at("pay")
	s.tap(`.coin[data-coin="100"]`, `.coin[data-coin="50"]`).at("takepaper")
	r.await(s.t, "a paper lies there", func(st tray.State) bool { return st.Kiosks[0].Papers == 1 && st.Kiosks[0].Busy })
	s.tap("#slot-paper")
	r.await(s.t, "it is taken", func(st tray.State) bool { return st.Kiosks[0].Papers == 0 })
	s.at("more") // by the word of the tray's sensor: nobody presses anything
}

// holds waits until the newest papers, last first, are judged as valid, each with
// codes of these formats.
func (s stand) holds(r *running, formats ...[]string) {
	s.t.Helper()
	var all []tray.Paper
	open := func(p tray.Paper) bool { return p.Verdict == "" }
	for begun := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		_, b := r.get(s.t, "/api/papers")
		if err := json.Unmarshal(b, &all); err != nil {
			s.t.Fatal(err)
		}
		if len(all) >= len(formats) && !slices.ContainsFunc(all[:len(formats)], open) {
			break
		} else if time.Since(begun) > patience {
			s.t.Fatalf("never judged: %+v", all)
		}
	}
	for i, want := range formats {
		slices.Sort(all[i].Formats)
		if all[i].Verdict != "valid" || !slices.Equal(all[i].Formats, want) {
			s.t.Errorf("%+v, want a valid one with %v", all[i], want)
		}
	}
}

// published has the panel publish a screen release: the kiosk's page, at which
// nobody stands, takes it and shows its notice. One that nobody signed changes
// nothing.
func (s stand) published(r *running) {
	s.t.Helper()
	s.tap(`#release [data-name="news"]`)
	if err := s.kiosk.Wait(`() => document.querySelector('#notices p')?.innerText.includes('200')`, nil); err != nil {
		s.t.Fatal(err)
	}
	r.await(s.t, "the kiosks have it", func(st tray.State) bool { return st.Kiosks[0].Release == 2 && st.Kiosks[1].Release == 2 })
	s.tap(`#release [data-name="unsigned"]`)
	r.await(s.t, "it is refused", func(st tray.State) bool { return st.Refused == "release.signature" })
	s.tap(`#release [data-name="hours"]`)
	r.await(s.t, "nobody is open", func(st tray.State) bool { return st.Refused == "" && st.Kiosks[0].Code == wire.OutOfHours })
	if err := s.kiosk.Wait(`() => document.querySelector('main')?.dataset.screen === 'closed' && document.querySelector('#opens')`, nil); err != nil {
		s.t.Fatal(err)
	}
	s.tap(`#release [data-name="whole"]`)
	r.await(s.t, "all are", func(st tray.State) bool {
		return st.Kiosks[0].Release == 4 && st.Kiosks[1].Release == 4 && st.Kiosks[0].Code == wire.OK && st.Kiosks[1].Code == wire.OK
	})
	s.at("start")
}

// Each switch acts at its device, and says so.
func TestDevices(t *testing.T) {
	r := up(t)
	act := func(device, do string) int {
		return r.post(t, "/api/device", map[string]string{"kiosk": "kiosk-1", "device": device, "do": do})
	}
	for _, bad := range [][2]string{{"printer", "jam"}, {"printer", "burn"}, {"unit", "x"}, {"vrs", "x"}, {"lift", "up"}, {"papers", "burn"}} {
		if got := act(bad[0], bad[1]); got != http.StatusBadRequest {
			t.Errorf("%v: %d", bad, got)
		}
	}
	for _, c := range []struct {
		device, do, undo string
		is               func(tray.State) bool
	}{
		{"unit", "off", "on", func(s tray.State) bool { return !s.Kiosks[0].Unit }},
		{"headset", "on", "off", func(s tray.State) bool { return s.Kiosks[0].Headset }},
		{"line", "cut", "whole", func(s tray.State) bool { return s.Kiosks[0].Cut && s.Kiosks[0].Code != 0 }},
		{"vrs", "busy", "up", func(s tray.State) bool { return s.VRS == "busy" }},
	} {
		if act(c.device, c.do) != http.StatusAccepted {
			t.Errorf("%s %s", c.device, c.do)
		}
		r.await(t, c.device+" "+c.do, c.is)
		if act(c.device, c.undo) != http.StatusAccepted {
			t.Errorf("%s %s", c.device, c.undo)
		}
		r.await(t, c.device+" "+c.undo, func(s tray.State) bool { return !c.is(s) && s.Kiosks[0].Code == 0 })
	}
}

// The frame hands on what its own page asks, and nothing of a stranger.
func TestTheFrameIsGuarded(t *testing.T) {
	r := up(t)
	base := strings.TrimSuffix(r.await(t, "a frame", func(s tray.State) bool { return s.Kiosks[0].Frame != "" }).Kiosks[0].Frame, "/")
	for name, c := range map[string]struct {
		method, path string
		change       func(*http.Request)
		want         int
	}{
		"the page":           {"GET", "/", func(*http.Request) {}, 200},
		"its script":         {"GET", "/web/js/instrument.js", func(*http.Request) {}, 200},
		"another host":       {"GET", "/", func(q *http.Request) { q.Host = "akashi.example" }, 403},
		"another origin":     {"POST", "/session", func(q *http.Request) { q.Header.Set("Origin", r.base) }, 403},
		"no origin":          {"POST", "/session", func(*http.Request) {}, 403},
		"a worker of no one": {"GET", "/face/127.0.0.1:1/", func(q *http.Request) { q.Header.Set("Origin", base) }, 404},
	} {
		q, err := http.NewRequest(c.method, base+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		c.change(q)
		if got := status(t, q); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}
