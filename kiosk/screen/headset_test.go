package screen_test

import (
	"slices"
	"testing"
	"time"

	"akashi/kiosk/face"
	"akashi/kiosk/screen"
	"akashi/testkit/browser"
	"akashi/testkit/gallery"
	"akashi/verifier/credential"
)

// silentUntilItStops holds, after a plug was pulled, that the loudspeaker sounds
// again only once what was private has stopped, however long that takes.
func silentUntilItStops(t *testing.T, s *gallery.Stage, p *browser.Page) {
	t.Helper()
	for begun := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		silenced := s.Silenced() // before the page is asked: what it says is later
		all := get[[]played](t, p, `() => globalThis.played`, nil)
		stopped := slices.ContainsFunc(all, func(e played) bool { return e.Aside && (e.What == "stop" || e.What == "end") })
		switch {
		case !silenced && !stopped:
			t.Fatalf("the loudspeaker came back while something private sounded: %+v", all)
		case !silenced:
			return
		case time.Since(begun) > time.Minute:
			t.Fatal("the loudspeaker does not come back")
		}
	}
}

// onlyTheHeadset holds UI-07 on the screen that shows the certificate: its name,
// birth date and doses sound for a headset, and never while the loudspeaker can.
func onlyTheHeadset(t *testing.T, s *gallery.Stage, p *browser.Page) {
	t.Helper()
	preview := ask(face.Preview)
	preview.Pages = [][]byte{[]byte("no picture is needed here")}
	preview.Aloud = (*screen.Edition)(nil).Aloud(voices(t).Index(), credential.Certificate{
		Holder: credential.Holder{Name: "さくら", Birth: credential.Date{Year: 1990, Month: 2, Day: 3}},
		Doses:  []credential.Dose{{Number: 1, Date: credential.Date{Year: 2023, Month: 4, Day: 5}}},
	})
	private := len(preview.Aloud["ja"])
	do(t, p.Eval(nil, `() => globalThis.played.splice(0)`, nil), s.Show(p, preview))
	all := hears(t, p, "begin", "preview")
	if e := all[len(all)-1]; e.Aside || e.Sounds >= private || s.Silenced() {
		t.Errorf("without a headset: %+v of %d private sounds", e, private)
	}
	s.Plug(true)
	do(t, p.Wait(`() => globalThis.played.some(e => e.what === 'begin' && e.aside)`, nil))
	if !s.Silenced() {
		t.Error("a name sounds while the loudspeaker does")
	}
	all = get[[]played](t, p, `() => globalThis.played.splice(0)`, nil)
	if e := all[len(all)-1]; e.Sounds < private {
		t.Errorf("with a headset: %+v, of %d private sounds", e, private)
	}
	s.Plug(false)
	silentUntilItStops(t, s, p)
	do(t, p.Eval(nil, `() => globalThis.played.splice(0)`, nil), p.Tap("#tool-repeat"))
	all = hears(t, p, "begin", "preview")
	if e := all[len(all)-1]; e.Aside || s.Silenced() {
		t.Errorf("after the plug was pulled: %+v", e)
	}
}
