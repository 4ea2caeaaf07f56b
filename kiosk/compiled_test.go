package kiosk

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWritable: what a session's user could change is found, wherever it lies.
func TestWritable(t *testing.T) {
	const user = 54321
	for _, c := range []struct {
		name  string
		spoil func(top string) error
		found string
	}{
		{"nobody's but its maker's", func(string) error { return nil }, ""},
		{"a file of everybody", func(d string) error { return os.Chmod(filepath.Join(d, "c", "w", "code"), 0o606) }, "c/w/code"},
		{"a folder of everybody", func(d string) error { return os.Chmod(filepath.Join(d, "c", "w"), 0o777) }, "c/w"},
		{"the folder above", func(d string) error { return os.Chmod(d, 0o777) }, "."},
		{"the folder above, sticky", func(d string) error { return os.Chmod(d, 0o777|fs.ModeSticky) }, ""},
		{"a file of the user", func(d string) error { return os.Chown(filepath.Join(d, "c", "w", "code"), user, -1) }, "c/w/code"},
		{"a file of the user's group", func(d string) error {
			return errors.Join(os.Chown(filepath.Join(d, "c", "w", "code"), -1, user), os.Chmod(filepath.Join(d, "c", "w", "code"), 0o664))
		}, "c/w/code"},
		{"a link", func(d string) error { return os.Symlink("/etc", filepath.Join(d, "c", "w", "link")) }, "c/w/link"},
	} {
		t.Run(c.name, func(t *testing.T) {
			top := t.TempDir()
			if err := errors.Join(os.MkdirAll(filepath.Join(top, "c", "w"), 0o755), os.WriteFile(filepath.Join(top, "c", "w", "code"), nil, 0o644)); err != nil {
				t.Fatal(err)
			}
			if err := c.spoil(top); errors.Is(err, fs.ErrPermission) && os.Getenv("CI") != "true" {
				t.Skip("only root can give a file away")
			} else if err != nil {
				t.Fatal(err)
			}
			got, err := writable(filepath.Join(top, "c"), user)
			if c.found != "" {
				c.found = filepath.Join(top, c.found)
			}
			if err != nil || got != c.found {
				t.Errorf("found %q, %v", got, err)
			}
		})
	}
	if _, err := writable("/nonexistent", user); err == nil {
		t.Error("a folder that is none")
	}
}

// TestPrepareKeepsOthersFiles: a mistyped name removes nothing.
func TestPrepareKeepsOthersFiles(t *testing.T) {
	dir := t.TempDir()
	mine := filepath.Join(dir, "mine")
	if err := os.WriteFile(mine, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Prepare(t.Context(), dir); !errors.Is(err, ErrCompiled) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(mine); err != nil {
		t.Error(err)
	}
	if err := Prepare(t.Context(), "/dev/null/none"); !errors.Is(err, ErrCompiled) {
		t.Errorf("a folder that cannot be: %v", err)
	}
}

// TestUnfilled: an agent whose workers would have to compile does not start,
// and says what to do.
func TestUnfilled(t *testing.T) {
	for _, cache := range []string{t.TempDir(), "/nonexistent"} {
		a := &Agent{config: Config{Cache: cache}}
		if err := a.compiled(context.Background()); !errors.Is(err, ErrCompiled) || !strings.Contains(err.Error(), "run `kiosk prepare "+cache+"`") {
			t.Errorf("got %v", err)
		}
	}
}
