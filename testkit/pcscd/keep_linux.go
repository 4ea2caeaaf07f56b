//go:build !nofence

package pcscd

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// socketFolder is compiled into Debian's pcscd.
const socketFolder = "/run/pcscd"

// firstPort is vpcd's port of slot 0.
const firstPort = 35963

// control is the keeper's end of the control socket.
const control = 3

// keep is the keeper's whole life, inside the namespaces.
func keep(run, log string, command []string) int {
	syscall.CloseOnExec(control)
	if err := furnish(run); err != nil {
		reply(answerFailed+err.Error(), nil)
		return 1
	}
	reply(answerDone, nil)
	k := &keeping{run: run, log: log, command: command}
	defer k.kill()
	buffer := make([]byte, packet)
	for {
		n, err := unix.Read(control, buffer)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil || n == 0 {
			return 0
		}
		answer, file, err := k.do(string(buffer[:n]))
		if err != nil {
			reply(answerFailed+err.Error(), nil)
			continue
		}
		reply(answerDone+answer, file)
	}
}

func reply(text string, file *os.File) {
	var rights []byte
	if file != nil {
		rights = unix.UnixRights(int(file.Fd()))
		defer file.Close()
	}
	unix.Sendmsg(control, []byte(text[:min(len(text), packet)]), rights, nil, unix.MSG_NOSIGNAL)
}

// furnish makes the namespaces fit for the daemon: mounts stay inside, its
// socket's folder is run, loopback is up.
func furnish(run string) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("private mounts: %w", err)
	}
	folder, err := os.Open(run) // held open: mounting over /run may hide its path
	if err != nil {
		return err
	}
	defer folder.Close()
	if _, err := os.Stat(socketFolder); errors.Is(err, fs.ErrNotExist) {
		if err := unix.Mount("tmpfs", filepath.Dir(socketFolder), "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "size=1m"); err != nil {
			return fmt.Errorf("private %s: %w", filepath.Dir(socketFolder), err)
		}
		if err := os.Mkdir(socketFolder, 0o755); err != nil {
			return err
		}
	}
	if err := unix.Mount(fmt.Sprintf("/proc/self/fd/%d", folder.Fd()), socketFolder, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("private %s: %w", socketFolder, err)
	}
	return loopbackUp()
}

func loopbackUp() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("loopback: %w", err)
	}
	defer unix.Close(fd)
	request, err := unix.NewIfreq("lo")
	if err != nil {
		return fmt.Errorf("loopback: %w", err)
	}
	request.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	if err := unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, request); err != nil {
		return fmt.Errorf("loopback: %w", err)
	}
	return nil
}

// keeping is the keeper's state.
type keeping struct {
	run, log string
	command  []string
	daemon   *exec.Cmd
}

func (k *keeping) do(request string) (answer string, file *os.File, err error) {
	switch request {
	case opStart:
		answer, err = k.start()
		return answer, nil, err
	case opKill:
		k.kill()
		return "", nil, nil
	}
	slot, err := strconv.Atoi(strings.TrimPrefix(request, opDial))
	if err != nil {
		return "", nil, errors.New("not a request")
	}
	file, err = dialSlot(slot)
	return "", file, err
}

func (k *keeping) start() (pid string, err error) {
	if k.daemon != nil {
		return "", errors.New("the daemon runs already")
	}
	for _, name := range []string{"pcscd.comm", "pcscd.pid"} { // a killed one leaves them
		if err := os.Remove(filepath.Join(k.run, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	log, err := os.OpenFile(k.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return "", err
	}
	defer log.Close()
	cmd := exec.Command(k.command[0])
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Env = append(os.Environ(), Wiping)
	for _, arg := range k.command[1:] {
		if strings.HasPrefix(arg, "-") || !strings.Contains(arg, "=") {
			cmd.Args = append(cmd.Args, arg)
		} else {
			cmd.Env = append(cmd.Env, arg) // the last of a name counts
		}
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	k.daemon = cmd
	return strconv.Itoa(cmd.Process.Pid), nil
}

func (k *keeping) kill() {
	if k.daemon == nil {
		return
	}
	k.daemon.Process.Kill()
	k.daemon.Wait()
	k.daemon = nil
}

// dialSlot connects to the virtual reader, which listens soon after the daemon
// answers.
func dialSlot(slot int) (*os.File, error) {
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(firstPort+slot))
	for end := time.Now().Add(startLimit); ; time.Sleep(20 * time.Millisecond) {
		conn, err := net.Dial("tcp4", address)
		if err != nil {
			if time.Now().After(end) {
				return nil, err
			}
			continue
		}
		defer conn.Close()
		return conn.(*net.TCPConn).File()
	}
}
