// Package compiled fills kiosks' folders of compiled code for tests: the code
// is compiled once for a user, by `kiosk prepare`, and copied from then on.
package compiled

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"akashi/verifier/scan"
)

// Into fills dir, which must not exist or be empty, for the kiosk program.
func Into(ctx context.Context, program, dir string) error {
	caches, err := os.UserCacheDir()
	if err != nil {
		return command(ctx, program, "prepare", dir)
	}
	return scan.InFolder(ctx, filepath.Join(caches, "akashi", "kiosk"), func(shared string) error {
		code := filepath.Join(shared, "code")
		if command(ctx, program, "prepared", code) != nil { // another release or processor, or nothing yet
			if err := command(ctx, program, "prepare", code); err != nil {
				return err
			}
		}
		return os.CopyFS(dir, os.DirFS(code))
	})
}

func command(ctx context.Context, program string, args ...string) error {
	if out, err := exec.CommandContext(ctx, program, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("compiled: kiosk %s: %w\n%s", args[0], err, out)
	}
	return nil
}
