//go:build unix

package centre

import (
	"net"
	"os"
	"syscall"
)

// socketPair gives both ends of a private stream: one to keep, one to hand
// over.
func socketPair() (mine net.Conn, theirs *os.File, err error) {
	syscall.ForkLock.RLock()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fds[0])
		syscall.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, nil, err
	}
	theirs = os.NewFile(uintptr(fds[1]), "worker")
	f := os.NewFile(uintptr(fds[0]), "launcher")
	defer f.Close()
	if mine, err = net.FileConn(f); err != nil {
		theirs.Close()
		return nil, nil, err
	}
	return mine, theirs, nil
}
