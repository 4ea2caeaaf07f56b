//go:build !nofence

package stack

import "syscall"

// endWithParent makes a process end when the one that started it does, however
// that happens. The signal comes when the starting thread ends; Go ends no
// thread that a goroutine did not lock. A group of its own keeps Ctrl-C at a
// terminal from it: the one that started it ends everything in order.
func endWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM, Setpgid: true}
}
