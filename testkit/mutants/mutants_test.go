package mutants_test

import (
	"strings"
	"testing"

	"akashi/testkit/forge"
	"akashi/testkit/mutants"
	"akashi/testkit/vectors"
	"akashi/verifier/rule"
)

// TestSome judges one mutant of a hundred, spread over all; make conformance
// judges every one.
func TestSome(t *testing.T) {
	w, err := forge.New("mutants")
	if err != nil {
		t.Fatal(err)
	}
	tally := mutants.Run(mutants.Every(101, mutants.All(w))) // a prime: no period of the changes has it
	for _, list := range [][]string{tally.Faults, tally.Accepted, tally.Wrong} {
		for _, s := range list {
			t.Error(s)
		}
	}
	if !tally.Good() || tally.Judged < 1000 || len(tally.ByFormat) != 3 {
		t.Errorf("%d judged, of each format %v; the most that one allocated: %d bytes", tally.Judged, tally.ByFormat, tally.MaxAlloc)
	}
}

// TestOwnReachEveryCode: the vectors are refused, and lead to every rule of the
// three formats.
func TestOwnReachEveryCode(t *testing.T) {
	all, err := vectors.Load(vectors.Own())
	if err != nil {
		t.Fatal(err)
	}
	j, err := vectors.NewJudge(vectors.Own(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	tally := mutants.Run(mutants.Own(all, j))
	if !tally.Good() {
		t.Errorf("accepted %q, wrong %q, faults %q, %d bytes", tally.Accepted, tally.Wrong, tally.Faults, tally.MaxAlloc)
	}
	for _, r := range rule.All() {
		format, _, _ := strings.Cut(r.Code, ".")
		if strings.Contains("shc vdsnc pdf", format) && tally.Codes[r.Code] == 0 {
			t.Errorf("%s was never the answer", r.Code)
		}
	}
}

// TestTally: what a verifier must not do is seen.
func TestTally(t *testing.T) {
	w, err := forge.New("mutants")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		m   mutants.Mutant
		bad func(*mutants.Tally) []string
	}{
		"a good card":  {mutants.NewMutant(mutants.SHC, w.SignCard(forge.Payload()), w.List(), nil), func(t *mutants.Tally) []string { return t.Accepted }},
		"another code": {mutants.NewMutant(mutants.SHC, "shc:/1", w.List(), []string{"shc.form"}), func(t *mutants.Tally) []string { return t.Wrong }},
		"a panic":      {mutants.NewMutant(mutants.SHC, w.SignCard(forge.Payload()), nil, nil), func(t *mutants.Tally) []string { return t.Faults }},
	} {
		tally := mutants.Run(func(yield func(mutants.Mutant) bool) { yield(c.m) })
		if tally.Good() || len(c.bad(tally)) != 1 {
			t.Errorf("%s: %+v", name, tally)
		}
	}
}
