// Command reader is the reader process: it serves one card reader over one
// inherited stream socket and ends, the card powered off, when the socket
// closes or its parent dies. It writes no file and no log. Before it serves it
// fences itself in: it talks to its parent and to the PC/SC daemon only.
//
//	reader -name "Virtual PCD 00 00" [-pcscd SOCKET] [-fd 3]
//	reader -name "Virtual PCD 00 00" [-pcscd SOCKET] -look
//
// With -look it takes no card and no socket, and only tells by its exit code
// whether the reader is there and a card lies on it.
//
// Exit codes: 0 the other end closed, or no card; 1 it could not serve, or no
// reader; 2 bad usage; 4 a card.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"akashi/kiosk/pcsc"
	"akashi/kiosk/reader"
)

// lastWords bounds what is left to do after the parent has died: the card's
// powering-off.
const lastWords = 5 * time.Second

// The parent's death is announced to the thread that asked for it, which must
// live as long as the process: the main thread.
func init() { runtime.LockOSThread() }

func main() {
	name := flag.String("name", "", "the PC/SC reader's exact name")
	daemon := flag.String("pcscd", pcsc.DefaultSocket, "the PC/SC daemon's `socket`")
	fd := flag.Int("fd", 3, "the inherited stream socket")
	look := flag.Bool("look", false, "only look whether the reader is there")
	flag.Parse()
	if *name == "" || *fd < 3 || flag.NArg() != 0 {
		flag.Usage()
		os.Exit(2)
	}
	// The library reads it once, at its first call; a process is started with an
	// empty environment.
	os.Setenv("PCSCLITE_CSOCK_NAME", *daemon)
	if *look {
		os.Exit(glance(*name, *daemon))
	}
	if err := run(*name, *daemon, *fd); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(name, daemon string, fd int) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := harden(); err != nil {
		return fmt.Errorf("reader: cannot close itself off: %w", err)
	}
	context.AfterFunc(ctx, func() { time.AfterFunc(lastWords, func() { os.Exit(1) }) })
	device, err := pcsc.Open(name)
	if err != nil {
		return err
	}
	conn, err := inherited(fd)
	if err != nil {
		return err
	}
	if err := device.Enclose(ctx, daemon); err != nil {
		return err
	}
	return reader.Serve(ctx, conn, device)
}

// glance looks once and gives the exit code.
func glance(name, daemon string) int {
	ctx, stop := context.WithTimeout(context.Background(), pcsc.DefaultServiceWait)
	defer stop()
	device, err := pcsc.Open(name)
	if err = errors.Join(harden(), err); err == nil {
		err = device.Enclose(ctx, daemon)
	}
	present := false
	if err == nil {
		present, err = device.Look(ctx)
	}
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		return 1
	case present:
		return reader.ExitCard
	}
	return 0
}

// inherited takes the socket that the parent left open.
func inherited(fd int) (net.Conn, error) {
	f := os.NewFile(uintptr(fd), "session")
	if f == nil {
		return nil, fmt.Errorf("reader: no file descriptor %d; the parent must hand a socket on", fd)
	}
	defer f.Close() // FileConn works on a copy
	conn, err := net.FileConn(f)
	if err != nil {
		return nil, fmt.Errorf("reader: file descriptor %d is no socket: %w", fd, err)
	}
	return conn, nil
}
