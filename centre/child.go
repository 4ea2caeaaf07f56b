package centre

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"akashi/centre/oneshot"
)

// A node starts its launcher again when that has ended by itself, after a
// pause that doubles from the first to the second of these.
const (
	DefaultPause    = time.Second
	DefaultMaxPause = 30 * time.Second
)

// child is the launcher's process, started again when it ends by itself.
type child struct {
	path, url string
	out       *lines
	quit      chan struct{} // closed to end it for good
	gone      chan struct{} // closed when it has
}

// life is one life of the process.
type life struct {
	cmd   *exec.Cmd
	ready chan struct{}
	ended chan struct{}
}

// startLauncher starts the launcher and waits until it serves.
func startLauncher(path, url string, out *lines) (*child, error) {
	c := &child{path: path, url: url, out: out, quit: make(chan struct{}), gone: make(chan struct{})}
	l, err := c.start()
	if err != nil {
		return nil, err
	}
	go c.attend(l)
	return c, nil
}

// stop ends the launcher in order and waits for it.
func (c *child) stop() {
	close(c.quit)
	<-c.gone
}

// start starts it once.
func (c *child) start() (*life, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	l := &life{exec.Command(self, "launcher", "-config", c.path, "-bus", c.url), make(chan struct{}), make(chan struct{})}
	l.cmd.Stderr = os.Stderr
	stdout, err := l.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := oneshot.Tie(l.cmd); err != nil {
		return nil, err
	}
	go func() {
		defer close(l.ended)
		c.relay(stdout, l.ready)
		l.cmd.Wait() // how it ended shows in whether it was ready
	}()
	select {
	case <-l.ready:
		return l, nil
	case <-l.ended:
		return nil, errors.New("centre: the launcher does not start; it has said why")
	case <-c.quit:
		l.end()
		return nil, errors.New("centre: the node is stopping")
	}
}

// end asks the process to end and waits for it.
func (l *life) end() {
	l.cmd.Process.Signal(syscall.SIGTERM)
	<-l.ended
}

// relay passes the launcher's lines on, but for its ready line.
func (c *child) relay(r io.Reader, ready chan<- struct{}) {
	s := bufio.NewScanner(r)
	for s.Scan() {
		if strings.HasPrefix(s.Text(), readyLine) && ready != nil {
			close(ready)
			ready = nil
			continue
		}
		c.out.say(s.Text())
	}
	io.Copy(io.Discard, r) // an overlong line is lost, and does not hold the launcher up
}

// attend starts the launcher again whenever it ends by itself.
func (c *child) attend(l *life) {
	defer close(c.gone)
	pause := DefaultPause
	for {
		if l != nil {
			select {
			case <-l.ended:
			case <-c.quit:
				l.end()
				return
			}
		}
		select {
		case <-time.After(pause):
		case <-c.quit:
			return
		}
		var err error
		if l, err = c.start(); err == nil {
			pause = DefaultPause
		} else {
			pause = min(2*pause, DefaultMaxPause)
		}
	}
}
