package centre_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"akashi/centre"
	"akashi/centre/audit"
	"akashi/centre/channel"
	"akashi/centre/issue"
	"akashi/centre/vrs"
	"akashi/centre/wire"
	"akashi/testkit/residents"
	"akashi/testkit/users"
	refvrs "akashi/testkit/vrs"
	"akashi/verifier"
	"akashi/verifier/credential"
)

func TestTheRealCentreIssues(t *testing.T) {
	r := buildReal(t)
	k := r.kiosk("k0")
	list := must(r.w.TrustList())(t)
	a, h, err := r.issue(k, "yoshida", credential.Domestic, residents.Mihon)
	if err != nil || a.Code != wire.OK {
		t.Fatalf("%v, %v: %s", a.Code, err, r.node.errs)
	}
	if err := channel.CheckReceipt(r.w.Centre.Pool(), a.Delivery.Receipt, time.Now()); err != nil {
		t.Error(err)
	}
	digest := h.SessionDigest()
	if !bytes.Equal(a.Delivery.Receipt.SessionDigest, digest[:]) || a.Delivery.Receipt.Counter != h.Counter {
		t.Error("the receipt is another request's")
	}
	resident, _ := residents.Find("yoshida")
	v, err := verifier.Verify(a.Delivery.Codes[0], list, time.Now())
	if err != nil || !strings.HasPrefix(string(a.Delivery.PDF), "%PDF") {
		t.Errorf("the code does not verify: %v", err)
	} else if v.Name != resident.Card.Name && strings.ReplaceAll(v.Name, " ", "　") != resident.Card.Name {
		t.Errorf("the code names %q", v.Name)
	}
	e := r.event(func(e audit.Event) bool { return e.Ended != nil }).Ended
	for step, micros := range e.Micros {
		if micros == 0 {
			t.Errorf("%s took no time", issue.Step(step))
		}
	}
	if e.Code != wire.OK || e.Kiosk != "k0" {
		t.Errorf("event %+v", e)
	}
	r.settles(k, a.Delivery)
	for id, want := range map[string]wire.Code{"norecord": wire.NoRecord, "needscheck": wire.RecordNeedsCheck} {
		if a, _, err := r.issue(k, id, credential.Domestic, residents.Mihon); err != nil || a.Code != want || a.Delivery != nil {
			t.Errorf("%s: %v, %v", id, a.Code, err)
		}
	}
	r.leavesNothing()
}

func (r *real) settles(k *kiosk, d *wire.Delivery) {
	r.t.Helper()
	word := wire.Encode(vrs.Settlement{Token: d.SettleToken, Outcome: vrs.Delivered})
	s := must(channel.SealSettlement(d.SettleKey, residents.Mihon, word))(r.t)
	if _, err := k.ask(wire.TypeSettle, s); err != nil {
		r.t.Errorf("settle: %v", err)
	}
	counts := must(r.vrs.Counts(context.Background()))(r.t)
	if counts[refvrs.State(vrs.Delivered)] != 1 {
		r.t.Errorf("VRS counts %v", counts)
	}
	r.event(func(e audit.Event) bool { return e.Settled != nil && e.Settled.Code == wire.OK })
}

// leavesNothing ends the node in order: its children are gone, its log is
// whole, and nothing was said on standard error.
func (r *real) leavesNothing() {
	r.t.Helper()
	children := descendants(r.t, r.node.cmd.Process.Pid)
	if len(children) == 0 {
		r.t.Error("the node has no launcher")
	}
	r.node.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-r.node.gone:
	case <-time.After(hang):
		r.t.Fatal("the node does not end")
	}
	if !r.node.cmd.ProcessState.Success() || r.node.errs.Len() > 0 {
		r.t.Errorf("%v: %s", r.node.cmd.ProcessState, r.node.errs)
	}
	r.allGone(children)
	out, err := exec.Command(filepath.Join(must(programs())(r.t), "centre"), "audit", "-verify", filepath.Join(r.dir, "state", "audit.log")).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "chain whole") {
		r.t.Errorf("audit -verify: %s", out)
	}
}

// descendants gives a process's children and theirs.
func descendants(t testing.TB, pid int) []int {
	t.Helper()
	files, err := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/children")
	if err != nil {
		t.Fatal(err)
	}
	var all []int
	for _, f := range files {
		b, _ := os.ReadFile(f)
		for _, s := range strings.Fields(string(b)) {
			n, _ := strconv.Atoi(s)
			all = append(append(all, n), descendants(t, n)...)
		}
	}
	return all
}

