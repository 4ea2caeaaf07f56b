//go:build linux && !nofence

package oneshot_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tetratelabs/wazero"
	"golang.org/x/sys/unix"

	"akashi/centre/oneshot"
	"akashi/testkit/pki"
)

// fenced fences itself in, tries everything that it must not do and what it
// must be able to do, and reports each with its error. Its second argument is
// a folder that may be read, or "-"; the third one that may not.
func fenced(args []string) {
	l := oneshot.Limits{Accept: args[0] == "accept", Unfenced: true} // of no effect where there is a fence
	if args[1] != "-" {
		l.ReadOnly = []string{args[1]}
	}
	listener := oneshot.File(2)
	if err := oneshot.Fence(l); err != nil {
		report("not fenced", map[string]string{"err": err.Error()})
		os.Exit(1)
	}
	got := map[string]string{}
	for name, f := range attempts(args[1], args[2], listener) {
		got[name] = fault(f())
	}
	report("tried", got)
}

func fault(err error) string {
	var e syscall.Errno
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &e):
		return unix.ErrnoName(e)
	}
	return err.Error()
}

func attempts(readable, other string, listener *os.File) map[string]func() error {
	open := func(path string, flags int) func() error {
		return func() error {
			f, err := os.OpenFile(path, flags, 0o600)
			if err == nil {
				f.Close()
			}
			return err
		}
	}
	socket := func(domain, kind int) func() error {
		return func() error { _, err := unix.Socket(domain, kind, 0); return err }
	}
	return map[string]func() error{
		"read other":       open(filepath.Join(other, "file"), os.O_RDONLY),
		"read passwd":      open("/etc/passwd", os.O_RDONLY),
		"read self":        open("/proc/self/mem", os.O_RDONLY),
		"write other":      open(filepath.Join(other, "new"), os.O_WRONLY|os.O_CREATE),
		"append other":     open(filepath.Join(other, "file"), os.O_WRONLY|os.O_APPEND),
		"write tmp":        open(filepath.Join(os.TempDir(), "akashi-fence"), os.O_RDWR|os.O_CREATE),
		"write readable":   open(filepath.Join(readable, "new"), os.O_WRONLY|os.O_CREATE),
		"empty readable":   open(filepath.Join(readable, "file"), os.O_RDONLY|os.O_TRUNC),
		"read readable":    open(filepath.Join(readable, "file"), os.O_RDONLY),
		"mkdir":            func() error { return os.Mkdir(filepath.Join(other, "d"), 0o700) },
		"remove":           func() error { return os.Remove(filepath.Join(other, "file")) },
		"rename":           func() error { return os.Rename(filepath.Join(other, "file"), filepath.Join(other, "f2")) },
		"memfd":            func() error { _, err := unix.MemfdCreate("x", 0); return err },
		"openat2":          func() error { _, err := unix.Openat2(-1, "/etc/passwd", &unix.OpenHow{}); return err },
		"socket tcp":       socket(unix.AF_INET, unix.SOCK_STREAM),
		"socket udp":       socket(unix.AF_INET6, unix.SOCK_DGRAM),
		"socket unix":      socket(unix.AF_UNIX, unix.SOCK_STREAM),
		"dial":             func() error { _, err := net.Dial("tcp", "127.0.0.1:1"); return err },
		"connect":          func() error { return unix.Connect(int(listener.Fd()), &unix.SockaddrInet4{Port: 1}) },
		"exec":             func() error { return exec.Command("/bin/true").Run() },
		"execve":           func() error { return syscall.Exec("/bin/true", []string{"true"}, nil) },
		"fork":             fork,
		"ptrace parent":    func() error { return unix.PtraceAttach(os.Getppid()) },
		"kill parent":      func() error { return unix.Kill(os.Getppid(), 0) },
		"signal parent":    func() error { return unix.Tgkill(os.Getppid(), os.Getppid(), 0) },
		"be dumpable":      func() error { return unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0) },
		"set a limit":      func() error { return unix.Prlimit(0, unix.RLIMIT_CORE, &unix.Rlimit{}, nil) }, // to what it is
		"io_uring":         ioUring,
		"accept":           func() error { return accept(listener) },
		"wasm":             wasm,
		"tls":              overTLS,
		"threads and heap": threads,
		"fence again":      func() error { return oneshot.Fence(oneshot.Limits{}) },
	}
}

func fork() error {
	pid, _, e := syscall.RawSyscall6(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0, 0, 0, 0)
	if e != 0 {
		return e
	}
	if pid == 0 {
		syscall.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
	}
	return nil
}

func ioUring() error {
	if _, _, e := syscall.RawSyscall(unix.SYS_IO_URING_SETUP, 1, 0, 0); e != 0 {
		return e
	}
	return nil
}

func accept(listener *os.File) error {
	ln, err := net.FileListener(listener)
	if err != nil {
		return err
	}
	ln.(*net.TCPListener).SetDeadline(time.Now().Add(hang))
	c, err := ln.Accept()
	if err == nil {
		c.Close()
	}
	return err
}

