package conformance

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"

	"akashi/testkit/forge"
	"akashi/verifier"
)

// small is a bench for a few of everything; make conformance measures the
// whole.
func small(t *testing.T) *bench {
	t.Helper()
	b := &bench{Options: Options{Root: "../..", Dir: t.TempDir(), Valid: 6, Pixels: 1, Names: 140, Doses: 7}}
	t.Cleanup(b.close)
	return b
}

func met(t *testing.T, all []Figure, err error) {
	t.Helper()
	if err != nil || len(all) == 0 {
		t.Fatal(len(all), err)
	}
	for _, f := range all {
		if f.State != Met {
			t.Errorf("%v: %s: %s %q", f.State, f.Name, f.Told, f.Detail)
		}
	}
}

func TestSmall(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	b := small(t)
	all, err := b.onPaper(t.Context())
	met(t, all, err)
	for _, measure := range []func(context.Context) ([]Figure, error){b.sheets, b.names} {
		all, err = measure(t.Context())
		met(t, all, err)
	}
	// Fewer residents than numbers of doses cannot be all that was promised.
	if all, err = b.valid(t.Context()); err != nil || all[1].State != Met || !strings.HasPrefix(all[0].Told, "6 of 6 accepted") {
		t.Errorf("%+v, %v", all, err)
	}
}

// TestOpensslSees: the outside check refuses a code that was changed.
func TestOpensslSees(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip(err) // TestSmall says it under CI
	}
	b := small(t)
	if err := b.start(); err != nil {
		t.Fatal(err)
	}
	o := &openssl{dir: t.TempDir()}
	if err := o.keys(b); err != nil {
		t.Fatal(err)
	}
	w, err := forge.New("another")
	if err != nil {
		t.Fatal(err)
	}
	o.check(t.Context(), "x", w.NewPDF().Sign(), []string{forge.QR(w.SignCard(forge.Payload())), w.SignSeal(forge.SealData), "shc:/12"})
	if o.n != 4 || len(o.refused) != 4 {
		t.Errorf("%d of %d refused: %q", len(o.refused), o.n, o.refused)
	}
}

func TestParts(t *testing.T) {
	w, err := forge.New("parts")
	if err != nil {
		t.Fatal(err)
	}
	for text, key := range map[string]string{forge.QR(w.SignCard(forge.Payload())): "card.pem", w.SignSeal(forge.SealData): "seal.pem"} {
		if _, err := verifier.Verify(text, w.List(), forge.At); err != nil {
			t.Fatal(err)
		}
		if signed, raw, got, err := parts(text); err != nil || len(raw) != 64 || len(signed) == 0 || got != key {
			t.Errorf("%q: %d bytes by %s, %v", text[:20], len(signed), got, err)
		}
	}
}

// TestOnly: some parts can be chosen, each once, and an unknown one is refused.
func TestOnly(t *testing.T) {
	b := small(t)
	for only, want := range map[string]int{"": 10, "own": 1, "speed,own": 2} {
		if all, err := b.parts(only); err != nil || len(all) != want {
			t.Errorf("%q: %d parts, %v", only, len(all), err)
		}
	}
	for _, only := range []string{"rubbish", "own,own", "own,"} {
		if _, err := b.parts(only); err == nil {
			t.Errorf("%q was taken", only)
		}
	}
	var out strings.Builder
	if good, err := Run(t.Context(), &out, Options{Only: "rubbish"}); good || err == nil {
		t.Errorf("%v, %v", good, err)
	}
}

func TestFigures(t *testing.T) {
	many := strings.Split(strings.Repeat("x ", 30), " ")
	if f := figure("f", false, many, "%d", 1); f.State != Missed || len(f.Detail) != 11 || f.State.String() != "NO" {
		t.Errorf("%+v", f)
	}
	all := map[string][2]int{}
	for _, where := range []string{"200 dpi, as rendered", "300 dpi, as rendered", "600 dpi, as rendered"} {
		all[where] = [2]int{2, 2}
	}
	all["300 dpi, noisy"] = [2]int{0, 2}
	if f := rates("a reader", all, 1); f.State != Met || !strings.HasPrefix(f.Told, "6 of 8") {
		t.Errorf("%+v", f)
	}
	all["200 dpi, as rendered"] = [2]int{1, 2}
	if f := rates("a reader", all, 1); f.State != Missed {
		t.Errorf("a code that is not read as rendered: %+v", f)
	}
}
