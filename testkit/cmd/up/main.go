// Command up starts the whole chain and keeps it up, with pages in front.
//
//	up [-listen 127.0.0.1:8180] [-bin DIR] [-printer folder|ipp|ipps]
//
// Without -printer it is ipp where the machine can, else the folder. Programs
// that DIR lacks, or all of them without -bin, are built first. Cards
// go through a real pcscd where the machine can; else one line says what it
// lacks. Ctrl-C (or SIGTERM) ends it in order, with 130 and nothing left
// running. It ends with 1 when the chain could not be started or ended, and with
// 2 when it was used wrongly.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"akashi/centre/oneshot"
	"akashi/testkit/pki"
	"akashi/testkit/stack"
	"akashi/testkit/tray"
)

var errUsage = errors.New("usage: up [-listen 127.0.0.1:8180] [-bin DIR] [-printer folder|ipp|ipps]")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C does not wait
	err := run(ctx, os.Args[1:], os.Stdout)
	switch {
	case ctx.Err() != nil && (err == nil || errors.Is(err, context.Canceled)):
		fmt.Fprintln(os.Stderr, "up: stopped; nothing that it started is left running")
		os.Exit(130)
	case errors.Is(err, errUsage):
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, w io.Writer) error {
	f := flag.NewFlagSet("up", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	listen := f.String("listen", "127.0.0.1:8180", "where the pages are, on this machine")
	bin := f.String("bin", "", "folder of the programs; empty: build them")
	on := f.String("printer", "", "folder, ipp or ipps; empty: ipp where the machine can")
	if f.Parse(args) != nil || f.NArg() > 0 {
		return errUsage
	}
	if *on == "" {
		*on = device(w)
	}
	if err := stack.CanPrint(*on); err != nil {
		return err
	}
	if !loopback(*listen) {
		return fmt.Errorf("up: %s is not a loopback address; the pages are for this machine only", *listen)
	}
	ln, err := net.Listen("tcp", *listen) // before anything starts: another one may be up
	if err != nil {
		return fmt.Errorf("up: %w; is it up already? -listen takes another address", err)
	}
	defer ln.Close()
	dir, cleanup, err := programs(ctx, *bin, w)
	if err != nil {
		return err
	}
	defer cleanup()
	return serve(ctx, ln, dir, *on, w)
}

// device gives the printer that the panel can do most with.
func device(w io.Writer) string {
	if err := stack.CanPrint("ipp"); err != nil {
		fmt.Fprintln(w, "papers into a folder:", err)
		return "folder"
	}
	return "ipp"
}

// loopback reports whether an address is this machine's own, by number: a name
// could lead elsewhere.
func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	return err == nil && net.ParseIP(host).IsLoopback()
}

// programs gives the folder of the programs, built if need be.
func programs(ctx context.Context, bin string, w io.Writer) (string, func(), error) {
	if bin != "" {
		dir, err := filepath.Abs(bin)
		if err == nil && !stack.HasAll(dir) {
			fmt.Fprintln(w, "building the programs that are missing")
			err = stack.Build(ctx, dir)
		}
		return dir, func() {}, err
	}
	dir, err := os.MkdirTemp("", "bin")
	if err != nil {
		return "", nil, err
	}
	fmt.Fprintln(w, "building the programs")
	if err := stack.Build(ctx, dir); err != nil {
		os.RemoveAll(dir)
		return "", nil, err
	}
	return dir, func() { os.RemoveAll(dir) }, nil
}

// serve starts the chain, keeps it up until ctx ends, and ends it.
func serve(ctx context.Context, ln net.Listener, bin, printer string, w io.Writer) (err error) {
	pcsc, lacking := stack.CanPCSC(ctx, bin)
	lacks := ""
	if lacking != nil {
		lacks = lacking.Error()
		fmt.Fprintln(w, "cards in process:", lacks)
	}
	fmt.Fprintln(w, pki.Notice)
	if !oneshot.Fences {
		fmt.Fprintln(w, oneshot.UnfencedNotice)
	}
	fmt.Fprintln(w, "starting two kiosks, centre, keys and VRS …")
	s, err := stack.Start(ctx, stack.Options{Bin: bin, PCSC: pcsc, Kiosks: 2, Pages: true, Site: true, Printer: printer})
	if err != nil {
		return err
	}
	defer func() {
		fmt.Fprintln(w, "\nending kiosks, centre, keys and VRS …")
		err = errors.Join(err, s.Close())
	}()
	t, err := tray.New(tray.Options{Stack: s, Bin: bin, Lacks: lacks})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	fmt.Fprintf(w, "Akashi is up: http://%s/\n", ln.Addr())
	fmt.Fprintln(w, "open it in a browser on this machine; Ctrl-C ends everything")
	return t.Serve(ctx, ln)
}
