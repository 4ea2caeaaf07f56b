package site

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"akashi/centre/keys"
	"akashi/centre/vrs"
)

// after is the number that VRS is asked from.
func (l *lists) after() uint64 { l.mu.Lock(); defer l.mu.Unlock(); return l.mark.After }

func (l *lists) isWhole() bool { l.mu.Lock(); defer l.mu.Unlock(); return l.whole }

// take takes VRS's answer to an ask from after(), and reports whether there is
// more. Either all of it is on disk afterwards, or it will be asked for again.
func (l *lists) take(a vrs.Revocations) (more bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !bytes.Equal(a.Chain, l.mark.Chain) {
		l.again()
		return true, errRolledBack
	}
	next := mark{l.mark.After, l.mark.Chain, maps.Clone(l.mark.Lists)}
	for _, r := range a.Revocations {
		if err := l.revoke(r); err != nil {
			return false, err
		}
		next.After, next.Chain = r.Sequence, vrs.RevocationChain(next.Chain, r)
	}
	if err := l.write(next); err != nil {
		return false, err
	}
	if next.After == a.Last && !l.whole {
		l.whole = true
		l.turn++
	}
	return next.After < a.Last, nil
}

func (l *lists) revoke(r vrs.Revocation) error {
	c := l.crls[r.KeyID]
	if c == nil {
		if len(l.crls) == DefaultMaxKeys {
			return errKeys
		}
		c = keys.NewCRL(r.KeyID)
	}
	changed, err := c.Revoke(r.Revocation, time.Time{})
	if err != nil {
		return err
	}
	l.crls[r.KeyID] = c
	l.unsaid[r.KeyID] = l.unsaid[r.KeyID] || changed
	return nil
}

// write puts the changed lists on disk, and then the mark.
func (l *lists) write(next mark) error {
	for _, kid := range slices.Sorted(maps.Keys(l.unsaid)) {
		if !l.unsaid[kid] {
			continue
		}
		b, _ := l.crls[kid].File()
		if err := replace(l.path(kid+".json"), b, 0o600); err != nil {
			return err
		}
	}
	for kid := range l.unsaid {
		next.Lists[kid] = l.crls[kid].Version()
	}
	if !l.whole || len(l.unsaid) > 0 || next.After != l.mark.After {
		if err := replace(l.path(markFile), next.encode(), 0o600); err != nil {
			return err
		}
	}
	for kid := range l.unsaid {
		l.safe[kid] = listOf(l.crls[kid])
		l.turn++
	}
	l.mark = next
	clear(l.unsaid)
	return nil
}

// shown gives the lists as they are to be published, which is as they are on
// disk, and their turn.
func (l *lists) shown() (files map[string]list, turn int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.safe), l.turn
}

// list is one revocation list as it is published.
type list struct {
	file    []byte
	version int
	entries int
}

func listOf(c *keys.CRL) list {
	b, version := c.File()
	return list{b, version, c.Len()}
}

// replace puts a file on disk such that a crash leaves the old one or the new
// one, whole.
func replace(path string, b []byte, mode os.FileMode) error {
	next := path + ".new"
	f, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
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
