package programs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"akashi/testkit/programs"
)

// Under make test a program is the one that it has built, and the reader the
// one with cgo.
func TestHandedOn(t *testing.T) {
	all, dir := t.TempDir(), filepath.Join(t.TempDir(), "new")
	t.Setenv(programs.Variable, all)
	if err := os.Mkdir(filepath.Join(all, "cgo"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, said := range map[string]string{"keys": "keys", "reader": "without", "cgo/reader": "with", "cgo/keys": "keys with"} {
		if err := os.WriteFile(filepath.Join(all, name), []byte(said), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // what is there already is replaced
		if err := programs.Into(t.Context(), dir, "centre/cmd/keys", "kiosk/cmd/reader"); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"keys": "keys with", "reader": "with"} {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(b) != want {
			t.Errorf("%s: %q, %v", name, b, err)
		}
	}
	// Where there was no compiler, the key process is the one without.
	if err := os.Remove(filepath.Join(all, "cgo", "keys")); err != nil {
		t.Fatal(err)
	}
	if err := programs.Into(t.Context(), dir, "centre/cmd/keys"); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "keys")); err != nil || string(b) != "keys" {
		t.Errorf("keys: %q, %v", b, err)
	}
	if err := programs.Into(t.Context(), dir, "kiosk/cmd/kiosk"); err == nil || !strings.Contains(err.Error(), "kiosk") {
		t.Errorf("a program that make test did not build: %v", err)
	}
}

func TestBuilt(t *testing.T) {
	t.Setenv(programs.Variable, "")
	dir := t.TempDir()
	if err := programs.Into(t.Context(), dir, "testkit/cmd/payunit"); err != nil {
		t.Fatal(err)
	}
	if i, err := os.Stat(filepath.Join(dir, "payunit")); err != nil || i.Mode()&0o111 == 0 {
		t.Errorf("no program: %v", err)
	}
	if err := programs.Into(t.Context(), dir, "testkit/cmd/nobody"); err == nil {
		t.Error("a program that nobody wrote was built")
	}
}
