package main

// This test is inside the package because a command exports nothing; no
// package that testkit imports can import a command, so there is no cycle.

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"akashi/kiosk/reader"
	"akashi/testkit/pki"
	"akashi/testkit/residents"
)

// start runs the command and waits until it is ready.
func start(t *testing.T, ctx context.Context, args ...string) (done <-chan error) {
	t.Helper()
	r, w := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, args, w)
		w.CloseWithError(err)
		ended <- err
	}()
	out := bufio.NewScanner(r)
	for out.Scan() {
		if strings.HasPrefix(out.Text(), "ready simcard ") {
			go io.Copy(io.Discard, r)
			return ended
		}
	}
	t.Fatal("never ready: ", out.Err())
	return nil
}

func TestList(t *testing.T) {
	var b strings.Builder
	if err := run(t.Context(), []string{"-list"}, &b); err != nil {
		t.Fatal(err)
	}
	for _, r := range residents.All() {
		if !strings.Contains(b.String(), r.ID) || !strings.Contains(b.String(), r.PIN) {
			t.Errorf("%s or the PIN is not listed", r.ID)
		}
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{}, {"-list", "-resident", "yoshida"}, {"-resident", "yoshida", "-vpcd", "x", "-socket", "y"},
		{"-resident", "yoshida", "more"}, {"-nonsense"}, {"-resident", "yoshida", "-latency", "-1s"}} {
		if err := run(t.Context(), args, io.Discard); !errors.Is(err, errUsage) {
			t.Errorf("%v: %v", args, err)
		}
	}
	for _, args := range [][]string{{"-resident", "nobody"}, {"-resident", "yoshida", "-pki", t.TempDir()}, {"-resident", "yoshida", "-vpcd", "127.0.0.1:1"}} {
		if err := run(t.Context(), args, io.Discard); err == nil || errors.Is(err, errUsage) {
			t.Errorf("%v: %v", args, err)
		}
	}
}

// TestSocket reads the signer's certificate through the reader protocol and
// finds the authority of the folder in it.
func TestSocket(t *testing.T) {
	world, err := pki.New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := world.WriteDir(dir); err != nil {
		t.Fatal(err)
	}
	short, err := os.MkdirTemp("", "simcard")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(short)
	socket := filepath.Join(short, "reader")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	done := start(t, ctx, "-resident", "yoshida", "-pki", dir, "-socket", socket)
	conn, err := net.Dial("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	c := reader.NewClient(conn)
	if err := c.WaitCard(ctx); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"\x00\xA4\x04\x0C\x0A\xD3\x92\x10\x00\x31\x00\x01\x01\x04\x08", "\x00\xB0\x84\x00\x00"} {
		answer, err := c.Transmit(ctx, []byte(command))
		if err != nil {
			t.Fatal(err)
		}
		if len(answer) > 2 && !strings.Contains(string(answer), string(world.Cards.ID[:])) {
			t.Error("EF 0004 does not name the folder's authority")
		}
	}
	conn.Close()
	cancel()
	if err := <-done; err != nil {
		t.Errorf("interrupted: %v", err)
	}
}

// TestVirtualReader plays the driver: the card tells its answer to reset, and
// leaves when the command is interrupted.
func TestVirtualReader(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	done := start(t, ctx, "-resident", "yoshida", "-vpcd", ln.Addr().String())
	conn, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte{0, 1, 4}); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 15)
	if _, err := io.ReadFull(conn, answer); err != nil || answer[1] != 13 || answer[2] != 0x3B {
		t.Errorf("answer to reset %X, %v", answer, err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("interrupted: %v", err)
	}
}
