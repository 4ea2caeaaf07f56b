package watch

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"akashi/centre/wire"
)

// Bounds of what is read of the machine.
const (
	DefaultMaxProgram = 512 << 20 // bytes of this program's file; it has some 40 MB
	DefaultMaxInfo    = 64 << 10  // bytes of /proc/meminfo; it has 2 KB
)

// Program gives the first four bytes of the SHA-256 of a program's file, as
// `sha256sum` shows them, or 0 when it cannot be read.
func Program(path string) uint32 {
	f, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer f.Close()
	h := sha256.New()
	if n, err := io.Copy(h, io.LimitReader(f, DefaultMaxProgram+1)); err != nil || n > DefaultMaxProgram {
		return 0
	}
	return binary.BigEndian.Uint32(h.Sum(nil))
}

// Free gives the MiB that are free on the file system of a folder for who is
// not root; 0 when it cannot be asked, or there is no folder.
func Free(dir string) uint32 {
	var s unix.Statfs_t
	if dir == "" || unix.Statfs(dir, &s) != nil {
		return 0
	}
	return uint32(min(uint64(s.Bavail)*uint64(s.Bsize)>>20, 1<<31))
}

// Memory gives the MiB that could be given to processes, by a file like
// /proc/meminfo; 0 when it does not say.
func Memory(path string) uint32 {
	f, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer f.Close()
	for lines := bufio.NewScanner(io.LimitReader(f, DefaultMaxInfo)); lines.Scan(); {
		if fields := strings.Fields(lines.Text()); len(fields) == 3 && fields[0] == "MemAvailable:" && fields[2] == "kB" {
			n, err := strconv.ParseUint(fields[1], 10, 40)
			if err != nil {
				return 0
			}
			return uint32(min(n>>10, 1<<31))
		}
	}
	return 0
}

// Fitted tells whether a device is there by a path that is there with it, such
// as one below /dev/input/by-id or /proc/asound. It is not opened: nobody's
// keys are read. Without a path nothing is known.
func Fitted(path string) wire.Health {
	if path == "" {
		return wire.Unseen
	}
	if _, err := os.Stat(path); err != nil {
		return wire.Down
	}
	return wire.Well
}

// Sense reads a sensor by the file that its driver keeps: something is there
// while it begins with 1. A file that cannot be read senses nothing; without a
// path there is no sensor.
func Sense(path string) wire.Presence {
	if path == "" {
		return wire.Unsensed
	}
	f, err := os.Open(path)
	if err != nil {
		return wire.Absent
	}
	defer f.Close()
	var b [1]byte
	if _, err := io.ReadFull(f, b[:]); err != nil || b[0] != '1' {
		return wire.Absent
	}
	return wire.Present
}

// DaysLeft gives whole days until t; below 0 when it is over.
func DaysLeft(t, now time.Time) int32 {
	d := t.Sub(now) / (24 * time.Hour)
	if t.Before(now) {
		d--
	}
	return int32(d)
}
