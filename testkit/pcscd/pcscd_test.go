package pcscd_test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"akashi/testkit/pcscd"
	"akashi/testkit/residents"
	"akashi/testkit/simcard"
)

var authority = sync.OnceValue(func() *simcard.Authority {
	a, err := simcard.NewAuthority()
	if err != nil {
		panic(err)
	}
	return a
})

func card(t *testing.T, o simcard.Options) *simcard.Card {
	t.Helper()
	r, _ := residents.Find("yoshida")
	c, err := simcard.New(r, authority(), o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// list asks OpenSC which readers have a card; it names none when it finds no
// daemon.
func list(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if err != nil {
		return ""
	}
	return string(out)
}

func listing(t *testing.T, s *pcscd.Server) string {
	t.Helper()
	cmd := exec.Command(opensc(t), "--list-readers")
	cmd.Env = []string{s.Env()}
	return list(t, cmd)
}

func opensc(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("opensc-tool")
	if err == nil {
		return path
	}
	if os.Getenv("CI") == "true" {
		t.Fatal(err)
	}
	t.Skip("no opensc-tool; apt-get install opensc")
	return ""
}

// eventually waits for what pcscd notices by polling.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 600 {
		if ok() {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("never happened: " + what)
}

func row(listing, reader string) string {
	for line := range strings.Lines(listing) {
		if strings.Contains(line, reader) {
			return line
		}
	}
	return ""
}

func TestCardComesAndGoes(t *testing.T) {
	s := pcscd.Require(t)
	for i, reader := range pcscd.Readers {
		if l := row(listing(t, s), reader); !strings.Contains(l, "No") {
			t.Fatalf("%s before any card: %q", reader, l)
		}
		slot, err := s.Plug(t.Context(), i, card(t, simcard.Options{}))
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "card seen", func() bool { return strings.Contains(row(listing(t, s), reader), "Yes") })
		if err := slot.Pull(); err != nil {
			t.Error(err)
		}
		eventually(t, "card gone", func() bool { return strings.Contains(row(listing(t, s), reader), "No") })
	}
	if _, err := s.Plug(t.Context(), 2, card(t, simcard.Options{})); err == nil {
		t.Error("a third slot")
	}
}

// TestKillAndRestart: the crash of the daemon, and its return at the same
// socket, where a card can be plugged in again.
func TestKillAndRestart(t *testing.T) {
	s := pcscd.Require(t)
	slot, err := s.Plug(t.Context(), 0, card(t, simcard.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	before := s.PID()
	if err := s.Restart(t.Context()); err == nil {
		t.Error("started twice")
	}
	if err := s.Kill(); err != nil {
		t.Fatal(err)
	}
	<-slot.Ended()
	if err := syscall.Kill(before, 0); err == nil || s.PID() != 0 {
		t.Errorf("process %d is still there", before)
	}
	if out := listing(t, s); strings.Contains(out, pcscd.Readers[0]) {
		t.Errorf("a dead daemon lists %q", out)
	}
	if err := s.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s.PID() == before {
		t.Error("the same process id")
	}
	if _, err := s.Plug(t.Context(), 0, card(t, simcard.Options{})); err != nil {
		t.Fatal(err)
	}
	eventually(t, "card seen again", func() bool { return strings.Contains(listing(t, s), "Yes") })
}

// TestPrivate: two daemons do not see each other, and the virtual readers'
// ports are not this machine's.
func TestPrivate(t *testing.T) {
	a, b := pcscd.Require(t), pcscd.Require(t)
	if _, err := a.Plug(t.Context(), 0, card(t, simcard.Options{})); err != nil {
		t.Fatal(err)
	}
	eventually(t, "card seen", func() bool { return strings.Contains(listing(t, a), "Yes") })
	if out := listing(t, b); strings.Contains(out, "Yes") || out == "" {
		t.Errorf("the other daemon lists %q", out)
	}
	mine, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := os.Readlink("/proc/" + strconv.Itoa(a.PID()) + "/ns/net")
	if err != nil || theirs == mine {
		t.Errorf("the daemon is in the network %s, this process in %s (%v)", theirs, mine, err)
	}
	if conn, err := net.Dial("tcp", "127.0.0.1:35963"); err == nil {
		conn.Close()
		t.Log("this machine has a virtual reader of its own; the port says nothing")
	}
}

func TestInside(t *testing.T) {
	s := pcscd.Require(t)
	if _, err := exec.LookPath("nsenter"); err != nil && os.Getenv("CI") != "true" {
		t.Skip("no nsenter; apt-get install util-linux")
	} else if err != nil {
		t.Fatal("no nsenter; apt-get install util-linux")
	}
	cmd := s.Inside(opensc(t), "--list-readers")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
	if out := list(t, cmd); !strings.Contains(out, pcscd.Readers[0]) {
		t.Errorf("inside: %q", out)
	}
}

func TestCloseLeavesNothing(t *testing.T) {
	dir, err := os.MkdirTemp("", "pcscd")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	pcscd.Require(t) // skips where no daemon can run
	s, err := pcscd.Start(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	pid := s.PID()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	eventually(t, "end of the daemon", func() bool { return syscall.Kill(pid, 0) != nil })
	if _, err := s.Plug(t.Context(), 0, card(t, simcard.Options{})); err == nil {
		t.Error("a closed server took a card")
	}
}

// TestDiesWithItsStarter: a test that is killed leaves no daemon behind.
func TestDiesWithItsStarter(t *testing.T) {
	if dir := os.Getenv("AKASHI_TEST_START"); dir != "" {
		s, err := pcscd.Start(context.Background(), dir)
		if err != nil {
			t.Fatal(err)
		}
		os.WriteFile(filepath.Join(dir, "pid"), []byte(strconv.Itoa(s.PID())), 0o600)
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
	pcscd.Require(t)
	dir, err := os.MkdirTemp("", "pcscd")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	cmd := exec.Command(os.Args[0], "-test.run", "^TestDiesWithItsStarter$")
	cmd.Env = append(os.Environ(), "AKASHI_TEST_START="+dir)
	if err := cmd.Run(); err == nil {
		t.Fatal("the starter was not killed")
	}
	text, err := os.ReadFile(filepath.Join(dir, "pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(string(text))
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "end of the daemon", func() bool { return syscall.Kill(pid, 0) != nil })
}

// TestDiesWithItsKeeper: nor does a keeper that is killed.
func TestDiesWithItsKeeper(t *testing.T) {
	pcscd.Require(t)
	dir, err := os.MkdirTemp("", "pcscd")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	s, err := pcscd.Start(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	pid := s.PID()
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "PPid:")
	keeper, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil || keeper == os.Getpid() {
		t.Fatalf("keeper %d, %v", keeper, err)
	}
	syscall.Kill(keeper, syscall.SIGKILL)
	eventually(t, "end of the daemon", func() bool { return syscall.Kill(pid, 0) != nil })
	if err := s.Close(); err == nil {
		t.Error("nobody heard that the keeper was killed")
	}
}

func TestLongPath(t *testing.T) {
	if pcscd.Missing() != nil {
		t.Skip(pcscd.Missing())
	}
	if _, err := pcscd.Start(t.Context(), filepath.Join(t.TempDir(), strings.Repeat("x", 100))); err == nil {
		t.Error("a path longer than a socket's, no error")
	}
}
