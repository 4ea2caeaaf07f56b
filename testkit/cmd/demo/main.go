// Command demo shows the main job and judges it: certificates for synthetic
// residents through the whole chain, then the proofs.
//
//	demo [-bin DIR] [-out DIR] [-residues N] [-card auto|process]
//
// It ends with 0 only if everything that its closing block names was so.
package main

import (
	"context"
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
	flag.Parse()
	o.InProcess = *card == "process"
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := demo.Run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
