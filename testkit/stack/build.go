package stack

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"akashi/testkit/archtest"
)

// programs are what a chain is made of; only the reader uses cgo.
var programs = []struct {
	name, pkg string
	cgo       bool
}{
	{"kiosk", "./kiosk/cmd/kiosk", false},
	{"centre", "./centre/cmd/centre", false},
	{"keys", "./centre/cmd/keys", false},
	{"verify", "./verifier/cmd/verify", false},
	{"badworker", "./testkit/cmd/badworker", false},
	{"reader", "./kiosk/cmd/reader", true},
}

// Build builds the chain's programs into dir, from the repository around the
// working directory. Where cgo or its libraries are missing the reader is left
// out, and cards are in process.
func Build(ctx context.Context, dir string) error {
	root, err := archtest.Root()
	if err != nil {
		return err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	for _, p := range programs {
		cmd := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(dir, p.name), p.pkg)
		cmd.Dir = root
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if p.cgo {
			cmd.Env = append(os.Environ(), "CGO_ENABLED=1")
		}
		out, err := cmd.CombinedOutput()
		if err != nil && !p.cgo {
			return fmt.Errorf("stack: go build %s: %w\n%s", p.pkg, err, out)
		}
	}
	return nil
}

// HasReader reports whether Build could make the reader process.
func HasReader(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "reader"))
	return err == nil
}

// HasAll reports whether dir has every program that needs no cgo.
func HasAll(dir string) bool {
	for _, p := range programs {
		if _, err := os.Stat(filepath.Join(dir, p.name)); err != nil && !p.cgo {
			return false
		}
	}
	return true
}
