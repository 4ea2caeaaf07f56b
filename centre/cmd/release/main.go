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
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"akashi/centre/wire/release"
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

// asked is the command line.
type asked struct {
	draft, key, chain, root, texts, out, file string
	after                                     int
}

func run(args []string, now time.Time, out io.Writer) error {
	if len(args) == 0 {
		return errUsage
	}
	var a asked
	f := flag.NewFlagSet(args[0], flag.ContinueOnError)
	f.SetOutput(io.Discard)
	for name, to := range map[string]*string{"draft": &a.draft, "key": &a.key, "chain": &a.chain, "root": &a.root, "texts": &a.texts, "out": &a.out} {
		f.StringVar(to, name, "", "file")
	}
	f.IntVar(&a.after, "after", 0, "version")
	if f.Parse(args[1:]) != nil || f.NArg() > 1 {
		return errUsage
	}
	a.file = f.Arg(0)
	switch {
	case args[0] == "sign" && a.draft != "" && a.key != "" && a.chain != "" && a.root != "" && a.texts != "" && a.out != "" && a.file == "" && a.after == 0:
		return sign(a, now, out)
	case args[0] == "check" && a.root != "" && a.file != "" && a.draft+a.key+a.chain+a.out == "":
		return check(a, now, out)
	case args[0] == "show" && a == asked{file: a.file} && a.file != "":
		return show(a.file, out)
	}
	return errUsage
}

func sign(a asked, now time.Time, out io.Writer) error {
	b, err := read(a.draft)
	if err != nil {
		return err
	}
	r, err := release.Draft(b, now.UTC().Truncate(time.Second))
	if err != nil {
		return err
	}
	if err := hold(a.texts, r); err != nil {
		return err
	}
	key, err := signer(a.key)
	if err != nil {
		return err
	}
	chain, err := blocks(a.chain)
	if err != nil {
		return err
	}
	root, err := pool(a.root)
	if err != nil {
		return err
	}
	signed, err := release.Sign(r, chain, key, root)
	if err != nil {
		return err
	}
	if err := os.WriteFile(a.out, signed, 0o644); err != nil {
		return err
	}
	return tell(out, r)
}

func check(a asked, now time.Time, out io.Writer) error {
	b, err := read(a.file)
	if err != nil {
		return err
	}
	root, err := pool(a.root)
	if err != nil {
		return err
	}
	r, err := release.Parse(b, root, now, a.after+1)
	if err != nil {
		return err
	}
	if a.texts != "" {
		if err := hold(a.texts, r); err != nil {
			return err
		}
	}
	return tell(out, r)
}

func show(path string, out io.Writer) error {
	b, err := read(path)
	if err != nil {
		return err
	}
	r, err := release.Unsigned(b)
	if err != nil {
		return err
	}
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// tell says in one line what the release is.
func tell(out io.Writer, r *release.Release) error {
	n := 0
	for _, m := range r.Municipalities {
		if m.TakesPart {
			n++
		}
	}
	_, err := fmt.Fprintf(out, "release %d, terms %s, in force from %s to %s: %d municipalities take part, %d texts replaced, %d notices\n",
		r.Version, r.Terms.Version, r.NotBefore.Format(time.RFC3339), r.Expires.Format(time.RFC3339), n, len(r.Texts), len(r.Notices))
	return err
}

func hold(path string, r *release.Release) error {
	b, err := read(path)
	if err != nil {
		return err
	}
	c, err := release.ReadCatalogue(b)
	if err != nil {
		return err
	}
	return c.Hold(r)
}
