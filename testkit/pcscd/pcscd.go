// Package pcscd runs a real PC/SC daemon with virtual readers for one test,
// shut off from the machine's own: private mount and network namespaces, and a
// user namespace where the caller is not root. Nothing listens outside them.
//
// The daemon alone lives in the namespaces; clients stay where they are:
//
//	server := pcscd.Require(t)                          // skips, or fails under CI=true
//	slot, err := server.Plug(ctx, 0, card)              // a simcard.Card
//	cmd.Env = append(cmd.Env, server.Env())             // a client process
//	t.Setenv(pcscd.Variable, server.Socket)             // or this process, before its first PC/SC call
//	cmd := server.Inside("opensc-tool", "-l")           // or a client that must find /run/pcscd
//
// libpcsclite reads the variable once, at the first call of a process, and
// cgo passes it on from os.Setenv.
//
// Importing the package lets the program start itself again as the keeper of
// the namespaces: see keeper.
package pcscd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"akashi/testkit/vpcd"
)

// Variable is the environment variable by which a PC/SC client finds its
// daemon.
const Variable = "PCSCLITE_CSOCK_NAME"

// Wiping is the environment in which the daemon runs, here and on a kiosk: the
// C library overwrites what is freed. Without it the daemon was measured to
// keep the last resident's name, address and birth date after the client had
// powered the card off and gone, until other answers happened to overwrite
// them.
const Wiping = "GLIBC_TUNABLES=glibc.malloc.perturb=165:glibc.malloc.tcache_count=0"

// Readers are the names of the virtual readers, by slot.
var Readers = [...]string{"Virtual PCD 00 00", "Virtual PCD 00 01"}

// startLimit bounds waits for the daemon; it takes a second on a busy machine.
const startLimit = 60 * time.Second

// driver is where vsmartcard-vpcd puts its driver and its configuration.
const (
	driver        = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
	configuration = "/etc/reader.conf.d/vpcd"
)

// Server is a running daemon. Its methods may be called from any goroutine.
type Server struct {
	Socket string // value for Variable
	Log    string // the daemon's output

	mu     sync.Mutex
	keeper *keeper
	pid    int
}

// Missing says what the machine lacks to run a daemon; nil: nothing known.
func Missing() error {
	if _, err := daemon(); err != nil {
		return errors.New("pcscd: no pcscd on this machine; apt-get install pcscd")
	}
	for _, path := range []string{driver, configuration} {
		if _, err := os.Stat(path); err != nil {
			return errors.New("pcscd: no virtual reader driver on this machine; apt-get install vsmartcard-vpcd")
		}
	}
	return nil
}

// daemon finds pcscd, which stands outside many users' PATH.
func daemon() (string, error) {
	if path, err := exec.LookPath("pcscd"); err == nil {
		return path, nil
	}
	return exec.LookPath("/usr/sbin/pcscd")
}

// Start starts a daemon with its socket and log below dir, whose path must
// leave room for a socket's (100 bytes). args are the daemon's own, or NAME=VALUE
// for its environment; beware of --apdu, which writes PINs into the log.
func Start(ctx context.Context, dir string, args ...string) (*Server, error) {
	if err := Missing(); err != nil {
		return nil, err
	}
	run := filepath.Join(dir, "run")
	s := &Server{Socket: filepath.Join(run, "pcscd.comm"), Log: filepath.Join(dir, "pcscd.log")}
	if len(s.Socket) > 100 {
		return nil, fmt.Errorf("pcscd: %s is too long for a socket's path; use a shorter folder", dir)
	}
	if err := os.MkdirAll(run, 0o755); err != nil {
		return nil, fmt.Errorf("pcscd: %w", err)
	}
	path, err := daemon()
	if err != nil {
		return nil, err
	}
	if s.keeper, err = startKeeper(run, s.Log, append([]string{path, "--foreground"}, args...)); err != nil {
		return nil, err
	}
	if err := s.Restart(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Require starts a daemon for a test and ends it with the test. Where the
// machine cannot, the test is skipped; under CI=true it fails.
func Require(t testing.TB, args ...string) *Server {
	t.Helper()
	dir, err := os.MkdirTemp("", "pcscd") // short, as socket paths must be
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s, err := Start(t.Context(), dir, args...)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Plug inserts a card into a slot, 0 or 1. Clients see it within a second.
func (s *Server) Plug(ctx context.Context, slot int, c vpcd.Card) (*vpcd.Slot, error) {
	if slot < 0 || slot >= len(Readers) {
		return nil, fmt.Errorf("pcscd: slot %d: there are %d", slot, len(Readers))
	}
	if err := vpcd.Prepare(c); err != nil {
		return nil, err
	}
	conn, err := s.dial(slot)
	if err != nil {
		return nil, err
	}
	return vpcd.PlugConn(ctx, conn, c), nil
}

// dial connects to a slot's port, which only the network namespace has.
func (s *Server) dial(slot int) (net.Conn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, file, err := s.keeper.ask(opDial + strconv.Itoa(slot))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return net.FileConn(file)
}

// PID gives the daemon's process id; 0 after Kill.
func (s *Server) PID() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pid
}

// Kill ends the daemon at once, as a crash would. Cards fall out.
func (s *Server) Kill() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _, err := s.keeper.ask(opKill)
	s.pid = 0
	return err
}

// Restart starts the daemon again after Kill and waits until it answers.
func (s *Server) Restart(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	answer, _, err := s.keeper.ask(opStart)
	if err != nil {
		return err
	}
	if s.pid, err = strconv.Atoi(answer); err != nil {
		return fmt.Errorf("pcscd: keeper: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		conn, err := net.Dial("unix", s.Socket)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("pcscd: the daemon does not answer: %w; see %s", err, s.Log)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Env gives the environment entry for a client process.
func (s *Server) Env() string { return Variable + "=" + s.Socket }

// Inside gives a command that finds the daemon at /run/pcscd without any
// variable: it runs in the daemon's mount namespace (by nsenter of util-linux)
// and in the caller's network.
func (s *Server) Inside(name string, args ...string) *exec.Cmd {
	return exec.Command("nsenter", append(append(s.keeper.enter(), "--", name), args...)...)
}

// Close ends the daemon and its namespaces.
func (s *Server) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pid = 0
	return s.keeper.close()
}