func (h *house) allGone(pids []int) {
	h.t.Helper()
	h.until("the children are gone", func() bool {
		for _, pid := range pids {
			b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
			if err == nil && !bytes.Contains(b, []byte(") Z ")) {
				return false
			}
		}
		return true
	})
}

func TestChildrenEndWithAKilledNode(t *testing.T) {
	r := buildReal(t)
	k := r.kiosk("k0")
	h := must(k.open())(t)
	h.Municipality = residents.Mihon
	must(k.begin(h))(t) // a worker waits
	children := descendants(t, r.node.cmd.Process.Pid)
	if len(children) < 2 {
		t.Fatalf("launcher and worker: %v", children)
	}
	r.fenced(children)
	r.node.cmd.Process.Kill()
	r.allGone(children)
}

// fenced looks from outside at whether the worker is: seccomp, no new
// privileges, its own user.
func (r *real) fenced(pids []int) {
	r.t.Helper()
	found := false
	for _, pid := range pids {
		b, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
		s := string(b)
		if !strings.Contains(s, "Seccomp:\t2") {
			continue
		}
		found = true
		if !strings.Contains(s, "NoNewPrivs:\t1") || (users.Distinct() && !strings.Contains(s, fmt.Sprintf("Uid:\t%d\t%[1]d\t%[1]d\t%[1]d\nGid:\t%[1]d\t%[1]d\t%[1]d\t%[1]d\n", users.Worker))) {
			r.t.Errorf("the worker's status: %s", s)
		}
	}
	if !found {
		r.t.Error("no child is fenced")
	}
}

// Whatever part of a node is killed is started again; kiosks find it at the
// same address.
func TestTheNodeStartsItsPartsAgain(t *testing.T) {
	r := buildReal(t)
	k := r.kiosk("k0")
	must(k.open())(t)
	for _, part := range []string{"gateway", "launcher"} {
		syscall.Kill(r.part(part), syscall.SIGKILL)
		r.until("it serves again", func() bool {
			if part == "gateway" {
				k = r.kiosk("k0")
			}
			_, err := k.open()
			if err != nil && !errors.Is(err, wire.Busy) && !errors.Is(err, wire.Internal) && !errors.Is(err, wire.LineDown) {
				t.Fatalf("meanwhile: %v", err)
			}
			return err == nil
		})
	}
	// A launcher that has just come may still answer busy: the resident is told
	// to try again, and so does this test.
	r.until("it issues again", func() bool {
		a, _, err := r.issue(k, "yoshida", credential.Domestic, residents.Mihon)
		if err != nil && !errors.Is(err, wire.Busy) || err == nil && a.Code != wire.OK {
			t.Fatalf("after it: %v, %v", a.Code, err)
		}
		return err == nil
	})
}

// part gives the process of a node's part.
func (r *real) part(name string) int {
	r.t.Helper()
	for _, pid := range descendants(r.t, r.node.cmd.Process.Pid) {
		b, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
		if args := strings.Split(string(b), "\x00"); len(args) > 1 && args[1] == name {
			return pid
		}
	}
	r.t.Fatalf("the node has no %s", name)
	return 0
}

func TestAWorkerWithoutALauncherEnds(t *testing.T) {
	out, err := exec.Command(filepath.Join(must(programs())(t), "centre"), "worker").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "started by a launcher") {
		t.Errorf("%v: %s", err, out)
	}
}

func TestCommandsTellState(t *testing.T) {
	r := buildReal(t)
	r.kiosk("k0").alarm()
	tell := func(args ...string) (s centre.State) {
		t.Helper()
		c := exec.Command(filepath.Join(must(programs())(t), "centre"), append([]string{"state", "-config", r.config, "-operator", "7"}, args...)...)
		out, err := c.CombinedOutput()
		if err != nil || json.Unmarshal(out, &s) != nil {
			t.Fatalf("%v: %s", args, out)
		}
		return s
	}
	s := tell()
	if len(s.Alarms) != 1 || s.Alarms[0].Cleared {
		t.Fatalf("state %+v", s)
	}
	if s = tell("-clear", strconv.FormatUint(s.Alarms[0].ID, 10)); !s.Alarms[0].Cleared {
		t.Errorf("state %+v", s)
	}
	if s = tell("-stop"); !s.Stopped {
		t.Errorf("state %+v", s)
	}
	if s = tell("-resume"); s.Stopped {
		t.Errorf("state %+v", s)
	}
}
