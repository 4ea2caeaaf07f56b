package session

import (
	"testing"

	"akashi/centre/wire"
)

// FuzzOrder walks the order by any turns: the paper is only reached through
// every step before it.
func FuzzOrder(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3})
	f.Add([]byte{0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 3})
	f.Add([]byte{2, 3, 1})
	f.Add([]byte{0, 4, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, turns []byte) {
		done := map[Step]bool{}
		s := Consent
		for _, b := range turns {
			if s == Wipe {
				return
			}
			if s == Choose {
				for q := Choose; q < Wipe; q++ {
					delete(done, q)
				}
			}
			if s >= Print && s <= Capture {
				for before := Consent; before < s; before++ {
					if !done[before] {
						t.Fatalf("%v without %v", s, before)
					}
				}
			}
			done[s] = true
			to, ok := next(s, turn(b%6))
			if !ok && to != Wipe {
				t.Fatalf("a refused turn leads from %v to %v", s, to)
			}
			s = to
		}
	})
}

func TestEveryStepHasAWayAndAName(t *testing.T) {
	for s := Consent; s < steps; s++ {
		if way[s] == nil || Steps[s] == "" || s.String() != Steps[s] {
			t.Errorf("step %d has no way or no name", s)
		}
	}
	if steps.String() != "unknown" {
		t.Error("a step that is none has a name")
	}
}

func TestOnlyTheseTurns(t *testing.T) {
	for s := Consent; s < steps; s++ {
		for _, c := range []struct {
			t  turn
			ok bool
		}{
			{on, s != Wipe}, {anew, s == CardChecked}, {drop, s >= Request && s <= Preview}, {finish, s == Choose || s == Settle}, {back, s == CardPresent || s == PIN || s == Authorise}, {back + 1, false},
		} {
			if _, ok := next(s, c.t); ok != c.ok {
				t.Errorf("%v, turn %d: %v", s, c.t, ok)
			}
		}
	}
}

func TestPaperIsTakenOnce(t *testing.T) {
	p := &paper{pdf: []byte("%PDF")}
	if string(p.take()) != "%PDF" || p.take() != nil {
		t.Error("a paper was taken twice")
	}
	var none *paper
	if none.take() != nil {
		t.Error("no paper gave one")
	}
}

// Even a print step that somehow came first prints nothing.
func TestPrintNeedsLookAndPayment(t *testing.T) {
	for _, q := range []*request{{}, {held: true}, {paper: &paper{}, held: true}, {paper: &paper{pdf: []byte("%PDF")}}} {
		r := &run{req: q} // no device: a call would panic
		if _, err := r.print(t.Context()); err != wire.Internal {
			t.Errorf("%+v: %v", q, err)
		}
	}
}
