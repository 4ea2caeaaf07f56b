//go:build !linux || nofence

package oneshot

import (
	"os"
	"os/exec"
)

// What follows is not enforced outside Linux; the package doc says so.

func confine(*exec.Cmd, int, int) {}

func tied(cmd *exec.Cmd) error { return cmd.Start() }

func bare(cmd *exec.Cmd) error { return cmd.Start() }

// KeepOwn does nothing here.
func KeepOwn() error { return nil }

// GivesUsers reports whether this is root.
func GivesUsers() bool { return os.Geteuid() == 0 }

func noCore(int) {}

func awaitExit(int) bool { return false } // cannot wait without reaping

func killGroup(p *os.Process) { _ = p.Kill() }

// Fences says that this system cannot fence a process in.
const Fences = false

// Fence fails with ErrUnfenced; in a demonstration it does nothing.
func Fence(l Limits) error {
	if l.Unfenced {
		return nil
	}
	return ErrUnfenced
}

// Narrow does as Fence.
func Narrow(l Limits) error { return Fence(l) }
