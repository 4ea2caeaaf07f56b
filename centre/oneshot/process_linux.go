package oneshot

import (
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

// KeepOwn keeps every open file of this process, from FirstFile on, from the
// processes that it starts; what a Spec or a command hands over still reaches
// them. A service manager's log or socket would else reach the processes that
// hold cleartext. It comes first in a process that starts others: files that
// are opened later must be close-on-exec by themselves, as Go's are.
func KeepOwn() error {
	if err := unix.CloseRange(FirstFile, ^uint(0), unix.CLOSE_RANGE_CLOEXEC); err != nil {
		return fmt.Errorf("%w (inherited files: %w)", ErrUnfenced, err)
	}
	return nil
}

// starter is a thread that never ends. The kernel ties "killed with the
// parent" to the thread that started the child, not to its process, and the
// Go runtime may end any other thread while this process lives on.
var starter = sync.OnceValue(func() chan<- func() {
	work := make(chan func())
	go func() {
		runtime.LockOSThread()
		for f := range work {
			f()
		}
	}()
	return work
})

// tied starts cmd such that the kernel kills it when this process ends. A
// parent that ended before the child could ask for that is noticed by the
// child (package syscall compares the parent's number).
func tied(cmd *exec.Cmd) error {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	err := make(chan error)
	starter() <- func() { err <- cmd.Start() }
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
