// Package keep holds the newest good trust list of a file for a long-lived
// process: it is read again when the file changes, and no older list is ever
// taken, also after a restart.
package keep

import (
	"crypto/ecdsa"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"akashi/verifier/rule"
	"akashi/verifier/trust"
)

// DefaultWarning is how long before its end a list is said to be ending: two
// weeks, in which somebody is at work, to publish a new one and bring it to
// every place.
const DefaultWarning = 14 * 24 * time.Hour

// DefaultRetry is how often a file that could not be taken is tried again
// though it looks unchanged: its cause may be a full disk or the clock.
const DefaultRetry = 10 * time.Second

// Keeper is one process's trust list. It may be used side by side.
type Keeper struct {
	file, state string
	root        *ecdsa.PublicKey
	now         func() time.Time

	mu    sync.Mutex
	known State
	list  *trust.List
	bytes []byte
	seen  os.FileInfo // of the file as it was read last; nil when it was not there
	tried time.Time
	fault error
}

// Open reads the list in file under its pinned root, and from the file state
// what is remembered of the newest one. A list that has expired is taken, so
// that its owner can say so and wait for the next one; any other that is not
// usable is an error, as is a state that is damaged (ErrState).
func Open(file, state string, root *ecdsa.PublicKey, now func() time.Time) (*Keeper, error) {
	known, err := ReadState(state)
	if err != nil {
		return nil, err
	}
	k := &Keeper{file: file, state: state, root: root, now: now, known: known}
	if known.Root != "" && known.Root != trust.Fingerprint(root) {
		return nil, fmt.Errorf("%s remembers a list of another root than the pinned one: if the root was changed on purpose, remove the file: %w", state, trust.ErrRoot)
	}
	if err := k.read(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return k, nil
}

// Look reads the file again if it has changed, and tells how things stand. It
// costs one stat when nothing has.
func (k *Keeper) Look() Status {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.changed() {
		k.fault = k.read()
	}
	return Status{List: k.list, Bytes: k.bytes, Fault: k.fault, now: k.now()}
}

// changed reports whether it is worth reading the file.
func (k *Keeper) changed() bool {
	if k.fault != nil && k.now().Sub(k.tried).Abs() >= DefaultRetry {
		return true
	}
	info, err := os.Stat(k.file)
	if err != nil || k.seen == nil {
		return err == nil || k.seen != nil
	}
	return !os.SameFile(info, k.seen) || info.Size() != k.seen.Size() || !info.ModTime().Equal(k.seen.ModTime())
}

// read takes the file's list if it may follow the one that is held. Its
// version is on disk before it is used.
func (k *Keeper) read() error {
	k.tried, k.seen = k.now(), nil
	f, err := OpenFile(k.file)
	if err != nil {
		return err
	}
	defer f.Close()
	if k.seen, err = f.Stat(); err != nil {
		return err
	}
	b, err := io.ReadAll(io.LimitReader(f, trust.DefaultMaxList+1))
	if err != nil {
		return err
	}
	l, err := trust.Parse(b, k.root, k.now(), k.known.Version)
	if err != nil && (!errors.Is(err, trust.ErrExpired) || k.list != nil) {
		return err
	}
	if err := k.known.Check(l); err != nil {
		return err
	}
	if next := StateOf(l); next != k.known {
		if err := next.Write(k.state); err != nil {
			return err
		}
		k.known = next
	}
	k.list, k.bytes = l, b
	return nil
}

// Status is how a trust list stood at one look.
type Status struct {
	List  *trust.List // the newest good one; never nil
	Bytes []byte      // its file; not to be changed
	Fault error       // why what is in the file now is not used; nil: it is

	now time.Time
}

// Lasts reports whether the list is still dated in d from now.
func (s Status) Lasts(d time.Duration) bool { return s.now.Add(d).Before(s.List.Expires) }

// Ending reports whether the list ends within DefaultWarning.
func (s Status) Ending() bool { return !s.Lasts(DefaultWarning) }

// Days gives the whole days left; 0 on the last one and after it.
func (s Status) Days() int {
	return int(max(s.List.Expires.Sub(s.now), 0) / (24 * time.Hour))
}

// Refused gives the code of the rule that what is in the file now breaks,
// "trust.file" when it cannot be read or remembered, "" when it is used.
func (s Status) Refused() string {
	var r *rule.Refusal
	switch {
	case s.Fault == nil:
		return ""
	case errors.As(s.Fault, &r):
		return r.Code
	}
	return "trust.file"
}
