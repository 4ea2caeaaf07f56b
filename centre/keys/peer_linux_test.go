package keys_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"akashi/centre/keys"
)

// A process of another user asks, and the kernel says so: what it claims in
// its bytes is a good question of the launcher's.
func TestKernelNamesTheStranger(t *testing.T) {
	if os.Getuid() != 0 {
		if os.Getenv("CI") == "true" {
			t.Fatal("only root can ask as another user, and CI must")
		}
		t.Skip("only root can ask as another user: this check is left out")
	}
	dir, err := os.MkdirTemp("", "keys")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil { // the stranger may knock
		t.Fatal(err)
	}
	custody, err := keys.Open(keyDir(t))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "s")
	ln, err := keys.Listen(path, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := connectAs(65534, path); !errors.Is(err, unix.EACCES) {
		t.Errorf("a stranger reaches the socket: %v", err)
	}
	if err := os.Chmod(path, 0o666); err != nil { // and were it open to all:
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- keys.Serve(ctx, ln, custody, keys.Limits{Launchers: []int{0}}) }()
	open := make([]byte, 50)
	open[0], open[1], open[2] = 1, 1, 1
	for uid, want := range map[int]byte{0: 0, 65534: byte(keys.NotLauncher)} {
		answer := make([]byte, 6)
		conn, err := connectAs(uid, path)
		if err != nil {
			t.Fatal(err)
		}
		conn.Write(open) // a stranger may be gone already, with its answer
		if _, err := conn.Read(answer); err != nil || answer[1] != want {
			t.Errorf("user %d: %x, %v; want refusal %d", uid, answer, err, want)
		}
		conn.Close()
	}
	// However many strangers say nothing, none is kept: each is told so unasked.
	var silent []net.Conn
	for range 2 * keys.DefaultMaxControls {
		conn, err := connectAs(65534, path)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		silent = append(silent, conn)
	}
	for _, conn := range silent {
		conn.SetDeadline(time.Now().Add(patience))
		if b, err := io.ReadAll(conn); err != nil || len(b) != 6 || b[1] != byte(keys.NotLauncher) {
			t.Fatalf("a silent stranger hears %x, %v", b, err)
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// connectAs connects from a thread whose effective user is uid. The thread is
// not given back to the runtime.
func connectAs(uid int, path string) (net.Conn, error) {
	type result struct {
		conn net.Conn
		err  error
	}
	done := make(chan result)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		conn, err := connectHere(uid, path)
		done <- result{conn, err}
	}()
	r := <-done
	return r.conn, r.err
}

func connectHere(uid int, path string) (net.Conn, error) {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(fd), path)
	defer f.Close()
	keep := ^uintptr(0)
	if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, keep, uintptr(uid), keep); errno != 0 {
		return nil, errno
	}
	if err := unix.Connect(fd, &unix.SockaddrUnix{Name: path}); err != nil {
		return nil, err
	}
	return net.FileConn(f)
}
