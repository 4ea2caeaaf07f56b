// Command release makes screen releases, at the desk of whoever answers for
// them: the key is theirs and never a node's of the centre.
//
//	release sign -draft FILE -key FILE -chain FILE -root FILE -texts FILE -out FILE
//	release check -root FILE [-texts FILE] [-after N] FILE
//	release show FILE
//
// A draft is JSON with the members of centre/wire/release.Release; issued is
// filled in when it is left out. -texts is what `kiosk texts` of the kiosks in
// use prints: a release that replaces a text which they do not have, or leaves
// out a place that they fill, is refused here and not first by them. -after
// refuses a version that is not above N. "show" prints a release as a draft, to
// be looked at or changed; it holds no signature.
//
// It ends with 0, or with 1 when the release is refused, or with 2 when it was
// asked wrongly.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"akashi/centre/wire/release/desk"
)

const usage = `usage: release sign -draft FILE -key FILE -chain FILE -root FILE -texts FILE -out FILE
       release check -root FILE [-texts FILE] [-after N] FILE
       release show FILE`

var errUsage = errors.New(usage)

func main() {
	err := run(os.Args[1:], time.Now(), os.Stdout)
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, err)
	if errors.Is(err, errUsage) {
		os.Exit(2)
	}
	os.Exit(1)
}

func run(args []string, now time.Time, out io.Writer) error {
	if len(args) == 0 {
		return errUsage
	}
	var d desk.Desk
	var after int
	f := flag.NewFlagSet(args[0], flag.ContinueOnError)
	f.SetOutput(io.Discard)
	for name, to := range map[string]*string{"draft": &d.Draft, "key": &d.Key, "chain": &d.Chain, "root": &d.Root, "texts": &d.Texts, "out": &d.Out} {
		f.StringVar(to, name, "", "file")
	}
	f.IntVar(&after, "after", 0, "version")
	if f.Parse(args[1:]) != nil || f.NArg() > 1 {
		return errUsage
	}
	file := f.Arg(0)
	switch {
	case args[0] == "sign" && d.Draft != "" && d.Key != "" && d.Chain != "" && d.Root != "" && d.Texts != "" && d.Out != "" && file == "" && after == 0:
		return d.Sign(now, out)
	case args[0] == "check" && d.Root != "" && file != "" && d.Draft+d.Key+d.Chain+d.Out == "":
		return d.Check(file, after, now, out)
	case args[0] == "show" && d == (desk.Desk{}) && file != "" && after == 0:
		return desk.Show(file, out)
	}
	return errUsage
}
