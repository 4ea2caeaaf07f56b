//go:build !nofence

package users

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// AsAgent is how a kiosk's agent is started: as its unit has it, a user of its
// own with the capabilities to give users and no other right of root's. It is
// nil where there is one user.
func AsAgent() *syscall.SysProcAttr {
	if !Distinct() {
		return nil
	}
	return &syscall.SysProcAttr{Credential: As(Agent), AmbientCaps: []uintptr{unix.CAP_SETUID, unix.CAP_SETGID, unix.CAP_KILL}}
}
