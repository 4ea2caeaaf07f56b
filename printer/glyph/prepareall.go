package glyph

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// PrepareAll makes every asset: it looks for the sources under from and writes
// into out, each file whole or not at all. A missing source is an error that
// names its package.
func PrepareAll(from, out string, log io.Writer) error {
	found, err := locate(from)
	if err != nil {
		return err
	}
	var lack []string
	for _, s := range Sources() {
		if found[s.Font] == "" {
			lack = append(lack, s.Package)
		}
	}
	if len(lack) > 0 {
		return fmt.Errorf("fonts are missing under %s; on Debian: apt-get install %s; elsewhere unpack these packages' fonts into a folder and run make with FONTS=FOLDER", from, strings.Join(slices.Compact(lack), " "))
	}
	p := NewPreparer()
	for _, s := range Sources() {
		b, err := os.ReadFile(found[s.Font])
		if err != nil {
			return err
		}
		asset, err := p.Prepare(s.File, bytes.NewReader(b))
		if err != nil {
			return fmt.Errorf("%s: %w", s.Font, err)
		}
		if err := replace(filepath.Join(out, s.File), asset); err != nil {
			return err
		}
		fmt.Fprintf(log, "%-10s %5.1f MB of %5.1f MB from %s\n", s.File, float64(len(asset))/1e6, float64(len(b))/1e6, s.Font)
	}
	return nil
}

// locate maps the names of the sources to their paths.
func locate(from string) (map[string]string, error) {
	found := map[string]string{}
	for _, s := range Sources() {
		found[s.Font] = ""
	}
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path == from {
			return nil // nothing is there: every source is missing
		}
		if err != nil {
			return err
		}
		if _, want := found[d.Name()]; want && !d.IsDir() {
			found[d.Name()] = path
		}
		return nil
	})
	return found, err
}

// replace writes a file beside its place and renames it there.
func replace(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".prepare-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(b)
	if e := f.Chmod(0o644); err == nil {
		err = e
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
