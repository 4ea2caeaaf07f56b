// Package programs gives tests the project's programs as they ship. make test
// builds all of them once, before the tests; a test that is run alone builds
// those that it needs.
package programs

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"

	"akashi/testkit/archtest"
)

// Variable names the environment's variable by which make test hands on the
// folder of the programs that it has built from the source under test: all of
// them without cgo, and in cgo/ the reader and the key process once more with it.
const Variable = "AKASHI_PROGRAMS"

// The programs that use cgo: the reader does nothing without, and the key
// process keeps keys in files.
const (
	reader = "kiosk/cmd/reader"
	keys   = "centre/cmd/keys"
)

// Into puts the programs of the given packages, each named from the module's
// root as in "kiosk/cmd/kiosk", into dir, which it makes if it must. A program
// is named as its package is.
func Into(ctx context.Context, dir string, packages ...string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { // other users run some of them
		return err
	}
	for _, p := range packages {
		if err := into(ctx, dir, p); err != nil {
			return err
		}
	}
	return nil
}

func into(ctx context.Context, dir, p string) error {
	to := filepath.Join(dir, path.Base(p))
	if built := Built(p); built != "" {
		return link(ctx, built, to)
	}
	return build(ctx, p, to)
}

// Built gives the program that make test has built of a package; empty: the
// tests do not run under it.
func Built(p string) string {
	dir := os.Getenv(Variable)
	switch {
	case dir == "":
		return ""
	case p == reader:
		return filepath.Join(dir, "cgo", path.Base(p))
	case p == keys:
		if with := filepath.Join(dir, "cgo", path.Base(p)); exists(with) {
			return with
		}
	}
	return filepath.Join(dir, path.Base(p))
}

// link gives a program a second name. A file that this process wrote could be
// held open by a child that another goroutine starts, and not run.
func link(ctx context.Context, from, to string) error {
	if err := os.Remove(to); err != nil && !os.IsNotExist(err) {
		return err
	}
	if os.Link(from, to) == nil {
		return nil
	}
	if out, err := exec.CommandContext(ctx, "cp", "--", from, to).CombinedOutput(); err != nil { // on another disk
		return fmt.Errorf("programs: %w: %s", err, out)
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// build builds one program as it ships.
func build(ctx context.Context, p, to string) error {
	root, err := archtest.Root()
	if err != nil {
		return err
	}
	if p == keys && buildWith(ctx, root, p, to, "CGO_ENABLED=1") == nil {
		return nil
	}
	if p == reader {
		return buildWith(ctx, root, p, to, "CGO_ENABLED=1")
	}
	return buildWith(ctx, root, p, to, "CGO_ENABLED=0")
}

func buildWith(ctx context.Context, root, p, to, env string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-o", to, "./"+p)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), env)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("programs: go build %s: %w\n%s", p, err, out)
	}
	return nil
}
