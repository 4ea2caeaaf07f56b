package demo_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"akashi/centre/issue"
	"akashi/kiosk/session"
	"akashi/testkit/canary"
	"akashi/testkit/demo"
	"akashi/verifier/credential"
)

// The short form of the whole demonstration: fewer certificates and residents,
// every proof and every control.
func TestDemo(t *testing.T) {
	canary.Require(t, os.Getppid())
	var log bytes.Buffer
	out := t.TempDir()
	err := demo.Run(t.Context(), demo.Options{
		Out: out, Residues: 5, Log: &log,
		Shown: []demo.Shown{{Resident: "watanabe", Kind: credential.Domestic}, {Resident: "yoshida", Kind: credential.Overseas}},
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, log.Bytes())
	}
	steps(t, log.String(), 2)
	if !strings.Contains(log.String(), filepath.Join(out, "yoshida-overseas", "certificate.pdf")+"  page-1.png\n") {
		t.Errorf("no path of a paper and its picture in\n%s", log.Bytes())
	}
	for _, name := range []string{
		"watanabe-domestic/certificate.pdf", "watanabe-domestic/page-1.png", "watanabe-domestic/shc.txt", "watanabe-domestic/shc.jws",
		"yoshida-overseas/certificate.pdf", "yoshida-overseas/vdsnc.json", "jwks.json", "trust.json", "csca.pem",
	} {
		if i, err := os.Stat(filepath.Join(out, name)); err != nil || i.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Every step of kiosk and centre stands in the table with a duration for each
// session.
func steps(t *testing.T, log string, sessions int) {
	t.Helper()
	for _, name := range append(session.Steps[:], issue.Steps()...) {
		found := false
		for _, line := range strings.Split(log, "\n") {
			said, ok := strings.CutPrefix(strings.TrimSpace(line), name+" ")
			found = found || ok && len(strings.Fields(said)) == sessions && !strings.Contains(said, "–")
		}
		if !found {
			t.Errorf("no durations of %q in all %d sessions", name, sessions)
		}
	}
}

// A showing that is stopped judges nothing.
func TestStopped(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var log bytes.Buffer
	if err := demo.Run(ctx, demo.Options{Out: t.TempDir(), Residues: 1, Log: &log}); !errors.Is(err, demo.ErrStopped) {
		t.Errorf("%v", err)
	}
	if strings.Contains(log.String(), " yes ") {
		t.Errorf("it judged:\n%s", log.String())
	}
}
