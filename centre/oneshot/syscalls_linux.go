//go:build !nofence

package oneshot

import (
	"os"

	seccomp "github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"golang.org/x/sys/unix"
)

// allowed is what the Go runtime, TLS and WebAssembly need on files that are
// already open. Calls that one architecture lacks are left out there.
var allowed = []string{
	// memory; executable mappings are what compiled WebAssembly runs in
	"mmap", "munmap", "mprotect", "mremap", "madvise", "mincore", "brk", "mlock", "mlock2", "munlock",
	// threads, signals, time
	"futex", "set_robust_list", "rseq", "membarrier", "arch_prctl", "set_tid_address",
	"sched_yield", "sched_getaffinity", "getcpu", "gettid", "getpid", "getppid",
	"getuid", "geteuid", "getgid", "getegid", "uname", "sysinfo", "getrlimit",
	"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "restart_syscall",
	"nanosleep", "clock_nanosleep", "clock_gettime", "clock_getres", "gettimeofday", "time",
	"timer_create", "timer_settime", "timer_delete", "getrandom", "exit", "exit_group",
	// files and sockets that were handed over
	"read", "write", "readv", "writev", "pread64", "lseek", "close", "close_range", "fstat",
	"dup", "dup2", "dup3", "fcntl", "pipe2", "poll", "ppoll", "select", "pselect6",
	"epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "epoll_pwait2", "eventfd2",
	"recvfrom", "recvmsg", "sendto", "sendmsg", "shutdown",
	"getsockopt", "setsockopt", "getsockname", "getpeername",
}

// reading is what read-only folders need besides opening.
var reading = []string{
	"stat", "lstat", "newfstatat", "statx", "access", "faccessat", "faccessat2",
	"readlink", "readlinkat", "getdents64", "getcwd",
}

// writing is what the one folder needs besides; Landlock says where.
var writing = []string{"openat", "open", "fsync", "link", "linkat", "unlink", "unlinkat"}

// absent answers ENOSYS: their arguments lie in memory that a filter cannot
// see, and their callers fall back to a call that it can.
var absent = []string{"clone3", "openat2"}

// forWriting are the flags of an open that writes, makes or empties a file.
const forWriting = unix.O_WRONLY | unix.O_RDWR | unix.O_CREAT | unix.O_TRUNC | unix.O_APPEND | unix.O_TMPFILE&^unix.O_DIRECTORY

func (l Limits) groups() []seccomp.SyscallGroup {
	names, conditions := allowed, own()
	if l.Accept {
		names = append(names[:len(names):len(names)], "accept4")
	}
	if l.Connect != "" {
		names = append(names[:len(names):len(names)], "connect", "stat", "newfstatat")
		conditions = append(conditions, when("socket", 0, seccomp.Equal, unix.AF_UNIX))
	}
	if len(l.ReadOnly) > 0 || l.Folder != "" {
		names = append(names[:len(names):len(names)], reading...)
	}
	switch {
	case l.Folder != "":
		names = append(names, writing...)
	case len(l.ReadOnly) > 0:
		conditions = append(conditions, when("openat", 2, seccomp.BitsNotSet, forWriting), when("open", 1, seccomp.BitsNotSet, forWriting))
	}
	return []seccomp.SyscallGroup{
		{Names: here(names), NamesWithCondtions: hereWith(conditions), Action: seccomp.ActionAllow},
		{Names: here(absent), Action: seccomp.ActionErrno | seccomp.Action(unix.ENOSYS)},
	}
}

// own are calls that may touch this process only: threads but no processes,
// signals to itself, limits and settings that are read but not changed.
func own() []seccomp.NameWithConditions {
	c := []seccomp.NameWithConditions{
		when("clone", 0, seccomp.BitsSet, unix.CLONE_THREAD),
		when("tgkill", 0, seccomp.Equal, uint64(os.Getpid())),
		when("prlimit64", 2, seccomp.Equal, 0),
	}
	for _, o := range []uint64{unix.PR_GET_DUMPABLE, unix.PR_GET_NO_NEW_PRIVS, unix.PR_GET_SECCOMP, unix.PR_SET_NAME, unix.PR_SET_VMA} {
		c = append(c, when("prctl", 0, seccomp.Equal, o))
	}
	return c
}

func when(name string, argument uint32, op seccomp.Operation, value uint64) seccomp.NameWithConditions {
	return seccomp.NameWithConditions{Name: name, Conditions: seccomp.ArgumentConditions{{Argument: argument, Operation: op, Value: value}}}
}

// known reports whether this architecture has a call.
func known(name string) bool {
	info, err := arch.GetInfo("")
	if err != nil {
		return false
	}
	_, ok := info.SyscallNames[name]
	return ok
}

func here(names []string) []string {
	var found []string
	for _, n := range names {
		if known(n) {
			found = append(found, n)
		}
	}
	return found
}

func hereWith(all []seccomp.NameWithConditions) []seccomp.NameWithConditions {
	var found []seccomp.NameWithConditions
	for _, c := range all {
		if known(c.Name) {
			found = append(found, c)
		}
	}
	return found
}
