package oneshot

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"sync"
	"time"
)

// Process is one started process.
type Process struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error // set when done

	mu     sync.Mutex
	reaped bool // its number may be another's by now
}

// Start starts a process. It ends when it is done, when MaxLife or ctx is over,
// when Kill is called, or when this process ends, however that happens.
func Start(ctx context.Context, s Spec) (*Process, error) {
	defer func() {
		for _, f := range s.Files {
			f.Close()
		}
	}()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	cmd := exec.Command(s.Path, s.Args...)
	cmd.Env = []string{}
	cmd.Dir = string(os.PathSeparator)
	cmd.ExtraFiles = s.Files
	confine(cmd, s.UID, s.GID)
	if err := tied(cmd); err != nil {
		return nil, err
	}
	noCore(cmd.Process.Pid)
	p := &Process{cmd: cmd, done: make(chan struct{})}
	life := s.MaxLife
	if life <= 0 {
		life = DefaultMaxLife
	}
	timer := time.AfterFunc(life, p.Kill)
	stop := context.AfterFunc(ctx, p.Kill)
	go func() {
		p.reap()
		timer.Stop()
		stop()
		close(p.done)
	}()
	return p, nil
}

// Tie starts cmd such that it ends with this process. It is for long-lived
// children, which keep their environment and output; Start ties as well.
func Tie(cmd *exec.Cmd) error { return tied(cmd) }

// TieBare is Tie for a command that root starts as another user: neither it nor
// what it starts gets new privileges, from no program, and its bounding set is
// empty where this process may empty it (CAP_SETPCAP).
func TieBare(cmd *exec.Cmd) error { return bare(cmd) }

// Reap waits for the end of a tied command that leads a process group, as
// exec.Cmd's Wait does, and takes with it whatever is left of the group.
func Reap(cmd *exec.Cmd) error {
	if awaitExit(cmd.Process.Pid) {
		killGroup(cmd.Process)
	}
	return cmd.Wait()
}

// reap waits for the end and takes with it whatever the process has started.
func (p *Process) reap() {
	if awaitExit(p.cmd.Process.Pid) {
		p.last(killGroup)
	}
	err := p.cmd.Wait()
	p.last(func(*os.Process) {})
	var exit *exec.ExitError
	switch {
	case err == nil:
	case errors.As(err, &exit) && exit.Exited():
		p.err = &ExitError{exit.ExitCode()}
	default:
		p.err = ErrKilled
	}
}

// last does something to the process while its number is its own, and closes
// it to Kill.
func (p *Process) last(f func(*os.Process)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f(p.cmd.Process)
	p.reaped = true
}

// PID gives the process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Kill ends the process and its group at once; nothing when it has ended.
func (p *Process) Kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.reaped {
		killGroup(p.cmd.Process)
	}
}

// Done is closed when the process is gone and reaped.
func (p *Process) Done() <-chan struct{} { return p.done }

// Wait waits for the end: nil for exit code 0, ErrKilled, or *ExitError.
func (p *Process) Wait() error {
	<-p.done
	return p.err
}
