// Package keep holds the newest good screen release for a long-lived process,
// on disk too: no older one is ever taken, also after a restart, and a kiosk
// has its release again without the centre. It holds nothing of a person.
package keep

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"akashi/centre/wire/release"
	"akashi/verifier/rule"
	trust "akashi/verifier/trust/keep"
)

// DefaultWarning is how long before its end a release is said to be ending: two
// weeks, in which somebody is at work, to write, check and sign a new one.
const DefaultWarning = 14 * 24 * time.Hour

// DefaultRetry is how often a source that could not be taken is tried again
// though it looks unchanged: its cause may be a full disk, or that its time has
// not come.
const DefaultRetry = 10 * time.Second

// Config says what a Keeper keeps.
type Config struct {
	File   string         // where the newest one is kept; only its owner writes there
	Source string         // a file in which new ones appear, by renaming; empty: Take brings them
	Root   *x509.CertPool // the pinned centre root
	Now    func() time.Time
	// Hold refuses what cannot be used here though it is in order; nil: nothing.
	Hold func(*release.Release) error
}

// Keeper is one process's release. It may be used side by side.
type Keeper struct {
	c Config

	mu      sync.Mutex
	release *release.Release
	bytes   []byte
	unfit   error       // why the one that is kept cannot be used here
	seen    os.FileInfo // of the source as it was read last; nil when it was not there
	tried   time.Time
	fault   error
}

// Open reads the release that is kept, and the source. One that has expired or
// is not in force is taken, so that its owner can say so and wait for the next;
// one that is damaged is an error: taking it as "nothing is known" would let an
// older one in.
func Open(c Config) (*Keeper, error) {
	k := &Keeper{c: c}
	if err := k.recall(); err != nil {
		return nil, err
	}
	if c.Source == "" {
		return k, nil
	}
	if err := k.read(); err != nil && !errors.Is(err, release.ErrNotYet) && !errors.Is(err, release.ErrExpired) {
		return nil, fmt.Errorf("%s: %w", c.Source, err)
	} else {
		k.fault = err
	}
	return k, nil
}

// recall reads the release that was kept.
func (k *Keeper) recall() error {
	b, err := read(k.c.File)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	r, err := release.Parse(b, k.c.Root, k.c.Now(), 0)
	if err != nil && r == nil {
		return fmt.Errorf("%s, which keeps the newest screen release: %w: find out what changed it (if the root was changed on purpose, nothing did), then remove the file", k.c.File, err)
	}
	k.release, k.bytes, k.unfit = r, b, k.fits(r)
	return nil
}

func (k *Keeper) fits(r *release.Release) error {
	if k.c.Hold == nil {
		return nil
	}
	return k.c.Hold(r)
}

// Take takes a release that may follow the one that is held. It is on disk
// before it is used. An error leaves things as they are, and is told by Look
// until the next one is taken.
func (k *Keeper) Take(b []byte) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.fault = k.take(b)
	return k.fault
}

// Refuse is as Take with a release that nobody needs to see to know that it is
// refused; nil: there is none any more.
func (k *Keeper) Refuse(err error) { k.mu.Lock(); k.fault = err; k.mu.Unlock() }

func (k *Keeper) take(b []byte) error {
	newest := 0
	if k.release != nil {
		newest = k.release.Version
	}
	r, err := release.Parse(b, k.c.Root, k.c.Now(), newest)
	if err != nil {
		return err
	}
	if r.Version == newest {
		if r.Digest != k.release.Digest {
			return release.ErrSameVersion
		}
		return k.unfit
	}
	if err := k.fits(r); err != nil {
		return err
	}
	if err := write(k.c.File, b); err != nil {
		return err
	}
	k.release, k.bytes, k.unfit = r, bytes.Clone(b), nil
	return nil
}

// read takes what is in the source now.
func (k *Keeper) read() error {
	k.tried, k.seen = k.c.Now(), nil
	info, err := os.Stat(k.c.Source)
	if err != nil {
		return err
	}
	b, err := read(k.c.Source)
	if err != nil {
		return err
	}
	k.seen = info
	return k.take(b)
}

// changed reports whether it is worth reading the source.
func (k *Keeper) changed() bool {
	if k.c.Source == "" {
		return false
	}
	if k.fault != nil && k.c.Now().Sub(k.tried).Abs() >= DefaultRetry {
		return true
	}
	info, err := os.Stat(k.c.Source)
	if err != nil || k.seen == nil {
		return err == nil || k.seen != nil
	}
	return !os.SameFile(info, k.seen) || info.Size() != k.seen.Size() || !info.ModTime().Equal(k.seen.ModTime())
}

// Look reads the source again if it has changed, and tells how things stand.
func (k *Keeper) Look() Status {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.changed() {
		k.fault = k.read()
	}
	return Status{Release: k.release, Bytes: k.bytes, Fault: k.fault, unfit: k.unfit != nil, now: k.c.Now()}
}

// Status is how a release stood at one look.
type Status struct {
	Release *release.Release // the newest good one; nil: there was none yet
	Bytes   []byte           // its file; not to be changed
	Fault   error            // why a newer one is not used; nil: there is none

	unfit bool
	now   time.Time
}

// Version gives the release's version; 0 for none.
func (s Status) Version() int {
	if s.Release == nil {
		return 0
	}
	return s.Release.Version
}

// Lasts reports whether the release is in force and still is in d from now.
func (s Status) Lasts(d time.Duration) bool {
	return s.Release != nil && !s.unfit && s.now.Add(d).Before(s.Release.Expires) &&
		!s.Release.NotBefore.After(s.now.Add(release.DefaultClockSlack))
}

// Ending reports whether the release ends within DefaultWarning.
func (s Status) Ending() bool { return !s.Lasts(DefaultWarning) }

// Days gives the whole days left; 0 on the last one and after it.
func (s Status) Days() int {
	if s.Release == nil {
		return 0
	}
	return int(max(s.Release.Expires.Sub(s.now), 0) / (24 * time.Hour))
}

// Refused gives the code of the rule that a newer release breaks,
// "release.file" when it cannot be read or kept, "" when there is none.
func (s Status) Refused() string {
	var r *rule.Refusal
	switch {
	case s.Fault == nil:
		return ""
	case errors.As(s.Fault, &r):
		return r.Code
	}
	return "release.file"
}

func read(path string) ([]byte, error) {
	f, err := trust.OpenFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, release.DefaultMaxRelease+1))
}

// write puts the file on disk such that a crash leaves the old one or the new
// one.
func write(path string, b []byte) error {
	next := path + ".new"
	f, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(next, path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
