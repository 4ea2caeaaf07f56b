//go:build !nofence

package main

import (
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// harden sees to it that the process ends with its parent (by SIGTERM, so that
// the card still loses its power), leaves no core and cannot be looked into by
// other processes of the same user, and gets no new privileges.
func harden() error {
	return errors.Join(
		unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(syscall.SIGTERM), 0, 0, 0),
		unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0),
		unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
		unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}),
	)
}
