package tray_test

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"akashi/centre/wire"
	"akashi/kiosk/lastlook"
	"akashi/kiosk/payment/unit"
	"akashi/testkit/payunit"
	"akashi/testkit/residents"
	"akashi/testkit/tray"
)

// asked is a walk as the page posts it.
func asked(id, pin, kind string) map[string]any {
	r, _ := residents.Find(id)
	if pin == "" {
		pin = r.PIN
	}
	return map[string]any{"resident": id, "pin": pin, "kind": kind, "municipality": r.Ask(), "copies": 1, "hand": false, "slow": false}
}

// walk lets a resident go and gives the state when it is over.
func (r *running) walk(t *testing.T, ask map[string]any) tray.State {
	t.Helper()
	if got := r.post(t, "/api/walk", ask); got != http.StatusAccepted {
		t.Fatalf("walk: %d", got)
	}
	return r.idle(t)
}

func TestAWalkShowsEveryScreenAndThePaper(t *testing.T) {
	r := up(t)
	st := r.walk(t, asked("traveller", "", "overseas"))
	if len(st.Visits) != 1 {
		t.Fatalf("%d visits", len(st.Visits))
	}
	v := st.Visits[0]
	if !v.Ended || v.Code != wire.OK || v.Charged != 120 || v.Pages != 1 || v.Fault != "" {
		t.Fatalf("%+v", v)
	}
	if len(v.Kiosks) != 19 || len(v.Centre) != 12 {
		t.Errorf("%d steps of the kiosk, %d of the centre", len(v.Kiosks), len(v.Centre))
	}
	for _, want := range []string{"consent", "insert-card", "pin", "choose", "preview", "take-paper", "end"} {
		if !slices.ContainsFunc(v.Screens, func(s tray.Seen) bool { return s.Screen == want }) {
			t.Errorf("screen %s was not shown", want)
		}
	}
	if len(v.Papers) != 1 || v.Papers[0].Verdict != "valid" || len(v.Papers[0].Formats) != 2 {
		t.Fatalf("papers %+v", v.Papers)
	}
	n := v.Papers[0].N
	if _, b := r.get(t, fmt.Sprintf("/paper/%d.pdf", n)); !bytes.HasPrefix(b, []byte("%PDF-")) {
		t.Error("the paper is no PDF")
	}
	if _, b := r.get(t, fmt.Sprintf("/paper/%d-1.png", n)); !bytes.HasPrefix(b, []byte("\x89PNG")) {
		t.Error("the page's picture is no PNG")
	}
	for _, missing := range []string{"-2.png", "-0.png", ".txt", "-1.pdf"} {
		if resp, _ := r.get(t, fmt.Sprintf("/paper/%d%s", n, missing)); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", missing, resp.StatusCode)
		}
	}
}

func TestAWrongPINCostsATryAndNothingElse(t *testing.T) {
	r := up(t)
	st := r.walk(t, asked("hokke", "0000", "domestic"))
	v := st.Visits[0]
	if v.Code != wire.PINWrong || len(v.Papers) != 0 || v.Charged != 0 || st.Tries["hokke"] != 2 {
		t.Fatalf("%+v, %d tries left", v, st.Tries["hokke"])
	}
	if v.Words == nil || v.Words.JA.What == "" || v.Words.EN.Next == "" {
		t.Error("the resident's words are missing")
	}
	if got := r.post(t, "/api/reissue", map[string]string{"resident": "hokke"}); got != http.StatusAccepted {
		t.Fatalf("reissue: %d", got)
	}
	if st := r.idle(t); st.Tries["hokke"] != 0 {
		t.Error("the old card's tries are still shown")
	}
	if v := r.walk(t, asked("hokke", "", "domestic")).Visits[0]; v.Code != wire.OK {
		t.Errorf("the new card: %v", v.Code)
	}
}

func TestTheCentresRefusalIsShown(t *testing.T) {
	v := up(t).walk(t, asked("norecord", "", "domestic")).Visits[0]
	if v.Code != wire.NoRecord || len(v.Papers) != 0 || v.Charged != 0 || len(v.Centre) == 0 {
		t.Errorf("%+v", v)
	}
}

func TestAResidentWalksAway(t *testing.T) {
	r := up(t)
	ask := asked("yoshida", "", "domestic")
	ask["slow"] = true
	if got := r.post(t, "/api/walk", ask); got != http.StatusAccepted {
		t.Fatal(got)
	}
	for _, path := range []string{"/api/walk", "/api/swap", "/api/clear", "/api/reissue"} {
		body := map[string]any{"/api/walk": asked("hokke", "", "domestic"), "/api/swap": map[string]bool{"on": true}, "/api/clear": map[string]int{"operator": 1}, "/api/reissue": map[string]string{"resident": "hokke"}}[path]
		if got := r.post(t, path, body); got != http.StatusConflict {
			t.Errorf("%s meanwhile: %d", path, got)
		}
	}
	r.await(t, "the card lies there", func(s tray.State) bool { return s.Kiosks[0].Card == "yoshida" })
	if got := r.post(t, "/api/leave", struct{}{}); got != http.StatusAccepted {
		t.Fatal(got)
	}
	st := r.idle(t)
	if v := st.Visits[0]; v.Code != wire.Cancelled || len(v.Papers) != 0 || v.Fault != "" {
		t.Errorf("%+v", v)
	}
	if st := r.await(t, "the card is gone", func(s tray.State) bool { return s.Kiosks[0].Card == "" }); st.Kiosks[0].Code != wire.OK {
		t.Errorf("the kiosk is left with %v", st.Kiosks[0].Code)
	}
}

