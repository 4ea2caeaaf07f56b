package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"akashi/centre/audit"
)

func TestUsage(t *testing.T) {
	for _, line := range []string{
		"", "nodes", "node", "node -config", "node -config a b", "node -bus x -config a", "worker -config a", "worker x",
		"launcher", "state -config a", "state -config a -operator -1", "state -config a -operator 4294967296",
		"state -config a -operator 1 -stop -resume", "audit", "audit FILE", "audit -verify",
	} {
		if err := run(t.Context(), strings.Fields(line), &bytes.Buffer{}); !errors.Is(err, errUsage) {
			t.Errorf("%q: got %v", line, err)
		}
	}
}

func TestWhatIsMissingIsSaid(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none")
	for _, args := range [][]string{
		{"node", "-config", none}, {"launcher", "-config", none}, {"state", "-config", none, "-operator", "1"}, {"audit", "-verify", none},
	} {
		if err := run(t.Context(), args, &bytes.Buffer{}); !os.IsNotExist(err) {
			t.Errorf("%v: got %v", args, err)
		}
	}
}

func TestAuditVerify(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.log")
	l, err := audit.Open(path, "n1", time.Now, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := run(t.Context(), []string{"audit", "-verify", path}, &out); err != nil || !strings.HasPrefix(out.String(), "2 records, chain whole") {
		t.Errorf("%q, %v", &out, err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.Replace(b, []byte("n1"), []byte("n2"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), []string{"audit", "-verify", path}, &out); !errors.Is(err, audit.ErrChain) {
		t.Errorf("a changed log: %v", err)
	}
}
