package scan

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOwnOnly: what others may write is not run.
func TestOwnOnly(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(dir string) error
		ok    bool
	}{
		{"fine", func(string) error { return nil }, true},
		{"folder of the group", func(d string) error { return os.Chmod(d, 0o770) }, false},
		{"folder of everybody", func(d string) error { return os.Chmod(d, 0o707) }, false},
		{"file of everybody", func(d string) error { return os.Chmod(filepath.Join(d, "in", "code"), 0o606) }, false},
		{"a link", func(d string) error { return os.Symlink("/etc/passwd", filepath.Join(d, "in", "link")) }, false},
		{"another user's", func(d string) error { return os.Chown(filepath.Join(d, "in", "code"), 65534, -1) }, false},
		{"missing", os.RemoveAll, true}, // nothing there is nobody else's
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "cache")
			if err := errors.Join(os.MkdirAll(filepath.Join(dir, "in"), 0o700), os.WriteFile(filepath.Join(dir, "in", "code"), nil, 0o600)); err != nil {
				t.Fatal(err)
			}
			if err := c.spoil(dir); errors.Is(err, fs.ErrPermission) && os.Getenv("CI") != "true" {
				t.Skip("only root can give a file away")
			} else if err != nil {
				t.Fatal(err)
			}
			if err := ownOnly(dir); (err == nil) != c.ok {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestShared fills the folder that all tests of this user share. make test runs
// it first, without the race detector, under which compiling costs five times
// as much.
func TestShared(t *testing.T) {
	caches, err := os.UserCacheDir()
	if err != nil {
		t.Skip(err)
	}
	dir := userFolder(caches)
	s, err := Shared(background)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if ownOnly(filepath.Dir(dir)) != nil {
		t.Skip("the folder is not this user's alone")
	}
	if code, _ := filepath.Glob(filepath.Join(dir, "wazero-*", "*")); len(code) == 0 {
		t.Errorf("nothing was kept in %s", dir)
	}
}

// TestInFolder: a folder that is not the user's own alone is not used.
func TestInFolder(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	fill := func(string) error { t.Error("it was filled"); return nil }
	if err := InFolder(background, dir, fill); err != errShared {
		t.Errorf("a folder that everybody writes: %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("something was made there: %v", left)
	}
	if err := InFolder(background, "/dev/null/no-folder", fill); err == nil {
		t.Error("a folder that cannot be was taken")
	}
}

// TestAwait: one that fills the folder keeps others out until it is done, and
// one who need not wait any more does not.
func TestAwait(t *testing.T) {
	open := func() *os.File {
		f, err := os.OpenFile(filepath.Join(t.TempDir(), "lock"), os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	a := open()
	b, err := os.Open(a.Name())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	await(background, a)
	if tryLock(b) {
		t.Skip("this system has no such locks")
	}
	gone, cancel := context.WithCancel(background)
	cancel()
	await(gone, b)
	if tryLock(b) {
		t.Error("the lock was taken from its owner")
	}
	a.Close()
	await(background, b)
	if c := open(); !tryLock(c) {
		t.Error("another file is locked")
	}
}

func TestRuntimeVersion(t *testing.T) {
	if v := runtimeVersion(); !strings.HasPrefix(v, "v1.") {
		t.Errorf("version %q of the runtime: code of another one would be run", v)
	}
}
