//go:build !linux

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

// Fence fails with ErrUnfenced.
func Fence(Limits) error { return ErrUnfenced }

// Narrow fails with ErrUnfenced.
func Narrow(Limits) error { return ErrUnfenced }
