// Command demo shows the main job and judges it: certificates for synthetic
// residents through the whole chain, then the proofs.
//
//	demo [-bin DIR] [-out DIR] [-residues N] [-card auto|process] [-v]
//
// It ends with 0 only if everything that its closing block names was so, with
// 1 otherwise, and with 130 when it was stopped by Ctrl-C; what it started has
// ended by then.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"akashi/testkit/demo"
)

func main() {
	o := demo.Options{Log: os.Stdout}
	flag.StringVar(&o.Bin, "bin", "", "`folder` of the programs; empty: build them")
	flag.StringVar(&o.Out, "out", "out", "`folder` for what a relying party gets")
	flag.IntVar(&o.Residues, "residues", 50, "residents issued before the search for residues")
	card := flag.String("card", "auto", "auto: through a real pcscd where there is one; process: in process")
	flag.BoolVar(&o.Verbose, "v", false, "each step and each file on a line of its own")
	flag.Parse()
	o.InProcess = *card == "process"
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C does not wait
	err := demo.Run(ctx, o)
	switch {
	case errors.Is(err, demo.ErrStopped):
		fmt.Fprintln(os.Stderr, err)
		os.Exit(130)
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
