//go:build !nofence

package oneshot

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// confine sets what the kernel keeps for a process from its start.
func confine(cmd *exec.Cmd, uid, gid int) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if uid != 0 {
		if gid == 0 {
			gid = uid
		}
		// No supplementary groups: they would carry the parent's rights over.
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
}

// KeepOwn has neither this process nor any that it starts dump core, and keeps
// every open file of this process, from FirstFile on, from the
// processes that it starts; what a Spec or a command hands over still reaches
// them. A service manager's log or socket would else reach the processes that
// hold cleartext. It comes first in a process that starts others: files that
// are opened later must be close-on-exec by themselves, as Go's are.
func KeepOwn() error {
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil { // here, where it may not be set for another user's process
		return fmt.Errorf("%w (core dumps: %w)", ErrUnfenced, err)
	}
	if err := unix.CloseRange(FirstFile, ^uint(0), unix.CLOSE_RANGE_CLOEXEC); err != nil {
		return fmt.Errorf("%w (inherited files: %w)", ErrUnfenced, err)
	}
	return nil
}

// starter is a thread that never ends. The kernel ties "killed with the
// parent" to the thread that started the child, not to its process, and the
// Go runtime may end any other thread while this process lives on.
var starter = sync.OnceValue(func() chan<- func(error) { return thread(func() error { return nil }) })

// giving are the capabilities that it takes to give processes users of their
// own and to end them.
const giving = 1<<unix.CAP_SETUID | 1<<unix.CAP_SETGID | 1<<unix.CAP_KILL

// GivesUsers reports whether this process can start processes as other users:
// as root, or as a user of its own with CAP_SETUID, CAP_SETGID and CAP_KILL.
func GivesUsers() bool {
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var sets [2]unix.CapUserData
	return unix.Capget(&head, &sets[0]) == nil && sets[0].Effective&giving == giving
}

// dropAmbient keeps the capabilities that a service manager gave this process
// (capabilities(7): the ambient set) from what the thread starts: a program
// that changes from one user to another, neither of them root, would keep them.
func dropAmbient() error {
	return unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
}

// bareStarter is one that has given up for good what its children shall not
// have. It keeps its own capabilities, which a child's new user takes.
var bareStarter = sync.OnceValue(func() chan<- func(error) {
	return thread(func() error {
		for c := uintptr(0); unix.Prctl(unix.PR_CAPBSET_READ, c, 0, 0, 0) == nil; c++ {
			_ = unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0) // one that stays is not to be had without new privileges
		}
		return noNewPrivileges()
	})
})

// thread starts such a thread; the work is told how first went.
func thread(first func() error) chan<- func(error) {
	work := make(chan func(error))
	go func() {
		runtime.LockOSThread()
		err := errors.Join(dropAmbient(), first())
		for f := range work {
			f(err)
		}
	}()
	return work
}

// tied starts cmd such that the kernel kills it when this process ends. A
// parent that ended before the child could ask for that is noticed by the
// child (package syscall compares the parent's number).
func tied(cmd *exec.Cmd) error { return startOn(starter(), cmd) }

// bare is tied, on the thread that has given up privileges.
func bare(cmd *exec.Cmd) error { return startOn(bareStarter(), cmd) }

func startOn(t chan<- func(error), cmd *exec.Cmd) error {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	err := make(chan error)
	t <- func(failed error) {
		if failed != nil {
			err <- fmt.Errorf("%w (%w)", ErrUnfenced, failed)
			return
		}
		err <- cmd.Start()
	}
	return <-err
}

// noCore takes the right to dump core from outside, for the moment until the
// process fences itself in. A process that is gone already needs none.
func noCore(pid int) {
	_ = unix.Prlimit(pid, unix.RLIMIT_CORE, &unix.Rlimit{}, nil)
}

// awaitExit waits until the process has ended, and leaves it to be reaped, so
// that its number still is its own.
func awaitExit(pid int) bool {
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if err != unix.EINTR {
			return err == nil
		}
	}
}

func killGroup(p *os.Process) { _ = unix.Kill(-p.Pid, unix.SIGKILL) }
