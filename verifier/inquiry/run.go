// Package inquiry is the verify command: it reads a file or the standard
// input, has it judged offline, and tells a person, or a program, what came of
// it.
package inquiry

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"akashi/verifier/scan"
	"akashi/verifier/trust/keep"
	"akashi/verifier/verdict"
)

// Exit codes, part of the command's contract.
const (
	exitValid    = 0
	exitRefused  = 1
	exitUsage    = 2
	exitUnpinned = 3 // valid under a list whose root neither -root nor -state has vouched for
)

// DefaultMaxInput bounds a file or the standard input in bytes: an image of
// one page is the largest of them.
const DefaultMaxInput = 32 << 20

// Env is what the command takes from its surroundings.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Now            func() time.Time

	scanner func() (verdict.Scanner, error) // nil: PDFium
}

// options are the command's flags.
type options struct {
	trust, root, state string
	crls               []string
	at                 time.Time
	json               bool
	file               string
}

const usage = `usage: verify [-trust FILE] [-root FILE] [-crl FILE]... [-state FILE] [-at RFC3339] [-json] FILE|-
FILE is a shc:/ text, a JWS, a .smart-health-card file, VDS-NC JSON, an image
(PNG, JPEG) or a PDF; - reads it from the standard input.
`

// Run is the whole command; it gives the exit code: 0 valid, 1 refused, 2 not
// used rightly, 3 valid under a list that is not pinned.
func Run(args []string, e Env) int {
	if e.scanner == nil {
		e.scanner = newScanner
	}
	o, err := parseArgs(args, e)
	if err != nil {
		return complain(e, err)
	}
	input, err := read(o.file, e.Stdin)
	if err != nil {
		return complain(e, err)
	}
	v := &verdict.Verdict{At: o.at}
	if err := judge(v, o, input, e); err != nil {
		return complain(e, err)
	}
	print := text
	if o.json {
		print = func(w io.Writer, v *verdict.Verdict) error { return v.Answer().Write(w) }
	}
	if err := print(e.Stdout, v); err != nil {
		return complain(e, err)
	}
	switch {
	case v.Refusal != nil:
		return exitRefused
	case !v.Trust.Pinned:
		return exitUnpinned
	}
	return exitValid
}

// judge verifies the input under the trust list that the options name; a list
// that is refused refuses the input.
func judge(v *verdict.Verdict, o options, input []byte, e Env) (err error) {
	if v.Trust, err = loadTrust(o, e.Now()); err != nil {
		return v.Refuse(err)
	}
	name := o.file
	if name == "-" {
		name = ""
	}
	return v.Judge(name, input, e.scanner)
}

// newScanner starts PDFium; compiled code, no document, is kept in the user's
// cache folder.
func newScanner() (verdict.Scanner, error) { return scan.Shared(context.Background()) }

func complain(e Env, err error) int {
	if !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(e.Stderr, "verify: %v\n", err)
	}
	return exitUsage
}

var (
	errOneFile = errors.New("name one file, or - for the standard input")
	errAt      = errors.New("-at takes a time like 2026-04-01T09:00:00+09:00")
	errInput   = errors.New("the file is larger than any certificate: check that it is the right one")
)

func parseArgs(args []string, e Env) (o options, err error) {
	f := flag.NewFlagSet("verify", flag.ContinueOnError)
	f.SetOutput(e.Stderr)
	f.Usage = func() { fmt.Fprint(e.Stderr, usage); f.PrintDefaults() }
	f.StringVar(&o.trust, "trust", "", "trust list; without it, out/trust.json of the working folder")
	f.StringVar(&o.root, "root", "", "public key or certificate (PEM) that must have signed the trust list; without it the list's own root is taken and shown, and the exit code of a valid file is 3")
	f.Func("crl", "revocation list of an issuer's key, or CRL of a signers' authority, that came after the trust list; may be given again", func(file string) error {
		o.crls = append(o.crls, file)
		return nil
	})
	f.StringVar(&o.state, "state", "", "file that remembers root and version of the trust list, so that no other root and no older list is taken later")
	at := f.String("at", "", "judge as of this time (RFC 3339); without it, now")
	f.BoolVar(&o.json, "json", false, "print the answer as JSON")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if f.NArg() != 1 || f.Arg(0) == "" {
		f.Usage()
		return o, errOneFile
	}
	o.file, o.at = f.Arg(0), e.Now()
	if *at != "" {
		if o.at, err = time.Parse(time.RFC3339, *at); err != nil {
			return o, errAt
		}
	}
	return o, nil
}

func read(file string, stdin io.Reader) ([]byte, error) {
	in := stdin
	if file != "-" {
		f, err := keep.OpenFile(file)
		if errors.Is(err, keep.ErrNotFile) {
			err = fmt.Errorf("%w, or give it to the standard input: verify -", err)
		}
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, DefaultMaxInput+1))
	if err == nil && len(b) > DefaultMaxInput {
		err = errInput
	}
	return b, err
}
