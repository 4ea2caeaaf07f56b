package centre

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"

	"akashi/centre/oneshot"
)

// A node starts a part of it again when that has ended by itself, after a
// pause that doubles from the first to the second of these.
const (
	DefaultPause    = time.Second
	DefaultMaxPause = 30 * time.Second
)

// part is what a node runs as a process of its own: the launcher, the gateway.
type part struct {
	name string   // the command
	args []string // after it
	user UserFile // zero: the node's own
	// hand gives the one file that each life is handed; it is closed here
	// afterwards. nil: none.
	hand  func() (*os.File, error)
	tells bool   // its standard output is the node's, after its ready line
	out   *lines // the node's standard output
	errs  *lines // and error
}

// child is a part's process, started again when it ends by itself.
type child struct {
	part
	quit chan struct{} // closed to end it for good
	gone chan struct{} // closed when it has
}

// life is one life of the process.
type life struct {
	cmd   *exec.Cmd
	ready chan struct{}
	ended chan struct{}
}

// begin starts the part and waits until it serves.
func (p part) begin() (*child, error) {
	c := &child{part: p, quit: make(chan struct{}), gone: make(chan struct{})}
	l, err := c.start()
	if err != nil {
		return nil, err
	}
	go c.attend(l)
	return c, nil
}

// stop ends the part in order and waits for it.
func (c *child) stop() {
	close(c.quit)
	<-c.gone
}

// start starts it once.
func (c *child) start() (*life, error) {
	cmd, err := c.command()
	if err != nil {
		return nil, err
	}
	l := &life{cmd, make(chan struct{}), make(chan struct{})}
	said, complained := c.said(l.ready), c.complained()
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = said, complained, DefaultLastWords
	if c.user == (UserFile{}) {
		err = oneshot.Tie(cmd)
	} else {
		err = oneshot.TieBare(cmd)
	}
	for _, f := range cmd.ExtraFiles {
		f.Close()
	}
	if err != nil {
		return nil, err
	}
	go func() {
		defer close(l.ended)
		oneshot.Reap(cmd) // how it ended shows in whether it was ready
		if len(complained.line) > 0 {
			complained.end()
		}
	}()
	select {
	case <-l.ready:
		return l, nil
	case <-l.ended:
		return nil, fmt.Errorf("centre: the %s does not start; it has said why", c.name)
	case <-c.quit:
		l.end()
		return nil, fmt.Errorf("centre: the node is stopping")
	}
}

// command makes the process of one life, with its own user and a process group
// of its own: a key press that stops the node does not stop it out of turn.
func (c *child) command() (*exec.Cmd, error) {
	cmd := exec.Command(thisProgram(), append([]string{c.name}, c.args...)...)
	if self, err := os.Executable(); err == nil {
		cmd.Args[0] = self // for whoever looks at the processes
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: c.user.credential()}
	if c.hand == nil {
		return cmd, nil
	}
	f, err := c.hand()
	if err != nil {
		return nil, err
	}
	cmd.ExtraFiles = []*os.File{f}
	return cmd, nil
}

// end asks the process to end and waits for it.
func (l *life) end() {
	l.cmd.Process.Signal(syscall.SIGTERM)
	<-l.ended
}

// attend starts the part again whenever it ends by itself.
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
