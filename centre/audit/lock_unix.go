//go:build unix

package audit

import (
	"errors"
	"os"
	"syscall"
)

// lock keeps a second process out for as long as the file is open.
func lock(f *os.File) error {
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return errors.New("audit: another process has this log open; end it first")
	}
	return nil
}
