package stack_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"akashi/centre/wire"
	"akashi/kiosk/screen"
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
	s := start(t, stack.Options{Printer: "ipps", Kiosks: 2, Pages: true})
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
	maybePrinted(t, s)
}

// maybePrinted: who was given a reprint right has it printed at another kiosk
// of the fleet, or gets the money, and never both.
func maybePrinted(t *testing.T, s *stack.Stack) {
	t.Helper()
	here, there := s.Kiosks[0], s.Kiosks[1]
	if err := here.Printer.Set(ippprinter.Abort); err != nil {
		t.Fatal(err)
	}
	r, err := s.Resident("takasaki")
	if err != nil {
		t.Fatal(err)
	}
	at := func(k *stack.Kiosk, right string) stack.Visit {
		p := k.Ask(t.Context(), r, credential.Domestic)
		p.Right = right
		v, err := k.Walk(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	given := func() string {
		v := at(here, "")
		end := v.Record.Tells[len(v.Record.Tells)-1]
		if v.Code != wire.PrintUnknown || end.Code != wire.RightGiven || v.Charged == 0 || end.Charged != v.Charged {
			t.Fatalf("%v, the resident reads %+v", v.Code, end)
		}
		return end.Right
	}
	printed, refunded := given(), given()
	if v := at(there, printed); v.Code != wire.OK || v.Charged != 0 || len(v.Papers) != 1 {
		t.Errorf("at the other kiosk: %v, %d yen, %d papers", v.Code, v.Charged, len(v.Papers))
	}
	if got := refund(t, here, refunded); got.Code != wire.OK || got.Amount != 120 || got.Slip {
		t.Errorf("the refund: %+v", got)
	}
	if paid := here.AtUnit().Snapshot().PaidBack; paid != 120 {
		t.Errorf("%d yen came out of the unit", paid)
	}
	for _, used := range []string{printed, refunded} {
		if got := refund(t, there, used); got.Code != wire.RightUsed {
			t.Errorf("money for a number that was used: %+v", got)
		}
	}
	if v := at(there, refunded); v.Code != wire.RightUsed || len(v.Papers) != 0 {
		t.Errorf("a paper for a number that was refunded: %v, %d papers", v.Code, len(v.Papers))
	}
}

// refund asks as the kiosk's page does.
func refund(t *testing.T, k *stack.Kiosk, number string) screen.Refunded {
	t.Helper()
	q, err := http.NewRequest(http.MethodPost, k.Page+"/refund", strings.NewReader(`{"right":"`+number+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Origin", k.Page)
	resp, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var got screen.Refunded
	if err := json.NewDecoder(resp.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	return got
}