func TestCardsAreMovedByHand(t *testing.T) {
	r := up(t)
	ask := asked("yoshida", "", "domestic")
	ask["hand"] = true
	if got := r.post(t, "/api/walk", ask); got != http.StatusAccepted {
		t.Fatal(got)
	}
	shows := func(screen string) func(tray.State) bool {
		return func(s tray.State) bool {
			return len(s.Visits) == 1 && slices.ContainsFunc(s.Visits[0].Screens, func(x tray.Seen) bool { return x.Screen == screen })
		}
	}
	r.await(t, "the card is asked for", shows("insert-card"))
	if got := r.post(t, "/api/insert", map[string]string{"kiosk": "kiosk-1", "resident": "yoshida"}); got != http.StatusAccepted {
		t.Fatal(got)
	}
	r.await(t, "the card may go", shows("take-card"))
	if got := r.post(t, "/api/pull", map[string]string{"kiosk": "kiosk-1"}); got != http.StatusAccepted {
		t.Fatal(got)
	}
	if v := r.idle(t).Visits[0]; v.Code != wire.OK || len(v.Papers) != 1 {
		t.Errorf("%+v", v)
	}
}

// The switch: two answers cross, the last look stops both kiosks with nothing
// printed, and only a person lets them serve again.
func TestAnotherPersonsCertificateIsStopped(t *testing.T) {
	r := up(t)
	if got := r.post(t, "/api/swap", map[string]bool{"on": true}); got != http.StatusAccepted {
		t.Fatal(got)
	}
	if st := r.idle(t); !st.Swap {
		t.Fatal("the switch is off")
	}
	st := r.walk(t, asked("yoshida", "", "overseas"))
	if len(st.Visits) != 2 {
		t.Fatalf("%d visits: nobody's answer to cross with", len(st.Visits))
	}
	for _, v := range st.Visits {
		if v.Code != wire.LastLook || v.Reason != int(lastlook.OtherSession) || len(v.Papers) != 0 || v.Pages != 0 || v.Charged != 0 {
			t.Errorf("%+v", v)
		}
	}
	r.await(t, "two alarms stop all issuing", func(s tray.State) bool { return len(s.Alarms) == 2 && s.Stopped })
	if v := r.walk(t, asked("yoshida", "", "domestic")).Visits[0]; v.Code != wire.IssuingStopped || len(v.Papers) != 0 {
		t.Errorf("after the alarm: %+v", v)
	}
	if got := r.post(t, "/api/swap", map[string]bool{"on": false}); got != http.StatusAccepted {
		t.Fatal(got)
	}
	if st := r.idle(t); st.Swap || len(st.Alarms) != 2 || !st.Stopped {
		t.Errorf("a restart of the node has cleared something: %+v", st)
	}
	if got := r.post(t, "/api/clear", map[string]int{"operator": 0}); got != http.StatusBadRequest {
		t.Errorf("nobody clears an alarm: %d", got)
	}
	if got := r.post(t, "/api/clear", map[string]int{"operator": 5}); got != http.StatusAccepted {
		t.Fatal(got)
	}
	if st := r.idle(t); len(st.Alarms) != 0 || st.Stopped {
		t.Fatalf("after clearing: %+v", st)
	}
	if v := r.walk(t, asked("yoshida", "", "domestic")).Visits[0]; v.Code != wire.OK || len(v.Papers) != 1 {
		t.Errorf("after clearing: %+v", v)
	}
}

func TestCopies(t *testing.T) {
	r := up(t)
	ask := asked("hokke", "", "domestic")
	for _, n := range []int{0, -1, 11} {
		if ask["copies"] = n; r.post(t, "/api/walk", ask) != http.StatusBadRequest {
			t.Errorf("%d copies are taken", n)
		}
	}
	one := r.walk(t, asked("hokke", "", "domestic")).Visits[0]
	ask["copies"] = 2
	if two := r.walk(t, ask).Visits[0]; two.Code != wire.OK || two.Charged != 2*one.Charged || one.Charged == 0 {
		t.Errorf("two copies: %v, %d yen, one cost %d", two.Code, two.Charged, one.Charged)
	}
}

// What is done at the payment unit's panel is what the kiosk meets.
func TestThePaymentUnitsPanel(t *testing.T) {
	r := up(t)
	if got := r.post(t, "/api/unit", map[string]any{"kiosk": "kiosk-9", "panel": payunit.Panel{Do: "look"}}); got != http.StatusNotFound {
		t.Errorf("a kiosk that is none: %d", got)
	}
	if got := r.post(t, "/api/unit", map[string]any{"unit": 1}); got != http.StatusBadRequest {
		t.Errorf("rubbish: %d", got)
	}
	if r.press(t, payunit.Panel{Do: "insert", Coin: 100}).Done {
		t.Error("a coin was taken that nobody asked for")
	}
	charged := r.press(t, payunit.Panel{Do: "look"}).Memory.Charged()
	r.press(t, payunit.Panel{Do: "play", Play: &payunit.Play{How: payunit.Refuse, Do: unit.Authorise}})
	if v := r.walk(t, asked("hokke", "", "domestic")).Visits[0]; v.Code != wire.PaymentRefused || len(v.Papers) != 0 || v.Charged != 0 {
		t.Errorf("%v, %d papers, %d yen", v.Code, len(v.Papers), v.Charged)
	}
	if seen := r.press(t, payunit.Panel{Do: "calm"}); len(seen.Plays) != 0 || !seen.Auto || seen.Memory.Charged() != charged {
		t.Errorf("%+v", seen)
	}
}
