package kiosk_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"akashi/centre/wire"
	"akashi/kiosk"
	"akashi/kiosk/face"
	"akashi/testkit/robot"
	"akashi/testkit/users"
	"akashi/verifier/credential"
)

// needUsers skips a test of several users where there is one; under CI=true it
// fails.
func needUsers(t *testing.T) {
	t.Helper()
	switch {
	case users.Distinct():
	case os.Getenv("CI") == "true":
		t.Fatal("this test must run as root, with root's rights: only that can give processes users of their own")
	default:
		t.Skip("only root can give processes users of their own")
	}
}

// owner gives the user that a process runs as.
func owner(t *testing.T, pid int) int {
	t.Helper()
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		t.Error(err)
		return -1
	}
	_, rest, _ := strings.Cut(string(b), "\nUid:")
	id, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Error(err)
	}
	return id
}

// capabilities gives a process's permitted, effective and ambient set.
func capabilities(t *testing.T, pid int) string {
	t.Helper()
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		t.Error(err)
	}
	var all []string
	for _, set := range []string{"CapPrm", "CapEff", "CapAmb"} {
		_, rest, _ := strings.Cut(string(b), "\n"+set+":\t")
		value, _, _ := strings.Cut(rest, "\n")
		all = append(all, strings.TrimLeft(value, "0"))
	}
	return strings.Join(all, ",")
}

// Each process of a session has a user of its own, none of them the agent's,
// which is not root. The agent has three capabilities; nothing that it starts
// has one, though a change from one user to another would keep them.
func TestUsersAndCapabilitiesOfASession(t *testing.T) {
	needUsers(t)
	c := newTown(t, ofProcess(t))
	c.await(wire.OK)
	if agent := c.agent.Process.Pid; owner(t, agent) != users.Agent || !strings.HasPrefix(capabilities(t, agent), "e0,e0,") { // kill, setgid, setuid
		t.Errorf("the agent is the user %d, with %s", owner(t, agent), capabilities(t, agent))
	}
	v := c.walk("traveller", credential.Domestic, func(p *robot.Plan, r kiosk.Reply) {
		p.Seen = func(s face.Tell) {
			if s.Screen != face.Consent {
				return
			}
			var as []int
			for _, pid := range children(t, c.agent.Process.Pid) {
				as = append(as, owner(t, pid))
				if got := capabilities(t, pid); got != ",," {
					t.Errorf("a process of user %d has %s", owner(t, pid), got)
				}
			}
			slices.Sort(as)
			if !slices.Equal(as, []int{users.Session, users.Reader}) || owner(t, r.Worker) != users.Session {
				t.Errorf("processes of the users %v, the worker's %d", as, owner(t, r.Worker))
			}
		}
	})
	if v.err != nil || len(c.papers()) != 1 {
		t.Fatalf("%v, %d papers: %s", v.err, len(c.papers()), c.out.String())
	}
	i, err := os.Stat(c.papers()[0])
	if err != nil || i.Sys().(*syscall.Stat_t).Uid != users.Print {
		t.Errorf("the paper is not the print process's: %v", err)
	}
}

// An agent whose workers could write the code that they run does not start.
func TestCompiledCodeOfTheSession(t *testing.T) {
	needUsers(t)
	c := newTown(t)
	cache := filepath.Join(c.dir, "theirs")
	if err := os.CopyFS(cache, os.DirFS(c.config.Cache)); err != nil {
		t.Fatal(err)
	}
	if err := users.Give(users.Session, cache); err != nil {
		t.Fatal(err)
	}
	c.agent.Process.Kill()
	<-c.done
	b, err := os.ReadFile(filepath.Join(c.dir, "kiosk.json"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(c.dir, "other.json")
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(string(b), c.config.Cache, cache)), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), c.config.Program, "agent", "-config", file).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "can be written by the session's user") || !strings.Contains(string(out), "kiosk prepare "+cache) {
		t.Errorf("%v: %s", err, out)
	}
}
