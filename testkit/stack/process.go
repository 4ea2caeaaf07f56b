package stack

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"akashi/testkit/users"
)

// Process is one started program; what it says is in its log.
type Process struct {
	Name string
	Log  string
	cmd  *exec.Cmd
	done chan struct{}
}

// Running names a process for a scan.
type Running struct {
	Name string
	PID  int
}

// start starts a program and waits for the line of its output that begins with
// ready. Its output goes to a log file.
func (s *Stack) start(ctx context.Context, name, ready, program string, args ...string) (*Process, string, error) {
	return s.startAs(ctx, 0, name, ready, filepath.Join(s.o.Bin, program), args...)
}

// startAs is start with a program's path and another user (testkit/users), 0
// for ours.
func (s *Stack) startAs(ctx context.Context, user int, name, ready, program string, args ...string) (*Process, string, error) {
	p := &Process{Name: name, Log: s.path("log", name+".log"), done: make(chan struct{})}
	log, err := os.Create(p.Log)
	if err != nil {
		return nil, "", err
	}
	defer log.Close()
	p.cmd = exec.Command(program, args...)
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.cmd.SysProcAttr = endWithParent()
	if user != 0 {
		p.cmd.SysProcAttr = asUser(p.cmd.SysProcAttr, user)
	}
	p.cmd.Dir = s.Dir
	p.cmd.Env = append(os.Environ(), s.temp()...)
	if err := p.cmd.Start(); err != nil {
		return nil, "", fmt.Errorf("stack: %s: %w; `make build` makes the programs", program, err)
	}
	go func() { _ = p.cmd.Wait(); close(p.done) }()
	s.processes = append(s.processes, p)
	line, err := p.await(ctx, ready)
	return p, line, err
}

// asUser adds a user to how a process is started.
func asUser(a *syscall.SysProcAttr, id int) *syscall.SysProcAttr {
	if a == nil {
		a = &syscall.SysProcAttr{}
	}
	a.Credential = users.As(id)
	return a
}

// await waits until the log has a line that begins with ready.
func (p *Process) await(ctx context.Context, ready string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, DefaultStart)
	defer cancel()
	for {
		if line, ok := p.find(ready); ok {
			return line, nil
		}
		select {
		case <-p.done:
			return "", fmt.Errorf("stack: %s ended before it was ready; it said: %s", p.Name, p.tail())
		case <-ctx.Done():
			return "", fmt.Errorf("stack: %s did not get ready: %w; it said: %s", p.Name, ctx.Err(), p.tail())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (p *Process) find(begin string) (string, bool) {
	f, err := os.Open(p.Log)
	if err != nil {
		return "", false
	}
	defer f.Close()
	r := bufio.NewReader(f)
	for {
		line, err := r.ReadString('\n')
		if err != nil { // a line without its end is not whole yet
			return "", false
		}
		if strings.HasPrefix(line, begin) {
			return strings.TrimSpace(line), true
		}
	}
}

// tail gives the end of the log, for a person who asks why.
func (p *Process) tail() string {
	b, err := os.ReadFile(p.Log)
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(b[max(0, len(b)-1000):]))
}

// Since gives what the process has said after the first n bytes of its log.
func (p *Process) Since(n int64) ([]byte, error) {
	f, err := os.Open(p.Log)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if _, err := f.Seek(n, io.SeekStart); err != nil {
		return nil, err
	}
	return io.ReadAll(f)
}

// Said gives the length of the log in bytes.
func (p *Process) Said() int64 {
	i, err := os.Stat(p.Log)
	if err != nil {
		return 0
	}
	return i.Size()
}

// PID gives the process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Alive reports whether the process still runs.
func (p *Process) Alive() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// Kill ends the process at once, as a power cut would.
func (p *Process) Kill() { _ = p.cmd.Process.Kill(); <-p.done }

// Stop asks the process to end, and ends it if it does not.
func (p *Process) Stop() error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
		return nil
	case <-time.After(20 * time.Second):
		p.Kill()
		return errors.New("stack: " + p.Name + " did not end when asked")
	}
}

// family gives the process and its descendants that live now.
func (p *Process) family() []Running {
	if !p.Alive() {
		return nil
	}
	all := []Running{{p.Name, p.PID()}}
	for i := 0; i < len(all); i++ {
		for _, c := range children(all[i].PID) {
			all = append(all, Running{p.Name + "/" + command(c), c})
		}
	}
	return all
}

// children reads a process's children from /proc; none where there is no /proc.
func children(pid int) []int {
	tasks, _ := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/children")
	var all []int
	for _, t := range tasks {
		b, _ := os.ReadFile(t)
		for _, f := range strings.Fields(string(b)) {
			if n, err := strconv.Atoi(f); err == nil {
				all = append(all, n)
			}
		}
	}
	return all
}

// command gives a process's program and first argument.
func command(pid int) string {
	b, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
	args := strings.Split(string(b), "\x00")
	name := filepath.Base(args[0])
	if len(args) > 1 {
		name += " " + args[1]
	}
	return name
}
