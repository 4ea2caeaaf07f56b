// Command figures measures what a resident waits for and prints tables.
//
//	figures [-bin bin] [-n 20] [-screens=false]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"

	"akashi/testkit/browser"
	"akashi/testkit/figures"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	bin := flag.String("bin", "bin", "folder of the programs")
	n := flag.Int("n", 20, "sessions of each kind, and changes to each screen")
	screens := flag.Bool("screens", true, "measure screens in Chromium too")
	flag.Parse()
	fmt.Printf("%d processors, %s; other work on the machine is in every figure\n", runtime.NumCPU(), runtime.GOARCH)
	dir, err := filepath.Abs(*bin)
	if err == nil {
		err = figures.Way(ctx, os.Stdout, dir, *n)
	}
	if err != nil {
		return err
	}
	if !*screens {
		return nil
	}
	err = figures.Screens(ctx, os.Stdout, *n)
	if errors.Is(err, browser.ErrMissing) {
		fmt.Println(err)
		return nil
	}
	return err
}
