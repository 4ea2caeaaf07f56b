// Command verify-web serves the verifier's page, or writes it out as a folder.
//
//	verify-web -trust FILE -root FILE [-listen 127.0.0.1:8190]
//	verify-web -trust FILE -root FILE -out DIR
//
// Beyond this machine a page needs https for its camera: put a server with a
// certificate in front, or give DIR to one. It ends with 1 when it cannot serve
// or write, and with 2 when it was used wrongly.
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

	"akashi/verifier/web"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:])
	switch {
	case errors.Is(err, errUsage):
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "verify-web:", err)
		os.Exit(1)
	}
}

var errUsage = errors.New("usage: verify-web -trust FILE -root FILE [-listen ADDRESS | -out DIR]")

func run(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("verify-web", flag.ContinueOnError)
	var o web.Options
	f.StringVar(&o.Trust, "trust", "", "trust list")
	f.StringVar(&o.Root, "root", "", "public key or certificate (PEM) that must have signed the trust list")
	listen := f.String("listen", "127.0.0.1:8190", "address to serve on")
	out := f.String("out", "", "folder to write the page into, instead of serving")
	if f.Parse(args) != nil || f.NArg() > 0 || o.Trust == "" || o.Root == "" {
		return errUsage
	}
	s, err := web.New(o)
	if err != nil {
		return err
	}
	if *out != "" {
		return s.Export(*out)
	}
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	fmt.Printf("the verifier's page: http://%s/\n", ln.Addr())
	return s.Serve(ctx, ln)
}
