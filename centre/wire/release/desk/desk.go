// Package desk signs, checks and shows screen releases with files, for the
// command of whoever answers for them.
package desk

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"akashi/centre/wire/release"
)

// Desk names the files that a release is made of.
type Desk struct {
	Draft string // as release.Draft reads it
	Key   string // PEM, PKCS#8
	Chain string // PEM, the signer's certificate first
	Root  string // PEM, the centre's
	Texts string // what `kiosk texts` prints; empty: not held against it
	Out   string
}

// Sign signs the draft and writes it to Out. A draft without a time of issue is
// issued now.
func (d Desk) Sign(now time.Time, out io.Writer) error {
	b, err := read(d.Draft)
	if err != nil {
		return err
	}
	r, err := release.Draft(b, now.UTC().Truncate(time.Second))
	if err != nil {
		return err
	}
	if err := hold(d.Texts, r, out); err != nil {
		return err
	}
	key, err := signer(d.Key)
	if err != nil {
		return err
	}
	chain, err := blocks(d.Chain)
	if err != nil {
		return err
	}
	root, err := pool(d.Root)
	if err != nil {
		return err
	}
	signed, err := release.Sign(r, chain, key, root)
	if err != nil {
		return err
	}
	if err := os.WriteFile(d.Out, signed, 0o644); err != nil {
		return err
	}
	return tell(out, r)
}

// Check reads a release as a kiosk does that has had version after.
func (d Desk) Check(file string, after int, now time.Time, out io.Writer) error {
	b, err := read(file)
	if err != nil {
		return err
	}
	root, err := pool(d.Root)
	if err != nil {
		return err
	}
	r, err := release.Parse(b, root, now, after+1)
	if err != nil {
		return err
	}
	if d.Texts != "" {
		if err := hold(d.Texts, r, out); err != nil {
			return err
		}
	}
	return tell(out, r)
}

// Show writes a release as a draft, to be looked at or changed; it says nothing
// of who signed it.
func Show(path string, out io.Writer) error {
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

// hold holds a release against what `kiosk texts` printed, and names the texts
// that nobody hears until their sounds are made.
func hold(path string, r *release.Release, out io.Writer) error {
	b, err := read(path)
	if err != nil {
		return err
	}
	c, err := release.ReadCatalogue(b)
	if err != nil {
		return err
	}
	if err := c.Hold(r); err != nil {
		return err
	}
	if silent := c.Unspoken(r); len(silent) > 0 {
		_, err = fmt.Fprintf(out, "no recorded sound, and the screen says so, for: %s\n", strings.Join(silent, ", "))
	}
	return err
}
