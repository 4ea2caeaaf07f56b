//go:build !nofence

package pcscd

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// Requests to the keeper, one packet each; opDial is followed by the slot.
const (
	opStart = "start"
	opKill  = "kill"
	opDial  = "dial "
)

// Answers begin with one of these.
const (
	answerDone   = "+"
	answerFailed = "-"
)

// keeperName is argv[0] of a program that runs as the keeper.
const keeperName = "akashi-pcscd-keeper"

// packet bounds a request or an answer of the keeper.
const packet = 4096

// keeper is the process that holds the namespaces: this program once more. It
// starts the daemon as its child, dials the virtual reader for us and ends,
// daemon included, when our end of the socket closes, however that comes about.
type keeper struct {
	cmd  *exec.Cmd
	conn int  // our end of the control socket
	user bool // it has a user namespace
	once sync.Once
}

// startKeeper tries the namespaces that root can have, then those that anybody
// can.
func startKeeper(run, log string, command []string) (*keeper, error) {
	const private = syscall.CLONE_NEWNS | syscall.CLONE_NEWNET
	var asRoot error
	if os.Geteuid() == 0 {
		k, err := spawn(run, log, command, &syscall.SysProcAttr{Cloneflags: private})
		if err == nil {
			return k, nil
		}
		asRoot = err
	}
	k, err := spawn(run, log, command, &syscall.SysProcAttr{
		Cloneflags:  private | syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}},
	})
	if err != nil {
		return nil, fmt.Errorf("pcscd: no private namespaces here: %w; in a container or chroot allow mount and network namespaces, elsewhere user namespaces", errors.Join(asRoot, err))
	}
	k.user = true
	return k, nil
}

func spawn(run, log string, command []string, attr *syscall.SysProcAttr) (*keeper, error) {
	ends, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	theirs := os.NewFile(uintptr(ends[1]), "keeper")
	defer theirs.Close()
	attr.Setpgid = true // Ctrl-C at a terminal is for the caller, who closes in order
	cmd := &exec.Cmd{
		Path: "/proc/self/exe", Args: append([]string{keeperName, run, log}, command...),
		Env: []string{"PATH=" + os.Getenv("PATH")}, ExtraFiles: []*os.File{theirs}, SysProcAttr: attr, Stderr: os.Stderr,
	}
	if err := cmd.Start(); err != nil {
		unix.Close(ends[0])
		return nil, err
	}
	theirs.Close()
	k := &keeper{cmd: cmd, conn: ends[0]}
	if _, _, err := k.receive(); err != nil { // it reports once the namespaces are made
		k.close()
		return nil, err
	}
	return k, nil
}

// ask sends a request and gives the answer's text and file.
func (k *keeper) ask(request string) (string, *os.File, error) {
	if err := unix.Sendmsg(k.conn, []byte(request), nil, nil, unix.MSG_NOSIGNAL); err != nil {
		return "", nil, fmt.Errorf("pcscd: keeper: %w", err)
	}
	return k.receive()
}

func (k *keeper) receive() (string, *os.File, error) {
	text, rights := make([]byte, packet), make([]byte, unix.CmsgSpace(4))
	n, rn, _, _, err := unix.Recvmsg(k.conn, text, rights, unix.MSG_CMSG_CLOEXEC)
	if err != nil {
		return "", nil, fmt.Errorf("pcscd: keeper: %w", err)
	}
	answer, ok := strings.CutPrefix(string(text[:n]), answerDone)
	if !ok {
		return "", nil, errors.New("pcscd: keeper: " + strings.TrimPrefix(answer, answerFailed))
	}
	return answer, received(rights[:rn]), nil
}

// received gives the file that came along, if one did.
func received(rights []byte) *os.File {
	messages, err := unix.ParseSocketControlMessage(rights)
	if err != nil || len(messages) == 0 {
		return nil
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil || len(fds) == 0 {
		return nil
	}
	return os.NewFile(uintptr(fds[0]), "slot")
}

// enter gives nsenter's arguments.
func (k *keeper) enter() []string {
	pid := strconv.Itoa(k.cmd.Process.Pid)
	if k.user {
		return []string{"--target", pid, "--user", "--preserve-credentials", "--mount"}
	}
	return []string{"--target", pid, "--mount"}
}

// close lets the keeper end and waits for it.
func (k *keeper) close() (err error) {
	k.once.Do(func() {
		unix.Close(k.conn)
		k.conn = -1 // the number may be another file's soon
		err = k.cmd.Wait()
	})
	return err
}

func init() {
	if os.Args[0] == keeperName && len(os.Args) > 3 {
		runtime.LockOSThread() // the daemon dies with the thread that started it
		os.Exit(keep(os.Args[1], os.Args[2], os.Args[3:]))
	}
}
