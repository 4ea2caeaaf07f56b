// Command screens makes a picture of every screen of the kiosk, faults
// included, and a page that shows them all.
//
//	screens [-out out/screens] [-languages ja,en] [-only NAME]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"akashi/testkit/gallery"
)

var errUsage = errors.New("usage: screens [-out FOLDER] [-languages ja,en] [-only NAME]")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("screens", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	out := f.String("out", "out/screens", "folder of the pictures")
	languages := f.String("languages", "ja,en", "languages, with commas")
	only := f.String("only", "", "only screens whose name begins so")
	if f.Parse(args) != nil || f.NArg() > 0 {
		return errUsage
	}
	n, err := gallery.Pictures(ctx, *out, strings.Split(*languages, ","), *only)
	if err == nil {
		fmt.Printf("%d pictures: %s/index.html\n", n, *out)
	}
	return err
}
