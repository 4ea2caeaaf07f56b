package canary

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

// ScanRecent searches what lies in a folder that everybody shares, such as
// /dev/shm: each entry that belongs to one of the owners and was written since,
// with everything below it. Other people's are left alone. A folder that is not
// there has nothing in it.
func (s *Set) ScanRecent(dir string, since time.Time, owners ...int) ([]Finding, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []Finding
	var failed []error
	for _, e := range entries {
		i, err := e.Info()
		if err != nil {
			continue // it went while we looked
		}
		owner, ok := i.Sys().(*syscall.Stat_t)
		if !ok || !slices.Contains(owners, int(owner.Uid)) || i.ModTime().Before(since) {
			continue
		}
		found, err := s.ScanTree(filepath.Join(dir, e.Name()))
		all = append(all, found...)
		failed = append(failed, err)
	}
	return all, errors.Join(failed...)
}
