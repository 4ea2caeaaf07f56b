//go:build !nofence

package kiosk

import "golang.org/x/sys/unix"

// onMemory reports whether a folder is on a memory file system.
func onMemory(dir string) bool {
	var fs unix.Statfs_t
	return unix.Statfs(dir, &fs) == nil && (fs.Type == unix.TMPFS_MAGIC || fs.Type == unix.RAMFS_MAGIC)
}
