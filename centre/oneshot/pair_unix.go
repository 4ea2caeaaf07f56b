//go:build unix

package oneshot

import (
	"os"
	"syscall"
)

// Sockets makes two connected stream sockets to be handed to processes;
// neither stays open across an exec but by being handed over.
func Sockets() (ours, theirs *os.File, err error) {
	syscall.ForkLock.RLock() // not every Unix makes them close-on-exec at once
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fds[0])
		syscall.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, nil, err
	}
	return os.NewFile(uintptr(fds[0]), "ours"), os.NewFile(uintptr(fds[1]), "theirs"), nil
}
