// Command keys creates the issuer's keys and runs the key process.
//
//	keys create -dir DIR [-issuer URL]   a key and a certificate request for every purpose
//	keys jwks -dir DIR                   the issuer's public key set on standard output
//	keys serve -config FILE              the key process; says "ready keys SOCKET"
//
// It ends with 0, or with 1 when it could not do what was asked, or with 2
// when it was asked wrongly.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"akashi/centre/keys"
)

const usage = "usage: keys create -dir DIR [-issuer URL] | keys jwks -dir DIR | keys serve -config FILE"

// specimen is the issuer of a centre that nobody has configured yet.
const specimen = "https://specimen.akashi.invalid/issuer"

var errUsage = errors.New(usage)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout)
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, err)
	if errors.Is(err, errUsage) {
		os.Exit(2)
	}
	os.Exit(1)
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 {
		return errUsage
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	dir := flags.String("dir", "", "folder of the keys")
	issuer := flags.String("issuer", specimen, "iss of the SMART Health Cards")
	config := flags.String("config", "", "configuration of the key process")
	if err := flags.Parse(args[1:]); err != nil || flags.NArg() > 0 {
		return errUsage
	}
	switch {
	case args[0] == "create" && *dir != "" && *config == "":
		return create(*dir, *issuer, out)
	case args[0] == "jwks" && *dir != "" && *config == "":
		return jwks(*dir, out)
	case args[0] == "serve" && *config != "" && *dir == "":
		return serve(ctx, *config, out)
	}
	return errUsage
}

func create(dir, issuer string, out io.Writer) error {
	if err := keys.Create(dir, issuer); err != nil {
		return err
	}
	fmt.Fprintf(out, "keys and requests are in %s; have each NAME.csr signed and put the chain, leaf first, in NAME.pem\n", dir)
	return nil
}

func jwks(dir string, out io.Writer) error {
	custody, err := keys.Open(dir)
	if err != nil {
		return err
	}
	set, err := custody.JWKS()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s\n", set)
	return err
}

func serve(ctx context.Context, path string, out io.Writer) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	c, err := keys.ParseConfig(b)
	if err != nil {
		return err
	}
	if err := c.CheckUser(os.Getuid()); err != nil {
		return err
	}
	if err := keys.Harden(); err != nil {
		return err
	}
	custody, err := keys.Open(c.Dir)
	if err != nil {
		return err
	}
	ln, err := keys.Listen(c.Socket, c.LauncherGID)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "ready keys %s\n", c.Socket)
	return keys.Serve(ctx, ln, custody, c.Limits())
}
