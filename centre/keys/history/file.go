package history

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// File is the record's name in the folder of the keys.
const File = "history"

// Read reads the record of a folder. Where there is none, the error is an
// os.ErrNotExist.
func Read(dir string) (*History, error) {
	path := filepath.Join(dir, File)
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() || info.Mode().Perm()&0o022 != 0 {
		return nil, fmt.Errorf("history: %s must be a plain file that only its owner may write (chmod 644)", path)
	}
	b, err := io.ReadAll(io.LimitReader(f, DefaultMaxFile+1))
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	h, err := Parse(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return h, nil
}

// Write puts the record into a folder, whole or not at all, and is on disk when
// it returns.
func (h *History) Write(dir string) error {
	return Replace(filepath.Join(dir, File), h.text)
}

// Replace puts b at path, readable by all, whole or not at all; it is on disk
// when it returns.
func Replace(path string, b []byte) error {
	next := path + ".new" // one that a power cut left behind is written over
	f, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
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
	return SyncDir(filepath.Dir(path))
}

// SyncDir makes sure that a folder's names are on disk.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
