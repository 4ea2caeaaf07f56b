package kiosk_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"akashi/testkit/compiled"
)

// An agent refuses code that was not made for this program, and workers may
// only read what they run.
func TestCompiledCode(t *testing.T) {
	path, err := program()
	if err != nil {
		t.Fatal(path, err)
	}
	dir := filepath.Join(t.TempDir(), "compiled")
	if err := compiled.Into(t.Context(), path, dir); err != nil {
		t.Fatal(err)
	}
	prepared := func() string {
		out, err := exec.CommandContext(t.Context(), path, "prepared", dir).CombinedOutput()
		if err == nil {
			return ""
		}
		return string(out)
	}
	if said := prepared(); said != "" {
		t.Fatalf("filled, and: %s", said)
	}
	code, err := filepath.Glob(filepath.Join(dir, "wazero-*", "*"))
	if err != nil || len(code) != 1 {
		t.Fatal(code, err)
	}
	b, err := os.ReadFile(code[0])
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.Chmod(code[0], 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(code[0], b, 0o600); err != nil {
		t.Fatal(err)
	}
	if said := prepared(); !strings.Contains(said, "compiled code") {
		t.Errorf("code with a flipped bit: %q", said)
	}
	if err := os.Remove(code[0]); err != nil {
		t.Fatal(err)
	}
	if said := prepared(); !strings.Contains(said, "compiled code") {
		t.Errorf("no code: %q", said)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "wazero-*", "*")); len(left) != 0 {
		t.Errorf("a process that may only read has written %v", left)
	}
}
