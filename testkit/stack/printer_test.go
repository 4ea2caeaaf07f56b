package stack_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"akashi/centre/wire"
	"akashi/testkit/canary"
	"akashi/testkit/ippprinter"
	"akashi/testkit/stack"
	"akashi/verifier/credential"
	"akashi/verifier/pdfsig"
	"akashi/verifier/trust"
)

func TestUnknownPrinter(t *testing.T) {
	if stack.CanPrint("folder") != nil || stack.CanPrint("laser") == nil {
		t.Error("which printers there are")
	}
}

// A resident gets paper out of a real IPP printer: signed to its last byte, as
// the centre sealed it. Nothing of them is left in the printer's spool and
// log, the kiosk's files and its agent.
func TestOnARealPrinter(t *testing.T) {
	if err := ippprinter.Missing(); err != nil && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	s := start(t, stack.Options{Printer: "ipps"})
	k := s.Kiosks[0]
	r, err := s.Resident(s.First())
	if err != nil {
		t.Fatal(err)
	}
	v := walk(t, s, r.ID, credential.Overseas)
	if v.Code != wire.OK || len(v.Papers) != 1 {
		t.Fatalf("ended %v with %d papers; shown %v; centre said %s", v.Code, len(v.Papers), v.Record.Shown, said(s))
	}
	b, err := os.ReadFile(v.Papers[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Printer.Empty(); err != nil {
		t.Error(err)
	}
	if jobs, err := k.Printer.Jobs(); err != nil || len(jobs) != 1 {
		t.Errorf("%d jobs, %v", len(jobs), err)
	}
	list, err := os.ReadFile(filepath.Join(s.PKI(), "trust.json"))
	if err != nil {
		t.Fatal(err)
	}
	trusted, err := trust.Parse(list, &s.World.TrustRoot.PublicKey, time.Now(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pdfsig.Verify(b, trusted, time.Now()); err != nil {
		t.Errorf("what came out is not what was signed, whole: %v", err)
	}
	set, err := canary.New(canary.Resident(r))
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []struct {
		name string
		scan func() ([]canary.Finding, error)
		none bool
	}{
		{"the kiosk's files, the printer's spool and log", func() ([]canary.Finding, error) { return set.ScanTree(s.Dir+"/"+k.ID, k.Papers) }, true},
		{"the agent's memory", func() ([]canary.Finding, error) { return set.ScanPID(k.Agent.PID()) }, true},
		{"the paper, where it must be", func() ([]canary.Finding, error) { return set.ScanTree(k.Papers) }, false},
	} {
		found, err := at.scan()
		if errors.Is(err, canary.ErrNotPermitted) && os.Getenv("CI") != "true" {
			t.Skip(err)
		}
		if err != nil || (len(found) == 0) != at.none {
			t.Errorf("%s: found %d times, %v", at.name, len(found), err)
		}
	}
}
