//go:build !nofence

package oneshot

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	seccomp "github.com/elastic/go-seccomp-bpf"
	"github.com/landlock-lsm/go-landlock/landlock"
	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
)

// Fences says that this system can fence a process in; a kernel that cannot is
// an error of Fence.
const Fences = true

// Fence takes from the calling process, for good, what its work does not need:
// debuggers and core dumps, new privileges, files, new sockets, new programs.
// It holds for all threads. What the system cannot enforce is an error, after
// which the process must end.
//
// Opening a file fails by seccomp, and by Landlock as well where the kernel has
// it; with folders Landlock is a must.
func Fence(l Limits) error {
	runtime.LockOSThread() // the filter's first thread is this one
	defer runtime.UnlockOSThread()
	for _, f := range []func() error{undumpable, noNewPrivileges, l.landlock, l.seccomp, verify} {
		if err := f(); err != nil {
			return fmt.Errorf("%w (%w)", ErrUnfenced, err)
		}
	}
	return nil
}

// Narrow is the first half of a fence, for a process that still has code to
// load: from now on it opens only the files that l names, gets no new
// privileges and cannot be looked into. Fence comes after it and takes the
// rest. Without Landlock it is an error.
func Narrow(l Limits) error {
	for _, f := range []func() error{undumpable, noNewPrivileges, l.landlock} {
		if err := f(); err != nil {
			return fmt.Errorf("%w (%w)", ErrUnfenced, err)
		}
	}
	return nil
}

// undumpable keeps debuggers, /proc/PID/mem and core files away.
func undumpable() error {
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return err
	}
	return unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
}

func noNewPrivileges() error { return unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) }

// landlock takes away every file but those that may be read, TCP, signals and
// abstract sockets, as far as the kernel knows these.
func (l Limits) landlock() error {
	abi, err := ll.LandlockGetABIVersion()
	if err != nil || abi < 1 {
		if len(l.ReadOnly) > 0 || l.Folder != "" {
			return errors.New("no Landlock, which folders need")
		}
		return nil
	}
	var rules []landlock.Rule
	for _, path := range l.ReadOnly {
		st, err := os.Stat(path)
		if err != nil {
			return errors.New("a read-only folder does not exist")
		}
		if st.IsDir() {
			rules = append(rules, landlock.RODirs(path))
		} else {
			rules = append(rules, landlock.ROFiles(path))
		}
	}
	if l.Folder != "" {
		rules = append(rules, landlock.RWDirs(l.Folder))
	}
	if l.Connect != "" {
		rules = append(rules, landlock.PathAccess(0, l.Connect).WithResolveUnix().IgnoreIfMissing())
	}
	return landlock.V11.BestEffort().Restrict(rules...)
}

// seccomp allows the calls on the list, on all threads, and nothing else.
func (l Limits) seccomp() error {
	return seccomp.LoadFilter(seccomp.Filter{
		NoNewPrivs: true,
		Flag:       seccomp.FilterFlagTSync,
		Policy: seccomp.Policy{
			DefaultAction: seccomp.ActionErrno, // EPERM
			Syscalls:      l.groups(),
		},
	})
}

// verify asks the kernel, so that a silent failure is none.
func verify() error {
	for _, q := range []struct{ option, want int }{
		{unix.PR_GET_DUMPABLE, 0}, {unix.PR_GET_NO_NEW_PRIVS, 1}, {unix.PR_GET_SECCOMP, 2},
	} {
		got, err := unix.PrctlRetInt(q.option, 0, 0, 0, 0)
		if err != nil || got != q.want {
			return errors.New("the kernel says that the fence does not stand")
		}
	}
	return nil
}
