//go:build !js

package scan

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"time"

	"github.com/tetratelabs/wazero"
)

// DefaultMaxFill bounds how long Shared waits for another process that fills
// the folder: under the race detector, on a busy core, compiling takes minutes.
const DefaultMaxFill = 5 * time.Minute

// errShared says that the user's folder is not to be run from.
var errShared = errors.New("scan: the folder of compiled code belongs to another user or can be written by one")

// Shared makes a Scanner with the compiled code that all tools and tests of one
// user share, in the user's cache folder. When several processes find it empty,
// one compiles and the others wait and load. A folder that is not the user's
// own, or that others may write to, is ignored, as is one that cannot be
// written: then this process compiles for itself. A kiosk or centre names its
// own folder, to New.
func Shared(ctx context.Context) (*Scanner, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return New(ctx, "")
	}
	var s *Scanner
	err = InFolder(ctx, userFolder(dir), func(dir string) (err error) {
		s, err = New(ctx, dir)
		return err
	})
	if err != nil {
		return New(ctx, "")
	}
	return s, nil
}

// userFolder gives the folder below a user's folder of caches.
func userFolder(caches string) string {
	return filepath.Join(caches, "akashi", "pdfium", runtimeVersion())
}

// InFolder calls fill with dir, which it makes if it must, while no other
// process is at it. A folder in which another user could write is an error.
func InFolder(ctx context.Context, dir string, fill func(dir string) error) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := ownOnly(dir); err != nil { // before anything is made there
		return err
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer f.Close() // gives the lock back
	await(ctx, f)
	if err := ownOnly(dir); err != nil {
		return err
	}
	return fill(dir)
}

// await waits until no other process fills the folder. It is a courtesy: two
// that fill it at once harm nothing, as each file appears whole or not at all.
func await(ctx context.Context, f *os.File) {
	for end := time.Now().Add(DefaultMaxFill); time.Now().Before(end) && ctx.Err() == nil; time.Sleep(50 * time.Millisecond) {
		if tryLock(f) {
			return
		}
	}
}

// ownOnly holds that a folder and all in it are this user's and that nobody
// else may write there.
func ownOnly(dir string) error {
	return filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if errors.Is(err, os.ErrNotExist) { // a temporary file, renamed by now
			return nil
		}
		if err != nil {
			return err
		}
		i, err := e.Info()
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if !(i.Mode().IsDir() || i.Mode().IsRegular()) || !own(i) {
			return errShared
		}
		return nil
	})
}

// runtimeVersion tells WebAssembly runtimes apart. The runtime keys its files
// by its version, but in a test program it does not know that and takes code of
// any version for its own; where its source lies tells.
func runtimeVersion() string {
	f := runtime.FuncForPC(reflect.ValueOf(wazero.NewRuntimeConfig).Pointer())
	file, _ := f.FileLine(f.Entry())
	_, version, _ := strings.Cut(file, "wazero@")
	version, _, _ = strings.Cut(version, "/")
	return version
}
