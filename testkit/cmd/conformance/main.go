// Command conformance measures the certificates and their verifier and prints
// each figure. It ends with 0 when every one is what was promised, with 1 when
// one is not or could not be measured, and with 2 when it could not go on.
//
//	conformance [-only PART,…]
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"

	"akashi/testkit/archtest"
	"akashi/testkit/conformance"
)

func main() { os.Exit(run()) }

func run() int {
	only := flag.String("only", "", "measure these parts alone: "+conformance.Parts)
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	root, err := archtest.Root()
	if err != nil {
		return complain(err)
	}
	dir, err := os.MkdirTemp("", "akashi-conformance")
	if err != nil {
		return complain(err)
	}
	defer os.RemoveAll(dir)
	good, err := conformance.Run(ctx, os.Stdout, conformance.Options{Root: root, Dir: dir, Only: *only})
	if err != nil {
		return complain(err)
	}
	if !good {
		return 1
	}
	return 0
}

func complain(err error) int {
	fmt.Fprintln(os.Stderr, "conformance:", err)
	return 2
}
