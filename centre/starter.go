package centre

import (
	"context"
	"errors"
	"net"
	"os"
	"syscall"

	"akashi/centre/oneshot"
)

// starter starts workers at the launcher's word, as the workers' own user: a
// right that the launcher itself does not have. The launcher says when, and
// hands over the worker's open files; program, user and longest life are the
// node's to choose.
type starter struct {
	worker WorkerConfig
	slots  chan struct{} // one for each worker that lives
}

// A start is one byte with these files beside it: the worker's life, and what
// the worker is handed. The life is a socket: it ends here when the worker is
// gone, and the worker is ended when it ends at the launcher.
const (
	filesOfStart = 1 + FileKeys + 1
	maxFiles     = 16 // that are taken in, and closed, of a launcher that sends more
)

var errStart = errors.New("centre: the node does not start workers any more")

// hand gives the launcher's end of a new line to this starter.
func (s *starter) hand() (*os.File, error) {
	mine, theirs, err := oneshot.Pair()
	if err != nil {
		return nil, err
	}
	go s.serve(mine.(*net.UnixConn))
	return theirs, nil
}

// serve takes starts until the launcher is gone.
func (s *starter) serve(conn *net.UnixConn) {
	defer conn.Close()
	for {
		files, err := receiveFiles(conn)
		if err != nil {
			return
		}
		if len(files) != filesOfStart {
			closeFiles(files)
			continue
		}
		select {
		case s.slots <- struct{}{}:
		default:
			closeFiles(files)
			continue
		}
		go s.run(files)
	}
}

// run is one worker's life. Whoever waits for one that could not be started
// finds its life over. The place is free before the launcher is told of the
// end: it may ask for the next worker at once.
func (s *starter) run(files []*os.File) {
	life, err := net.FileConn(files[0])
	files[0].Close()
	if err != nil {
		closeFiles(files[1:])
		<-s.slots
		return
	}
	defer life.Close()
	defer func() { <-s.slots }()
	p, err := oneshot.Start(context.Background(), s.worker.spec(files[1:]))
	if err != nil {
		return
	}
	go func() {
		life.Read(make([]byte, 1)) // nothing is said on it
		p.Kill()
	}()
	<-p.Done()
}

// spec describes a worker's process.
func (w WorkerConfig) spec(files []*os.File) oneshot.Spec {
	return oneshot.Spec{Path: w.Path, Args: w.Args, UID: w.User.UID, GID: w.User.GID, MaxLife: w.Life, Files: files}
}

// distant is a worker that the node has started for this launcher.
type distant struct {
	life *net.UnixConn
	done chan struct{}
}

// startDistant asks the node for a worker; it closes files.
func startDistant(node *net.UnixConn, files []*os.File) (*distant, error) {
	defer closeFiles(files)
	mine, theirs, err := oneshot.Pair()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	fds := []int{int(theirs.Fd())}
	for _, f := range files {
		fds = append(fds, int(f.Fd()))
	}
	if _, _, err := node.WriteMsgUnix([]byte{0}, syscall.UnixRights(fds...), nil); err != nil {
		mine.Close()
		return nil, errStart
	}
	d := &distant{mine.(*net.UnixConn), make(chan struct{})}
	go func() {
		d.life.Read(make([]byte, 1)) // ends with the worker
		d.life.Close()
		close(d.done)
	}()
	return d, nil
}

// Kill ends the worker at once; nothing when it has ended.
func (d *distant) Kill() { d.life.CloseWrite() }

// Done is closed when the worker is gone.
func (d *distant) Done() <-chan struct{} { return d.done }

// receiveFiles takes one start's files; the error is the end of the line.
func receiveFiles(conn *net.UnixConn) ([]*os.File, error) {
	oob := make([]byte, syscall.CmsgSpace(4*maxFiles))
	n, oobn, _, _, err := conn.ReadMsgUnix(make([]byte, 1), oob)
	if err != nil || n == 0 {
		return nil, errors.Join(errStart, err)
	}
	messages, err := syscall.ParseSocketControlMessage(oob[:oobn])
	if err != nil {
		return nil, err
	}
	var files []*os.File
	for i := range messages {
		fds, err := syscall.ParseUnixRights(&messages[i])
		for _, fd := range fds {
			files = append(files, os.NewFile(uintptr(fd), "of a worker"))
		}
		if err != nil {
			closeFiles(files)
			return nil, err
		}
	}
	return files, nil
}

func closeFiles(files []*os.File) {
	for _, f := range files {
		f.Close()
	}
}
