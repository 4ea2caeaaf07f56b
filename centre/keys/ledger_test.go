package keys

import (
	"testing"
	"time"
)

func TestLedger(t *testing.T) {
	now := time.Date(2027, 4, 1, 9, 0, 0, 0, time.UTC)
	l := newLedger(Limits{Rate: 3, MaxSessions: 2, Now: func() time.Time { return now }}.withDefaults())
	a, b, c := [16]byte{1}, [16]byte{2}, [16]byte{3}
	step := func(what string, err, want error) {
		t.Helper()
		if err != want {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
	}
	step("unopened", l.take(a, PurposeSHC), UnknownSession)
	step("open a", l.begin(a, DefaultPerSession()), nil)
	step("open a again", l.begin(a, DefaultPerSession()), SessionExists)
	step("open b", l.begin(b, map[Purpose]int{PurposeVRSTLS: 9}), nil)
	step("open c", l.begin(c, DefaultPerSession()), TooManySessions)
	step("not granted", l.take(b, PurposeSHC), PurposeDenied)
	step("receipt", l.take(a, PurposeReceipt), nil)
	step("receipt again", l.take(a, PurposeReceipt), Spent)
	step("tls", l.take(b, PurposeVRSTLS), nil)
	step("tls", l.take(b, PurposeVRSTLS), nil)
	step("fourth in a minute", l.take(b, PurposeVRSTLS), RateCap)
	now = now.Add(59 * time.Second)
	step("end of the minute", l.take(b, PurposeVRSTLS), RateCap)
	now = now.Add(time.Second)
	step("too old", l.take(b, PurposeVRSTLS), Expired)
	l.end(b)
	step("forgotten", l.take(b, PurposeVRSTLS), UnknownSession)
	step("place is free", l.begin(c, DefaultPerSession()), nil)
	step("next minute", l.take(c, PurposeSHC), nil)
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
	id := [16]byte{1}
	if err := l.begin(id, DefaultPerSession()); err != nil {
		t.Fatal(err)
	}
	if err := l.take(id, PurposeSHC); err != nil {
		t.Fatal(err)
	}
	if err := l.take(id, PurposePDF); err != RateCap {
		t.Fatalf("%v, want %v", err, RateCap)
	}
	now = now.Add(-time.Hour)
	if err := l.take(id, PurposePDF); err != nil {
		t.Errorf("after the clock was set back: %v", err)
	}
}