// wasm compiles and runs a module that adds two numbers: machine code made and
// executed inside the fence.
func wasm() error {
	ctx := context.Background()
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigCompiler())
	defer r.Close(ctx)
	m, err := r.Instantiate(ctx, []byte{
		0, 'a', 's', 'm', 1, 0, 0, 0,
		1, 7, 1, 0x60, 2, 0x7f, 0x7f, 1, 0x7f,
		3, 2, 1, 0,
		7, 7, 1, 3, 'a', 'd', 'd', 0, 0,
		10, 9, 1, 7, 0, 0x20, 0, 0x20, 1, 0x6a, 0x0b,
	})
	if err != nil {
		return err
	}
	v, err := m.ExportedFunction("add").Call(ctx, 2, 3)
	if err != nil || v[0] != 5 {
		return errors.New("wrong sum")
	}
	return nil
}

// overTLS shakes hands with the test over the handed socket and echoes.
func overTLS() error {
	conn, err := net.FileConn(oneshot.File(1))
	if err != nil {
		return err
	}
	conn.SetDeadline(time.Now().Add(hang))
	c := tls.Client(conn, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS13})
	if _, err := c.Write([]byte("hello")); err != nil {
		return err
	}
	b := make([]byte, 5)
	if _, err := io.ReadFull(c, b); err != nil || string(b) != "hello" {
		return errors.New("no echo")
	}
	return nil
}

// threads makes the runtime start threads, preempt loops and collect garbage.
func threads() error {
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			runtime.LockOSThread()
			var keep [][]byte
			for range 50 {
				keep = append(keep, bytes.Repeat([]byte{1}, 1<<16))
				time.Sleep(time.Millisecond)
			}
			runtime.KeepAlive(keep)
		})
	}
	wg.Wait()
	runtime.GC()
	return nil
}

// fence runs a fenced child and gives what it could do.
func fence(t *testing.T, s oneshot.Spec, accept bool, readable string) map[string]string {
	t.Helper()
	other := t.TempDir()
	for _, dir := range []string{other, readable} {
		if dir != "-" {
			if err := os.WriteFile(filepath.Join(dir, "file"), []byte("x"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	mine, theirs := pair(t)
	go echo(t, mine)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	lf, err := ln.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		if c, err := net.Dial("tcp", ln.Addr().String()); err == nil {
			defer c.Close()
			io.Copy(io.Discard, c)
		}
	}()
	mode := "-"
	if accept {
		mode = "accept"
	}
	s.Args = []string{mode, readable, other}
	got := start(t, s, "fenced", theirs, lf).next(t)
	if _, err := unix.PrctlRetInt(unix.PR_GET_SECCOMP, 0, 0, 0, 0); err != nil && os.Getenv("CI") != "true" {
		t.Skip("this kernel has no seccomp: ", err)
	}
	if got.What != "tried" {
		t.Fatalf("the child said %+v", got)
	}
	if b, err := os.ReadFile(filepath.Join(other, "file")); err != nil || string(b) != "x" {
		t.Error("the file outside has changed")
	}
	return got.With
}

func echo(t *testing.T, c net.Conn) {
	w, err := pki.New(rand.Reader, time.Now)
	if err != nil {
		t.Error(err)
		return
	}
	s := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{w.Gateway.TLS()}})
	defer s.Close()
	io.Copy(s, s)
}

func TestAFencedChildCannot(t *testing.T) {
	for name, s := range map[string]oneshot.Spec{"same user": {}, "own user": {UID: 65534, Path: forEveryone(t)}} {
		t.Run(name, func(t *testing.T) {
			if s.UID != 0 {
				needRoot(t)
			}
			cannot(t, fence(t, s, false, "-"))
		})
	}
}

func cannot(t *testing.T, got map[string]string) {
	t.Helper()
	can := map[string]bool{"wasm": true, "tls": true, "threads and heap": true}
	for name, said := range got {
		if can[name] != (said == "ok") {
			t.Errorf("%s: %s", name, said)
		}
		if !can[name] && said != "EPERM" && said != "EACCES" && said != "ENOSYS" && !strings.HasPrefix(said, "oneshot:") {
			t.Errorf("%s failed for another reason: %s", name, said)
		}
	}
	if len(got) < 30 {
		t.Errorf("only %d attempts", len(got))
	}
}

func TestAFencedChildMayReadWhatIsNamed(t *testing.T) {
	got := fence(t, oneshot.Spec{}, true, t.TempDir())
	can := map[string]bool{"wasm": true, "tls": true, "threads and heap": true, "read readable": true, "accept": true}
	for name, said := range got {
		if can[name] != (said == "ok") {
			t.Errorf("%s: %s", name, said)
		}
	}
}

func TestFenceRefusesAFolderThatIsNone(t *testing.T) {
	got := start(t, oneshot.Spec{Args: []string{"-", "/nonexistent", "/"}}, "fenced", null(t), null(t)).next(t)
	if got.What != "not fenced" || !strings.Contains(got.With["err"], oneshot.ErrUnfenced.Error()) {
		t.Errorf("got %+v", got)
	}
}
