//go:build linux && !nofence

package oneshot_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"akashi/centre/oneshot"
)

func TestAChildStartsBare(t *testing.T) {
	t.Setenv("SECRET", "not for children")
	got := start(t, oneshot.Spec{}, "state").next(t).With
	for k, want := range map[string]string{"env": "[]", "core": "0 0", "group": "true", "in": "/dev/null", "out": "/dev/null"} {
		if got[k] != want {
			t.Errorf("%s: %q, want %q", k, got[k], want)
		}
	}
}

func TestAChildHasItsOwnUser(t *testing.T) {
	needRoot(t)
	got := start(t, oneshot.Spec{UID: 65534, Path: forEveryone(t)}, "state").next(t).With
	if got["uid"] != "65534 65534" {
		t.Errorf("user and group %s", got["uid"])
	}
}

// needRoot skips a test of another user where there is no choosing one; under
// CI=true it fails.
func needRoot(t *testing.T) {
	t.Helper()
	switch {
	case os.Getuid() == 0:
	case os.Getenv("CI") == "true":
		t.Fatal("this test must run as root: only root can give a process another user")
	default:
		t.Skip("only root can give a process another user")
	}
}

// forEveryone copies this binary to where another user may run it.
func forEveryone(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(self())
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "oneshot")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "child")
	if err := errors.Join(os.Chmod(dir, 0o755), os.WriteFile(path, b, 0o755)); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestHowAChildEnds(t *testing.T) {
	if err := start(t, oneshot.Spec{}, "exit").Wait(); err != nil {
		t.Errorf("exit 0: %v", err)
	}
	var e *oneshot.ExitError
	if err := start(t, oneshot.Spec{Args: []string{"a", "b"}}, "exit").Wait(); !errors.As(err, &e) || e.Code != 2 {
		t.Errorf("exit 2: %v", err)
	}
	p := start(t, oneshot.Spec{}, "sleep")
	p.next(t)
	p.Kill()
	if err := p.Wait(); err != oneshot.ErrKilled {
		t.Errorf("killed: %v", err)
	}
	p.Kill() // of one that is gone does nothing
}

func TestAChildIsGoneAfterItsLongestLife(t *testing.T) {
	p := start(t, oneshot.Spec{MaxLife: 3 * time.Second}, "sleep")
	p.next(t)
	if err := p.Wait(); err != oneshot.ErrKilled {
		t.Errorf("got %v", err)
	}
	gone(t, p.PID())
}

func TestAChildIsGoneWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p, err := oneshot.Start(ctx, oneshot.Spec{Path: self(), Args: []string{"child", "sleep"}, Files: []*os.File{null(t)}})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := p.Wait(); err != oneshot.ErrKilled {
		t.Errorf("got %v", err)
	}
	if _, err := oneshot.Start(ctx, oneshot.Spec{Path: self()}); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
}

func null(t *testing.T) *os.File {
	f, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// The children are started from threads that end at once; they must outlive
// those threads and not their process.
func TestAChildIsGoneWhenItsParentIsKilled(t *testing.T) {
	p := start(t, oneshot.Spec{MaxLife: time.Hour}, "parent")
	var pids []int
	for _, s := range strings.Fields(p.next(t).With["pids"]) {
		pid, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		if pids = append(pids, pid); !alive(pid) {
			t.Error("a grandchild ended with the thread that started it")
		}
	}
	syscall.Kill(p.PID(), syscall.SIGKILL) // the parent alone: each grandchild has a group of its own
	for _, pid := range pids {
		gone(t, pid)
	}
	if len(pids) != 4 {
		t.Errorf("%d grandchildren", len(pids))
	}
}

func TestWhatAChildLeftBehindIsGone(t *testing.T) {
	p := start(t, oneshot.Spec{}, "litter")
	pid, err := strconv.Atoi(p.next(t).With["pid"])
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err != nil {
		t.Fatal(err)
	}
	gone(t, pid)
}

func TestStartFailsCleanly(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := oneshot.Start(t.Context(), oneshot.Spec{Path: "/nonexistent", Files: []*os.File{w}}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if _, err := w.Write([]byte{1}); !errors.Is(err, os.ErrClosed) {
		t.Errorf("the handed-over file is still open here: %v", err)
	}
}

// A file that the starting process had from its own start reaches no child
// once it keeps its own; without that it does.
func TestInheritedFilesAreKept(t *testing.T) {
	for _, args := range [][]string{nil, {"keep"}} {
		path := filepath.Join(t.TempDir(), "service.log")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		p := start(t, oneshot.Spec{Args: args}, "pass", f)
		open := p.next(t).With["open"]
		if reached := strings.Contains(open, path); reached != (args == nil) || !strings.Contains(open, "pipe:") {
			t.Errorf("%v: a grandchild has %s", args, open)
		}
		if got := p.next(t).What; got != "done" {
			t.Errorf("%v: %s", args, got)
		}
		if b, err := os.ReadFile(path); err != nil || string(b) != "mine" {
			t.Errorf("%v: the process itself could not use its file: %q, %v", args, b, err)
		}
	}
}

func TestTie(t *testing.T) {
	c := exec.Command(self(), "child", "exit")
	c.Env = []string{"A=b"}
	if err := oneshot.Tie(c); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Error(err)
	}
}

// What a part has started ends with it; the output that it holds open would
// keep Reap waiting.
func TestReapTakesTheGroup(t *testing.T) {
	c := exec.Command("sh", "-c", "sleep 1000 & echo begun")
	var out strings.Builder
	c.Stdout, c.SysProcAttr = &out, &syscall.SysProcAttr{Setpgid: true}
	if err := oneshot.Tie(c); err != nil {
		t.Fatal(err)
	}
	reaped := make(chan error, 1)
	go func() { reaped <- oneshot.Reap(c) }()
	select {
	case err := <-reaped:
		if err != nil || out.String() != "begun\n" {
			t.Errorf("%v: %q", err, out.String())
		}
	case <-time.After(30 * time.Second):
		syscall.Kill(-c.Process.Pid, syscall.SIGKILL)
		t.Fatal("what it has started lives on")
	}
}

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		p, err := oneshot.Start(b.Context(), oneshot.Spec{Path: self(), Args: []string{"child", "exit"}})
		if err != nil {
			b.Fatal(err)
		}
		if err := p.Wait(); err != nil {
			b.Fatal(err)
		}
	}
}
