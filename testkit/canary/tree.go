package canary

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Sizes of the buffers that large things are searched in. What begins in a
// chunk may reach into the part ahead of it: a stream or a pattern.
const (
	chunk = 4 << 20
	ahead = 1 << 20
)

// ScanTree searches every regular file under dir, the files' names and the
// targets of symbolic links, but nothing at or below the paths in skip. A file
// that cannot be read is an error: not having looked is not having found
// nothing.
func (s *Set) ScanTree(dir string, skip ...string) ([]Finding, error) {
	var all []Finding
	var failed []error
	for i := range skip {
		skip[i] = filepath.Clean(skip[i])
	}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // it went while we looked
		case err != nil:
			failed = append(failed, err)
			return nil
		case slices.Contains(skip, filepath.Clean(path)):
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		found, err := s.scanEntry(path, entry)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = append(failed, err)
		}
		all = append(all, found...)
		return nil
	})
	return all, errors.Join(append(failed, err)...)
}

func (s *Set) scanEntry(path string, entry fs.DirEntry) ([]Finding, error) {
	all := s.ScanBytes("a file's name in "+filepath.Dir(path), []byte(entry.Name()))
	where := path
	if len(all) > 0 {
		where = "a file in " + filepath.Dir(path) // whose name must not be printed
	}
	switch {
	case entry.Type()&fs.ModeSymlink != 0:
		target, err := os.Readlink(path)
		return append(all, s.ScanBytes("link "+where, []byte(target))...), err
	case !entry.Type().IsRegular():
		return all, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return all, err
	}
	defer f.Close()
	found, err := s.scanReader(where, f)
	return append(all, found...), err
}

// scanReader searches a file from its start to its end.
func (s *Set) scanReader(where string, r io.Reader) ([]Finding, error) {
	c := s.newScan(where)
	buffer := make([]byte, chunk+ahead)
	have, base := 0, uint64(0)
	for {
		n, err := io.ReadFull(r, buffer[have:])
		have += n
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return c.findings, fmt.Errorf("canary: %s: %w", where, err)
		}
		limit := min(have, chunk)
		if last {
			limit = have
		}
		c.search(buffer[:have], limit, base)
		if last || c.full() {
			return c.findings, nil
		}
		have = copy(buffer, buffer[limit:have])
		base += uint64(limit)
	}
}
