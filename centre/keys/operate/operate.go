// Package operate is what the keys command does at a person's word: it reads
// the flags, changes and shows a folder of keys, and runs the key process.
package operate

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"akashi/centre/keys"
	"akashi/centre/keys/pkcs11"
)

// specimen is the issuer of a centre that nobody has configured yet.
const specimen = "https://specimen.akashi.invalid/issuer"

var errUsage = errors.New(usage + "\n`keys help` says what each does")

// urgent is an exit code of its own; what there is to say is said.
type urgent int

func (urgent) Error() string { return "keys: a key needs you" }

// Run does what the arguments ask and gives the exit code: 0 done, 1 refused,
// 2 asked wrongly, 3 and 4 of days.
func Run(ctx context.Context, args []string, out, complaints io.Writer) int {
	err := run(ctx, args, out, complaints)
	var days urgent
	switch {
	case err == nil:
		return 0
	case errors.As(err, &days):
		return int(days)
	}
	fmt.Fprintln(complaints, err)
	if errors.Is(err, errUsage) {
		return 2
	}
	return 1
}

// asked is what the flags say.
type asked struct {
	dir, issuer, token, purpose, key, reason, out, config string
	now                                                   bool

	complaints io.Writer // of serve, while it runs
}

func run(ctx context.Context, args []string, out, complaints io.Writer) error {
	if len(args) == 0 {
		return errUsage
	}
	if args[0] == "help" || args[0] == "-h" || args[0] == "-help" || args[0] == "--help" {
		_, err := io.WriteString(out, help)
		return err
	}
	c, ok := commands[args[0]]
	if !ok {
		return errUsage
	}
	a, err := c.parse(args[0], args[1:])
	if errors.Is(err, flag.ErrHelp) {
		_, err := io.WriteString(out, help)
		return err
	}
	if err != nil {
		return errUsage
	}
	a.complaints = complaints
	return c.run(ctx, a, out)
}

// command is one use of the program: the flags it must have and may have.
type command struct {
	must, may []string
	run       func(context.Context, asked, io.Writer) error
}

func (c command) parse(name string, args []string) (a asked, err error) {
	all := map[string]*string{
		"dir": &a.dir, "issuer": &a.issuer, "token": &a.token, "purpose": &a.purpose,
		"key": &a.key, "reason": &a.reason, "out": &a.out, "config": &a.config,
	}
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	for _, f := range append(append([]string{}, c.must...), c.may...) {
		if f == "now" {
			flags.BoolVar(&a.now, f, false, "")
			continue
		}
		flags.StringVar(all[f], f, "", "")
	}
	if err := flags.Parse(args); err != nil {
		return a, err
	}
	for _, f := range c.must {
		if *all[f] == "" {
			return a, errUsage
		}
	}
	if flags.NArg() > 0 {
		return a, errUsage
	}
	return a, nil
}

// desk gives the folder's desk, with its token if there is one; end must be
// called when the work is done.
func (a asked) desk() (d keys.Desk, end func(), err error) {
	d = keys.Desk{Dir: a.dir}
	store, end, err := openToken(a.token)
	d.Token = store
	return d, end, err
}

// openToken opens the token that a file describes; no file: there is none.
func openToken(file string) (keys.Store, func(), error) {
	if file == "" {
		return nil, func() {}, nil
	}
	c, err := pkcs11.ReadConfig(file)
	if err != nil {
		return nil, func() {}, err
	}
	t, err := pkcs11.Open(c)
	if err != nil {
		return nil, func() {}, err
	}
	return t, func() { t.Close() }, nil
}
