// Package leak is the control of a residue scan: a process that keeps what it
// was given in its memory, on purpose. A scan that does not find it is blind.
package leak

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
)

// processName is argv[0] of a program that runs as the leaking process.
const processName = "akashi-canary-leak"

// Process is a process that leaks.
type Process struct {
	PID   int
	cmd   *exec.Cmd
	stdin io.WriteCloser
}

// Start starts this program once more; it keeps each of secrets until Close or
// until this process ends.
func Start(secrets ...[]byte) (*Process, error) {
	path, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("leak: %w", err)
	}
	cmd := &exec.Cmd{Path: path, Args: []string{processName}, Stderr: os.Stderr}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("leak: %w", err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("leak: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("leak: %w", err)
	}
	p := &Process{PID: cmd.Process.Pid, cmd: cmd, stdin: stdin}
	if err := json.NewEncoder(stdin).Encode(secrets); err != nil {
		return nil, errors.Join(fmt.Errorf("leak: %w", err), p.Close())
	}
	if _, err := stdout.Read(make([]byte, 1)); err != nil {
		return nil, errors.Join(fmt.Errorf("leak: the process did not take the secrets: %w", err), p.Close())
	}
	return p, nil
}

// Close ends the process.
func (p *Process) Close() error {
	p.stdin.Close()
	return p.cmd.Wait()
}

// hold is the leaking process's life.
func hold(in io.Reader, out io.Writer) int {
	var secrets [][]byte
	if err := json.NewDecoder(in).Decode(&secrets); err != nil {
		return 1
	}
	fmt.Fprint(out, ".")
	io.Copy(io.Discard, in)
	runtime.KeepAlive(secrets)
	return 0
}

func init() {
	if os.Args[0] == processName {
		os.Exit(hold(os.Stdin, os.Stdout))
	}
}
