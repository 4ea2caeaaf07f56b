package keys

import (
	"testing"
	"time"
)

func TestLedger(t *testing.T) {
	now := time.Date(2027, 4, 1, 9, 0, 0, 0, time.UTC)
	l := newLedger(Limits{Rate: 3, MaxSessions: 2, Now: func() time.Time { return now }}.withDefaults())
	take := func(id [16]byte, p Purpose) error { _, err := l.take(id, p); return err }
	a, b, c := [16]byte{1}, [16]byte{2}, [16]byte{3}
	step := func(what string, err, want error) {
		t.Helper()
		if err != want {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
	}
	step("unopened", take(a, PurposeSHC), UnknownSession)
	step("open a", l.begin(a, DefaultPerSession(), nil), nil)
	step("open a again", l.begin(a, DefaultPerSession(), nil), SessionExists)
	step("open b", l.begin(b, map[Purpose]int{PurposeVRSTLS: 9}, nil), nil)
	step("open c", l.begin(c, DefaultPerSession(), nil), TooManySessions)
	step("not granted", take(b, PurposeSHC), PurposeDenied)
	step("receipt", take(a, PurposeReceipt), nil)
	step("receipt again", take(a, PurposeReceipt), Spent)
	step("tls", take(b, PurposeVRSTLS), nil)
	step("tls", take(b, PurposeVRSTLS), nil)
	step("fourth in a minute", take(b, PurposeVRSTLS), RateCap)
	now = now.Add(59 * time.Second)
	step("end of the minute", take(b, PurposeVRSTLS), RateCap)
	now = now.Add(time.Second)
	step("too old", take(b, PurposeVRSTLS), Expired)
	l.end(b)
	step("forgotten", take(b, PurposeVRSTLS), UnknownSession)
	step("place is free", l.begin(c, DefaultPerSession(), nil), nil)
	step("next minute", take(c, PurposeSHC), nil)
	got := l.snapshot()
	if got.Open != 2 || got.Sessions != 3 || got.Refused != 9 || got.Signed[PurposeVRSTLS] != 2 || got.Signed[PurposeReceipt] != 1 || got.Signed[PurposeSHC] != 1 {
		t.Errorf("counts: %+v", got)
	}
}

// A refused signature costs the session nothing, and a clock set back must not
// stop all issuing for as long as it was wrong.
func TestLedgerClockSetBack(t *testing.T) {
	now := time.Date(2027, 4, 1, 9, 0, 0, 0, time.UTC)
	l := newLedger(Limits{Rate: 1, Now: func() time.Time { return now }}.withDefaults())
	take := func(id [16]byte, p Purpose) error { _, err := l.take(id, p); return err }
	id := [16]byte{1}
	if err := l.begin(id, DefaultPerSession(), nil); err != nil {
		t.Fatal(err)
	}
	if err := take(id, PurposeSHC); err != nil {
		t.Fatal(err)
	}
	if err := take(id, PurposePDF); err != RateCap {
		t.Fatalf("%v, want %v", err, RateCap)
	}
	now = now.Add(-time.Hour)
	if err := take(id, PurposePDF); err != nil {
		t.Errorf("after the clock was set back: %v", err)
	}
}
