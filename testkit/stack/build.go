package stack

import (
	"context"
	"os"
	"path/filepath"

	"akashi/testkit/programs"
)

// parts are the programs of a chain that need no cgo.
var parts = []string{"kiosk/cmd/kiosk", "centre/cmd/centre", "centre/cmd/keys", "verifier/cmd/verify", "testkit/cmd/badworker"}

// Build puts the chain's programs into dir, from the repository around the
// working directory. Where cgo or its libraries are missing the reader is left
// out, and cards are in process.
func Build(ctx context.Context, dir string) error {
	if err := programs.Into(ctx, dir, parts...); err != nil {
		return err
	}
	programs.Into(ctx, dir, "kiosk/cmd/reader") // what comes of it, HasReader says
	return nil
}

// HasReader reports whether Build could make the reader process.
func HasReader(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "reader"))
	return err == nil
}

// HasAll reports whether dir has every program that needs no cgo.
func HasAll(dir string) bool {
	for _, p := range parts {
		if _, err := os.Stat(filepath.Join(dir, filepath.Base(p))); err != nil {
			return false
		}
	}
	return true
}
