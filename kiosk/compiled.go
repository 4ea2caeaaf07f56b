package kiosk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"akashi/centre/oneshot"
	"akashi/verifier/scan"
)

// DefaultMaxLoad bounds the look whether compiled code can be loaded, which
// takes a tenth of a second; compiling it takes many.
const DefaultMaxLoad = time.Minute

// ErrCompiled is the kind of every error of the folder of compiled code. What
// lies there is run by every session worker: it is a part of the program.
var ErrCompiled = errors.New("kiosk: the folder of compiled code")

// Prepare fills dir with the compiled code that session workers run, for this
// program on this processor. It is called at installation and after every
// update, by a user who is not the workers'. What lay there before is never
// run, and goes; a folder with anything else in it is refused.
func Prepare(ctx context.Context, dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if err := onlyCompiled(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return fmt.Errorf("%w: %w", ErrCompiled, err)
	}
	fresh, err := os.MkdirTemp(filepath.Dir(dir), ".new-")
	if err != nil {
		return fmt.Errorf("%w: %w", ErrCompiled, err)
	}
	defer os.RemoveAll(fresh)
	s, err := scan.New(ctx, fresh)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrCompiled, err)
	}
	if err := errors.Join(s.Close(), forReading(fresh), os.RemoveAll(dir)); err != nil {
		return fmt.Errorf("%w: %w", ErrCompiled, err)
	}
	return os.Rename(fresh, dir)
}

// onlyCompiled keeps a mistyped name from removing what is not ours.
func onlyCompiled(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%w: %w", ErrCompiled, err)
	}
	for _, e := range entries {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), "wazero-") {
			return fmt.Errorf("%w: %s holds something else; name a folder of its own", ErrCompiled, dir)
		}
	}
	return nil
}

// forReading lets every user read and nobody write but who made it.
func forReading(dir string) error {
	return filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.IsDir() {
			return os.Chmod(path, 0o755)
		} else if err == nil {
			return os.Chmod(path, 0o444)
		}
		return err
	})
}

// load makes the scanner from compiled code that may be read and nothing more:
// from here on this process opens no other file.
func load(ctx context.Context, dir string, unfenced bool) (*scan.Scanner, error) {
	if err := oneshot.Narrow(oneshot.Limits{ReadOnly: []string{dir}, Unfenced: unfenced}); err != nil {
		return nil, err
	}
	return scan.New(ctx, dir)
}

// Prepared reports by its error whether dir is filled for this program on this
// processor, as seen by a process that may only read there.
func Prepared(ctx context.Context, dir string, unfenced bool) error {
	s, err := load(ctx, dir, unfenced)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrCompiled, err)
	}
	return s.Close()
}

// compiled holds that the workers' code is there, that they cannot change it,
// and that they can run it.
func (a *Agent) compiled(ctx context.Context) error {
	c := a.config
	unfilled := fmt.Errorf("%w %s is not filled for this program; run `kiosk prepare %[2]s`", ErrCompiled, c.Cache)
	if all, err := filepath.Glob(filepath.Join(c.Cache, "wazero-*", "*")); err != nil || len(all) == 0 {
		return unfilled
	}
	if user := c.UID.Session; user != 0 {
		if path, err := writable(c.Cache, user); err != nil || path != "" {
			return errors.Join(fmt.Errorf("%w: %s can be written by the session's user, %d; run `kiosk prepare %s` as another user, into a folder of theirs", ErrCompiled, path, user, c.Cache), err)
		}
	}
	p, err := oneshot.Start(ctx, oneshot.Spec{Path: c.Program, Args: oneshot.Arguments(c.UnfencedDemonstration, "prepared", c.Cache), UID: c.UID.Session, MaxLife: DefaultMaxLoad})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrConfig, err)
	}
	if err := p.Wait(); err != nil {
		return unfilled
	}
	return ctx.Err()
}

// writable gives a path at or below dir, or a folder above it, that a user may
// write to; "" if there is none. A process of that user has the group of the
// same number and no other.
func writable(dir string, user int) (string, error) {
	found := ""
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		i, err := e.Info()
		if err == nil && (i.Mode()&fs.ModeSymlink != 0 || mayWrite(i, user)) {
			found = path
		}
		return err
	})
	for above := filepath.Dir(dir); found == "" && err == nil; above = filepath.Dir(above) {
		var i fs.FileInfo
		if i, err = os.Stat(above); err == nil && i.Mode()&fs.ModeSticky == 0 && mayWrite(i, user) {
			found = above
		}
		if above == filepath.Dir(above) {
			break
		}
	}
	return found, err
}

func mayWrite(i fs.FileInfo, user int) bool {
	st, ok := i.Sys().(*syscall.Stat_t)
	return !ok || int(st.Uid) == user || int(st.Gid) == user && i.Mode()&0o020 != 0 || i.Mode()&0o002 != 0
}
