//go:build linux && !nofence

package oneshot_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"akashi/centre/oneshot"
)

// The tests run this same binary as real children: the first argument after
// "child" says what the child does.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "child" {
		children[os.Args[2]](os.Args[3:])
		os.Exit(0)
	}
	os.Exit(m.Run())
}

var children = map[string]func([]string){
	"exit":   func(a []string) { os.Exit(len(a)) },
	"sleep":  func([]string) { report("up", nil); time.Sleep(time.Hour) },
	"state":  func([]string) { report("state", stateOf()) },
	"parent": parent,
	"fenced": fenced,
	"folder": inFolder,
	"litter": litter,
	"pass":   pass,
	"files":  func([]string) { report("files", map[string]string{"open": openFiles()}) },
}

// say is one line from a child.
type say struct {
	What string
	With map[string]string
}

func report(what string, with map[string]string) {
	b, _ := json.Marshal(say{what, with})
	oneshot.File(0).Write(append(b, '\n'))
}

func stateOf() map[string]string {
	var core syscall.Rlimit
	syscall.Getrlimit(syscall.RLIMIT_CORE, &core)
	in, _ := os.Readlink("/proc/self/fd/0")
	out, _ := os.Readlink("/proc/self/fd/1")
	return map[string]string{
		"env": fmt.Sprint(os.Environ()), "uid": fmt.Sprint(os.Getuid(), os.Getgid()),
		"core": fmt.Sprint(core.Cur, core.Max), "group": fmt.Sprint(syscall.Getpgrp() == os.Getpid()),
		"in": in, "out": out,
	}
}

// parent starts grandchildren from threads that then end, tells their numbers
// and waits to be killed.
func parent([]string) {
	const n = 4 // the first thread of a process never ends, the others do
	r, w, err := os.Pipe()
	if err != nil {
		os.Exit(1)
	}
	pids, threads := make([]string, n), make([]int, n)
	var locked, wg sync.WaitGroup
	locked.Add(n)
	for i := range n {
		wg.Go(func() {
			runtime.LockOSThread() // and never unlocked: the thread ends with this goroutine
			threads[i] = syscall.Gettid()
			locked.Done()
			locked.Wait() // so that each has a thread of its own
			fd, err := syscall.Dup(int(w.Fd()))
			if err != nil {
				os.Exit(1)
			}
			p, err := oneshot.Start(context.Background(), oneshot.Spec{
				Path: self(), Args: []string{"child", "sleep"}, Files: []*os.File{os.NewFile(uintptr(fd), "w")}, MaxLife: time.Hour,
			})
			if err != nil {
				os.Exit(2)
			}
			pids[i] = fmt.Sprint(p.PID())
		})
	}
	wg.Wait()
	in := bufio.NewReader(r)
	for range n {
		in.ReadString('\n') // a grandchild is up
	}
	for _, tid := range threads { // were one tied to its thread, it would go with it
		for end := time.Now().Add(hang); tid != os.Getpid() && time.Now().Before(end); time.Sleep(time.Millisecond) {
			if _, err := os.Stat(fmt.Sprintf("/proc/self/task/%d", tid)); err != nil {
				break
			}
		}
	}
	report("grandchildren", map[string]string{"pids": strings.Join(pids, " ")})
	time.Sleep(time.Hour)
}

// pass starts a grandchild that tells its open files; with an argument it keeps
// its own ones first.
func pass(a []string) {
	if len(a) > 0 && oneshot.KeepOwn() != nil {
		os.Exit(1)
	}
	fd, err := syscall.Dup(oneshot.FirstFile)
	if err != nil {
		os.Exit(2)
	}
	syscall.CloseOnExec(fd)
	p, err := oneshot.Start(context.Background(), oneshot.Spec{
		Path: self(), Args: []string{"child", "files"}, Files: []*os.File{os.NewFile(uintptr(fd), "w")},
	})
	if err != nil {
		os.Exit(3)
	}
	p.Wait()
	if _, err := oneshot.File(1).WriteString("mine"); err != nil {
		os.Exit(4)
	}
	report("done", nil)
}

func openFiles() string {
	all, _ := os.ReadDir("/proc/self/fd")
	var paths []string
	for _, e := range all {
		path, _ := os.Readlink("/proc/self/fd/" + e.Name())
		paths = append(paths, path)
	}
	return strings.Join(paths, " ")
}

// litter leaves a process behind in its group and ends.
func litter([]string) {
	c := exec.Command(self(), "child", "sleep")
	c.ExtraFiles = []*os.File{os.Stderr}
	if c.Start() != nil {
		os.Exit(1)
	}
	report("left", map[string]string{"pid": fmt.Sprint(c.Process.Pid)})
}

func self() string {
	p, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return p
}

// started is one child of a test and its lines.
type started struct {
	*oneshot.Process
	lines *bufio.Reader
	ctrl  *os.File
}

func start(t *testing.T, s oneshot.Spec, child string, more ...*os.File) started {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	if s.Path == "" {
		s.Path = self()
	}
	s.Args = append([]string{"child", child}, s.Args...)
	s.Files = append([]*os.File{w}, more...)
	p, err := oneshot.Start(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Kill(); <-p.Done() })
	return started{p, bufio.NewReader(r), r}
}

func (s started) next(t *testing.T) say {
	t.Helper()
	s.ctrl.SetReadDeadline(time.Now().Add(hang))
	line, err := s.lines.ReadBytes('\n')
	if err != nil {
		t.Fatalf("the child said nothing: %v, %v", err, s.Wait())
	}
	var v say
	if err := json.Unmarshal(line, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func alive(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	var n int
	var name, state string
	fmt.Sscan(string(b), &n, &name, &state)
	return state != "Z"
}

const hang = 30 * time.Second // generous: only against tests that hang

func gone(t *testing.T, pid int) {
	t.Helper()
	for end := time.Now().Add(hang); alive(pid); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("process %d lives on", pid)
		}
	}
}

// pair gives two ends of a loopback connection; the second as a file.
func pair(t *testing.T) (net.Conn, *os.File) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	c, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	mine, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mine.Close() })
	f, err := c.(*net.TCPConn).File()
	if err != nil {
		t.Fatal(err)
	}
	return mine, f
}
