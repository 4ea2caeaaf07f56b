//go:build unix

package scan

import (
	"io/fs"
	"os"
	"syscall"
)

// own reports whether a file is this user's and no other may write to it.
func own(i fs.FileInfo) bool {
	st, ok := i.Sys().(*syscall.Stat_t)
	return ok && int(st.Uid) == os.Geteuid() && i.Mode().Perm()&0o022 == 0
}

// tryLock takes the lock on f unless another process has it.
func tryLock(f *os.File) bool {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}
