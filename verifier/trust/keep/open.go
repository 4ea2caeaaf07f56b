package keep

import (
	"errors"
	"fmt"
	"os"
)

// ErrNotFile says that a name is a pipe, a device or a folder: reading one may
// never end.
var ErrNotFile = errors.New("is not a regular file; copy what it holds into one")

// OpenFile opens a regular file for reading, and never waits for whoever has not
// opened the other end of a pipe.
func OpenFile(file string) (*os.File, error) {
	f, err := os.OpenFile(file, os.O_RDONLY|nonblock, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s %w", file, ErrNotFile)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
