package keys

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
)

// closer is the worker's end while it is on its way to the launcher.
type closer interface {
	Fd() uintptr
	Close() error
}

// socketPair makes two connected stream sockets that no later process
// inherits: one to keep, one to give away.
func socketPair() (net.Conn, *os.File, error) {
	syscall.ForkLock.RLock()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fds[0])
		syscall.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, nil, err
	}
	ours, theirs := os.NewFile(uintptr(fds[0]), "session"), os.NewFile(uintptr(fds[1]), "session")
	defer ours.Close() // FileConn keeps a copy of its own
	conn, err := net.FileConn(ours)
	if err != nil {
		theirs.Close()
		return nil, nil, err
	}
	return conn, theirs, nil
}

// sendFile writes b with f's descriptor beside it (SCM_RIGHTS).
func sendFile(conn *net.UnixConn, b []byte, f closer) error {
	_, _, err := conn.WriteMsgUnix(b, syscall.UnixRights(int(f.Fd())), nil)
	return err
}

var errDescriptor = errors.New("keys: the answer did not bring exactly one socket; both ends must be of one build")

// receiveFile reads an answer's header into h and takes the one descriptor
// beside it, if there is one. Whatever else came is closed.
func receiveFile(conn *net.UnixConn, h []byte) (*os.File, error) {
	oob := make([]byte, syscall.CmsgSpace(4*4))
	n, oobn, _, _, err := conn.ReadMsgUnix(h, oob)
	if err != nil {
		return nil, err
	}
	fds, err := descriptors(oob[:oobn])
	if err == nil && n == len(h) && len(fds) == 1 {
		return os.NewFile(uintptr(fds[0]), "session"), nil
	}
	for _, fd := range fds {
		syscall.Close(fd)
	}
	if err != nil || n != len(h) || len(fds) > 1 {
		return nil, errDescriptor
	}
	return nil, nil
}

func descriptors(oob []byte) ([]int, error) {
	messages, err := syscall.ParseSocketControlMessage(oob)
	if err != nil {
		return nil, err
	}
	var all []int
	for i := range messages {
		fds, err := syscall.ParseUnixRights(&messages[i])
		if err != nil {
			return all, err
		}
		all = append(all, fds...)
	}
	return all, nil
}

// ErrFolder says that others could put a socket of their own in the place of
// the key process's.
var ErrFolder = errors.New("keys: other users can write to the socket's folder; make it this process's own user's and close it to others (chown, chmod go-w)")

// Listen makes the key process's socket at path, for this process's user and
// the members of group gid; 0: no group. A socket that a process left behind
// when it was killed is replaced; one that still answers is not. Whose process
// it is that connects, Serve asks the kernel.
func Listen(path string, gid int) (*net.UnixListener, error) {
	if info, err := os.Stat(filepath.Dir(path)); err == nil && !closed(info) {
		return nil, ErrFolder
	}
	addr := &net.UnixAddr{Name: path, Net: "unix"}
	ln, err := net.ListenUnix("unix", addr)
	if errors.Is(err, syscall.EADDRINUSE) && abandoned(path) {
		if err := os.Remove(path); err != nil {
			return nil, err
		}
		ln, err = net.ListenUnix("unix", addr)
	}
	if err != nil {
		return nil, err
	}
	if err := open(path, gid); err != nil {
		ln.Close()
		return nil, err
	}
	return ln, nil
}

// closed reports whether only this process's user and root can write in a
// folder: its owner always can, whatever its mode is.
func closed(folder os.FileInfo) bool {
	s, ok := folder.Sys().(*syscall.Stat_t)
	return ok && (s.Uid == 0 || int(s.Uid) == os.Geteuid()) && folder.Mode().Perm()&0o022 == 0
}

// open opens the socket to its user and to one group.
func open(path string, gid int) error {
	if gid == 0 {
		return os.Chmod(path, 0o600)
	}
	if err := os.Chown(path, -1, gid); err != nil {
		return fmt.Errorf("%w: is this process a member of group %d (launcher_gid)?", err, gid)
	}
	return os.Chmod(path, 0o660)
}

// abandoned reports whether path is a socket that nobody listens on.
func abandoned(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || info.Mode().Type() != os.ModeSocket {
		return false
	}
	conn, err := net.DialTimeout("unix", path, DefaultPatience)
	if err == nil {
		conn.Close()
	}
	return errors.Is(err, syscall.ECONNREFUSED)
}
