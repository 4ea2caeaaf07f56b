package inquiry

import (
	"crypto/ecdsa"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"akashi/verifier/trust"
	"akashi/verifier/trust/keep"
	"akashi/verifier/verdict"
)

var (
	errNoTrust = errors.New("no trust list: name one with -trust; without it only out/trust.json of the working folder is taken, never one beside the file, which would vouch for itself")
	errRoot    = errors.New("-root takes a P-256 public key or a certificate of one, in PEM")
)

// defaultTrust is the list that is taken where none is named. It does not go by
// the judged file: whoever hands over a folder would judge their own paper.
const defaultTrust = "out/trust.json"

// loadTrust reads the list that the options name, or defaultTrust. The list must
// be current by the clock, and at a later -at too.
func loadTrust(o options, now time.Time) (*verdict.Trust, error) {
	file, b, err := findTrust(o)
	if err != nil {
		return nil, err
	}
	root, err := loadRoot(o.root)
	if err != nil {
		return nil, err
	}
	var known keep.State
	if o.state != "" {
		if known, err = keep.ReadState(o.state); err != nil {
			return nil, err
		}
	}
	if o.at.After(now) {
		now = o.at
	}
	l, err := trust.Parse(b, root, now, known.Version)
	if err != nil {
		return nil, err
	}
	if err := known.Check(l); err != nil {
		return nil, err
	}
	next := keep.StateOf(l)
	for _, file := range o.crls {
		b, err := bounded(file)
		if err != nil {
			return nil, err
		}
		if err := l.Amend(b); err != nil {
			return nil, err
		}
	}
	t := &verdict.Trust{List: l, File: file, Pinned: root != nil || known.Root != ""}
	if o.state != "" && next != known {
		return t, next.Write(o.state)
	}
	return t, nil
}

func findTrust(o options) (file string, b []byte, err error) {
	file = o.trust
	if file == "" {
		file = defaultTrust
	}
	b, err = bounded(file)
	if o.trust == "" && errors.Is(err, os.ErrNotExist) {
		err = errNoTrust
	}
	return file, b, err
}

// bounded reads a file no larger than a trust list.
func bounded(file string) ([]byte, error) {
	f, err := keep.OpenFile(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, trust.DefaultMaxList+1))
	if err == nil && len(b) > trust.DefaultMaxList {
		err = fmt.Errorf("%s: larger than a trust list may be", file)
	}
	return b, err
}

func loadRoot(file string) (*ecdsa.PublicKey, error) {
	if file == "" {
		return nil, nil
	}
	b, err := bounded(file)
	if err != nil {
		return nil, err
	}
	k, err := trust.ParseRoot(b)
	if err != nil {
		return nil, errRoot
	}
	return k, nil
}
