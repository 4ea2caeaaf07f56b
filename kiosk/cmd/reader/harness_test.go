package main_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"akashi/centre/oneshot"
	"akashi/kiosk/mynumber"
	"akashi/kiosk/reader"
	"akashi/testkit/pcscd"
	"akashi/testkit/programs"
	"akashi/testkit/residents"
	"akashi/testkit/simcard"
	"akashi/testkit/vpcd"
)

// These tests run the reader process against a real pcscd with a virtual
// reader: the session worker's end of the socket is here.

// enough is a limit against hangs only.
const enough = 2 * time.Minute

// build has the command, with cgo.
var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "reader-test-")
	if err != nil {
		return "", err
	}
	if err := programs.Into(context.Background(), dir, "kiosk/cmd/reader"); err != nil {
		return dir, fmt.Errorf("the reader does not build with cgo; apt-get install libpcsclite-dev pkg-config gcc: %w", err)
	}
	return filepath.Join(dir, "reader"), nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, _ := build(); path != "" {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

func program(t testing.TB) string {
	t.Helper()
	path, err := build()
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return path
}

// process is a running reader and the client of it.
type process struct {
	*reader.Client
	cmd    *exec.Cmd
	stderr bytes.Buffer
	exited chan error
}

// start runs the reader process on slot 0 of a daemon.
func start(t testing.TB, server *pcscd.Server) *process {
	t.Helper()
	return launch(t, server, []string{program(t), "-name", pcscd.Readers[0], "-pcscd", server.Socket, "-fd", "3"})
}

// launch runs a command with the reader's end of a socket as descriptor 3.
func launch(t testing.TB, server *pcscd.Server, command []string) *process {
	t.Helper()
	near, far, err := oneshot.Sockets()
	if err != nil {
		t.Fatal(err)
	}
	defer near.Close()
	defer far.Close()
	conn, err := net.FileConn(near)
	if err != nil {
		t.Fatal(err)
	}
	p := &process{Client: reader.NewClient(conn), exited: make(chan error, 1)}
	p.cmd = exec.Command(command[0], command[1:]...)
	p.cmd.Env = []string{} // as the agent starts it
	p.cmd.ExtraFiles = []*os.File{far}
	p.cmd.Stderr = &p.stderr
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.exited <- p.cmd.Wait() }()
	t.Cleanup(func() {
		p.Close()
		p.cmd.Process.Kill()
	})
	return p
}

// exit waits for the process to end and gives its exit code.
func (p *process) exit(t *testing.T) int {
	t.Helper()
	select {
	case <-p.exited:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(enough):
		t.Fatal("the reader process did not end")
		return -1
	}
}

func limited(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), enough)
	t.Cleanup(cancel)
	return ctx
}

var authority = sync.OnceValue(func() *simcard.Authority {
	a, err := simcard.NewAuthority()
	if err != nil {
		panic(err)
	}
	return a
})

func newCard(t testing.TB, o simcard.Options) *simcard.Card {
	t.Helper()
	c, err := simcard.New(residents.All()[0], authority(), o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func plug(t testing.TB, server *pcscd.Server, slot int, c vpcd.Card) *vpcd.Slot {
	t.Helper()
	s, err := server.Plug(t.Context(), slot, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Pull() })
	return s
}

func verified(t testing.TB, p *process, c *simcard.Card) *mynumber.Card {
	t.Helper()
	pin, err := mynumber.NewPIN([]byte(c.Resident().PIN))
	if err != nil {
		t.Fatal(err)
	}
	card, err := mynumber.Verify(limited(t), p, pin)
	if err != nil {
		t.Fatal(err)
	}
	if !c.Verified() {
		t.Fatal("the card holds no PIN for presented")
	}
	return card
}

// eventually waits for what another process does in its own time.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(enough); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

func wantFault(t *testing.T, err error, want ...reader.Fault) {
	t.Helper()
	if !slices.Contains(want, reader.FaultOf(err)) {
		t.Errorf("got %v, want %v", err, want)
	}
}
