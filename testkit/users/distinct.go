package users

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"

	"akashi/centre/oneshot"
)

// needed are the capabilities of root that giving users takes, as
// capabilities(7) numbers them: chown, kill, setgid, setuid.
const needed = 1<<0 | 1<<5 | 1<<6 | 1<<7

// Distinct reports whether processes have users of their own here: the system
// holds them to it (package oneshot), we are root, with the rights of root, and the users exist in this namespace. Root in a
// rootless container often maps itself alone.
var Distinct = sync.OnceValue(func() bool {
	return oneshot.Fences && os.Getuid() == 0 && capable(read("/proc/self/status")) &&
		maps(read("/proc/self/uid_map")) && maps(read("/proc/self/gid_map"))
})

func read(path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return "" // no such system: one user
	}
	return string(b)
}

// capable reads proc_pid_status(5).
func capable(status string) bool {
	_, after, _ := strings.Cut(status, "\nCapEff:")
	line, _, _ := strings.Cut(after, "\n")
	caps, err := strconv.ParseUint(strings.TrimSpace(line), 16, 64)
	return err == nil && caps&needed == needed
}

// maps reports whether a map of user_namespaces(7) has all the users.
func maps(m string) bool {
	for s := bufio.NewScanner(strings.NewReader(m)); s.Scan(); {
		var inside, outside, length uint64
		if _, err := fmt.Sscan(s.Text(), &inside, &outside, &length); err != nil {
			return false
		}
		if inside <= Keys && Agent < inside+length {
			return true
		}
	}
	return false
}
