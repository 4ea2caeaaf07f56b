package payunit

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"time"

	"akashi/centre/wire"
)

// Remote is the panel of a unit that is a process of its own.
type Remote struct{ Panel string }

// DefaultMaxSeen bounds what a panel shows, in bytes: a day of receipts.
const DefaultMaxSeen = 4 << 20

// Press does one thing at the panel.
func (r Remote) Press(p Panel) (Seen, error) {
	c, err := net.Dial("unix", r.Panel)
	if err != nil {
		return Seen{}, err
	}
	defer c.Close()
	if _, err := c.Write(append(wire.Encode(p), '\n')); err != nil {
		return Seen{}, err
	}
	line, err := bufio.NewReader(io.LimitReader(c, DefaultMaxSeen)).ReadBytes('\n')
	if err != nil {
		return Seen{}, err
	}
	return wire.Decode[Seen](line[:len(line)-1], DefaultMaxSeen)
}

// Process is a running unit.
type Process struct {
	Remote
	cmd  *exec.Cmd
	done chan struct{}
}

// Start starts the command payunit at program with its sockets and its memory
// under base, and waits until it answers.
func Start(ctx context.Context, program, base string) (*Process, error) {
	p := &Process{Remote: Remote{base + ".panel"}, done: make(chan struct{})}
	p.cmd = exec.Command(program, "-socket", base+".sock", "-panel", p.Panel, "-memory", base+".memory")
	p.cmd.Stderr = os.Stderr
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { p.cmd.Wait(); close(p.done) }()
	for {
		if _, err := p.Press(Panel{Do: "look"}); err == nil {
			return p, nil
		}
		select {
		case <-p.done:
			return nil, errors.New("payunit: the process ended before it answered")
		case <-ctx.Done():
			p.Kill()
			return nil, ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// Kill pulls its power.
func (p *Process) Kill() { p.cmd.Process.Kill(); <-p.done }

// Done is closed when it is gone.
func (p *Process) Done() <-chan struct{} { return p.done }
