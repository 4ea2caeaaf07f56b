package stack_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"akashi/centre/wire"
	"akashi/centre/wire/release"
	"akashi/kiosk/face"
	"akashi/testkit/pcscd"
	"akashi/testkit/stack"
	"akashi/verifier/credential"
)

// programs is where TestMain has built the chain's programs.
var programs string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "bin")
		if err == nil {
			defer os.RemoveAll(dir)
			programs, err = dir, stack.Build(context.Background(), dir)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return m.Run()
	}())
}

// start starts a chain for a test and ends it with it.
func start(t testing.TB, o stack.Options) *stack.Stack {
	t.Helper()
	o.Bin = programs
	s, err := stack.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// requirePCSC skips, or under CI=true fails, where there is no real pcscd.
func requirePCSC(t testing.TB) {
	t.Helper()
	err := pcscd.Missing()
	if err == nil && !stack.HasReader(programs) {
		err = fmt.Errorf("the reader process was not built: cgo or libpcsclite-dev is missing")
	}
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skip(err)
	}
}

// walk takes one resident through and gives what came of it.
func walk(t testing.TB, s *stack.Stack, id string, kind credential.Kind) stack.Visit {
	t.Helper()
	r, err := s.Resident(id)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	v, err := s.Kiosks[0].Walk(ctx, s.Kiosks[0].Ask(ctx, r, kind))
	if err != nil {
		t.Fatalf("%s %s: %v", id, kind, err)
	}
	return v
}

func TestOneResidentEndToEnd(t *testing.T) {
	s := start(t, stack.Options{})
	v := walk(t, s, s.First(), credential.Domestic)
	if v.Code != wire.OK || len(v.Papers) != 1 {
		t.Fatalf("ended %v with %d papers; shown %v; centre said %s", v.Code, len(v.Papers), v.Record.Shown, said(s))
	}
	replaced(t, s)
	shuts(t, s, newTerms, wire.TermsOutdated)
}

// replaced publishes a screen release while a resident is at the preview: they
// finish under the terms and the fee that they were shown, and the next one has
// the new ones.
func replaced(t *testing.T, s *stack.Stack) {
	t.Helper()
	r, err := s.Resident(s.First())
	if err != nil {
		t.Fatal(err)
	}
	k := s.Kiosks[0]
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	first := s.Fee(r.Ask())
	plan := k.Ask(ctx, r, credential.Domestic)
	plan.Seen = func(x face.Tell) {
		if x.Screen != face.Preview {
			return
		}
		version, err := s.Release(func(r *release.Release) {
			r.Terms.Version = "2026-12"
			for i := range r.Municipalities {
				if r.Municipalities[i].TakesPart {
					r.Municipalities[i].Fee = first + 80
				}
			}
		})
		if err == nil {
			err = k.Shows(ctx, version)
		}
		if err != nil {
			t.Error(err)
		}
	}
	v, err := k.Walk(ctx, plan)
	if err != nil || v.Code != wire.OK || v.Charged != first {
		t.Errorf("under way: %v, %v, charged %d, want %d", v.Code, err, v.Charged, first)
	}
	if v = walk(t, s, r.ID, credential.Domestic); v.Code != wire.OK || v.Charged != first+80 || v.Record.Tells[0].Terms != "2026-12" {
		t.Errorf("the next one: %v, charged %d, terms %q", v.Code, v.Charged, v.Record.Tells[0].Terms)
	}
}

func TestOneResidentThroughRealPCSCD(t *testing.T) {
	requirePCSC(t)
	s := start(t, stack.Options{PCSC: true, Strict: true})
	v := walk(t, s, s.First(), credential.Overseas)
	if v.Code != wire.OK || len(v.Papers) != 1 {
		t.Fatalf("ended %v with %d papers; shown %v; centre said %s", v.Code, len(v.Papers), v.Record.Shown, said(s))
	}
}

// said gives the centre's events, which hold nothing of a resident.
func said(s *stack.Stack) []byte { b, _ := s.Node.Since(0); return b }
