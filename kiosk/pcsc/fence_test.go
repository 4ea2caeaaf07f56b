//go:build cgo && linux

package pcsc_test

import (
	"context"
	"encoding/json"
	"errors"
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

	"golang.org/x/sys/unix"

	"akashi/kiosk/pcsc"
	"akashi/testkit/pcscd"
	"akashi/testkit/residents"
	"akashi/testkit/simcard"
)

// The tests run this same binary as the reader process: fenced in around a
// daemon, it tries what it must not do.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "enclosed" {
		enclosed(os.Args[2])
		return
	}
	os.Exit(m.Run())
}

// hang bounds what must not hang.
const hang = time.Minute

// enclosed fences itself in, on more threads than one, says what each attempt
// gives on each, and takes a card.
func enclosed(socket string) {
	os.Setenv(pcscd.Variable, socket)
	ctx, stop := context.WithTimeout(context.Background(), hang)
	defer stop()
	d, err := pcsc.Open(pcscd.Readers[0])
	if err != nil {
		fail(err)
	}
	const threads = 3 // besides the one that fences
	begin, results := make(chan struct{}), make(chan map[string]string, threads)
	var locked sync.WaitGroup
	locked.Add(threads)
	for range threads {
		go func() {
			runtime.LockOSThread()
			locked.Done()
			<-begin
			results <- attempts(socket)
		}()
	}
	locked.Wait()
	if err := d.Enclose(ctx, socket); err != nil {
		fail(err)
	}
	close(begin)
	all := []map[string]string{attempts(socket)}
	for range threads {
		all = append(all, <-results)
	}
	if err := d.WaitCard(ctx); err != nil {
		fail(err)
	}
	if _, err := d.Transmit(ctx, []byte{0, 0xA4, 4, 0x0C, 10, 0xD3, 0x92, 0x10, 0, 0x31, 0, 1, 1, 4, 8}); err != nil {
		fail(err)
	}
	if err := d.End(); err != nil {
		fail(err)
	}
	json.NewEncoder(os.Stdout).Encode(all)
}

func fail(err error) { os.Stderr.WriteString(err.Error()); os.Exit(1) }

func attempts(socket string) map[string]string {
	got := map[string]string{}
	for name, f := range map[string]func() error{
		"open /etc/passwd": func() error { _, err := os.ReadFile("/etc/passwd"); return err },
		"open the socket's folder": func() error {
			_, err := os.ReadDir(filepath.Dir(socket))
			return err
		},
		"write a file":  func() error { return os.WriteFile(filepath.Join(os.TempDir(), "akashi-enclosed"), nil, 0o600) },
		"shared memory": func() error { return os.WriteFile("/dev/shm/akashi-enclosed", nil, 0o600) },
		"AF_INET":       func() error { _, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0); return err },
		"AF_INET6":      func() error { _, err := unix.Socket(unix.AF_INET6, unix.SOCK_DGRAM, 0); return err },
		"AF_NETLINK":    func() error { _, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW, 0); return err },
		"listen":        func() error { _, err := net.Listen("unix", filepath.Join(os.TempDir(), "akashi.s")); return err },
		"execve":        func() error { return syscall.Exec("/bin/true", []string{"true"}, nil) },
		"a child":       func() error { return exec.Command("/bin/true").Run() },
		"ptrace":        func() error { return unix.PtraceAttach(os.Getppid()) },
		"parent memory": func() error {
			_, err := unix.ProcessVMReadv(os.Getppid(), nil, nil, 0)
			return err
		},
		"kill parent": func() error { return unix.Kill(os.Getppid(), 0) },
		"dumpable":    func() error { return unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0) },
	} {
		var e syscall.Errno
		switch err := f(); {
		case err == nil:
			got[name] = "ok"
		case errors.As(err, &e):
			got[name] = unix.ErrnoName(e)
		default:
			got[name] = err.Error()
		}
	}
	return got
}

// TestEnclosed: from inside the fenced reader nothing is reached but the
// daemon, on any thread.
func TestEnclosed(t *testing.T) {
	server := pcscd.Require(t)
	a, err := simcard.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	card, err := simcard.New(residents.All()[0], a, simcard.Options{})
	if err != nil {
		t.Fatal(err)
	}
	slot, err := server.Plug(t.Context(), 0, card)
	if err != nil {
		t.Fatal(err)
	}
	defer slot.Pull()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "enclosed", server.Socket)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, said.String())
	}
	var all []map[string]string
	if err := json.Unmarshal(out, &all); err != nil || len(all) != 4 {
		t.Fatalf("%v: %s", err, out)
	}
	for i, got := range all {
		if len(got) != 14 {
			t.Errorf("thread %d: %d attempts", i, len(got))
		}
		for name, came := range got {
			if came != "EPERM" && came != "EACCES" {
				t.Errorf("thread %d: %s: %s", i, name, came)
			}
		}
	}
	if card.Commands() == 0 {
		t.Error("the card was not spoken to")
	}
}
