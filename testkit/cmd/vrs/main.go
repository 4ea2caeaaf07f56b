// Command vrs runs the reference VRS, a stand-in with invented residents.
//
//	vrs -config FILE
//
// It prints what it is, then "ready" and its address, and ends at SIGTERM.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"

	"akashi/testkit/residents"
	"akashi/testkit/vrs"
)

func main() {
	path := flag.String("config", "", "configuration `file` (strict JSON, see vrs.File)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := run(ctx, *path); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, path string) error {
	if path == "" {
		return errors.New("vrs: no -config FILE; give one")
	}
	f, err := vrs.ReadFile(path)
	if err != nil {
		return err
	}
	v, err := f.New(residents.Municipalities(), residents.All())
	if err != nil {
		return err
	}
	defer v.Close()
	ln, err := net.Listen("tcp", f.Listen)
	if err != nil {
		return err
	}
	fmt.Println(vrs.Notice)
	fmt.Println("ready", ln.Addr())
	return v.Serve(ctx, ln)
}
