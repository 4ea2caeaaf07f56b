// Package browser drives the system's Chromium for tests and pictures, through
// playwright-core in a node process (make browser installs it). One Browser
// serves a package's tests; each Page has a profile of its own.
package browser

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
)

// DefaultMaxLine bounds one answer of the driver: a report of axe on a page
// with many faults.
const DefaultMaxLine = 16 << 20

// ErrMissing says what the machine lacks to run Chromium.
var ErrMissing = errors.New("browser: make deps browser installs what is missing")

// Browser is one running Chromium. Its methods may be called from any
// goroutine; they take turns.
type Browser struct {
	Version string

	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
	mu  sync.Mutex
	n   int
}

// Start starts Chromium. It runs without its sandbox where the caller is root,
// which the sandbox refuses: only pages of this project are opened. more are
// further arguments of Chromium.
func Start(ctx context.Context, more ...string) (*Browser, error) {
	path, err := exec.LookPath("chromium")
	if err != nil {
		return nil, fmt.Errorf("%w: chromium", ErrMissing)
	}
	if _, err := exec.LookPath("node"); err != nil {
		return nil, fmt.Errorf("%w: node", ErrMissing)
	}
	dir := folder()
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "playwright-core")); err != nil {
		return nil, fmt.Errorf("%w: playwright-core", ErrMissing)
	}
	args := []string{filepath.Join(dir, "driver.mjs"), path, "--font-render-hinting=none", "--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required"}
	if os.Geteuid() == 0 {
		args = append(args, "--no-sandbox")
	}
	args = append(args, more...)
	b := &Browser{cmd: exec.CommandContext(ctx, "node", args...)}
	b.cmd.Stderr = os.Stderr
	if b.in, err = b.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := b.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := b.cmd.Start(); err != nil {
		return nil, err
	}
	b.out = bufio.NewScanner(out)
	b.out.Buffer(nil, DefaultMaxLine)
	var hello struct{ Version string }
	if err := b.read(&hello); err != nil {
		b.Close()
		return nil, err
	}
	b.Version = hello.Version
	return b, nil
}

// folder is where driver and packages lie: tests run in the source tree.
func folder() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(file)
}

// Close ends Chromium.
func (b *Browser) Close() error {
	b.in.Close()
	return b.cmd.Wait()
}

func (b *Browser) read(v any) error {
	if !b.out.Scan() {
		return fmt.Errorf("browser: the driver is gone: %w", errors.Join(b.out.Err(), io.ErrUnexpectedEOF))
	}
	return json.Unmarshal(b.out.Bytes(), v)
}

// ask lets the driver do one thing; v takes the result.
func (b *Browser) ask(what string, members map[string]any, v any) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.n++
	m := map[string]any{"id": b.n, "do": what}
	for k, x := range members {
		m[k] = x
	}
	line, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if _, err := b.in.Write(append(line, '\n')); err != nil {
		return err
	}
	var answer struct {
		ID     int
		Error  string
		Result json.RawMessage
	}
	if err := b.read(&answer); err != nil {
		return err
	}
	if answer.Error != "" {
		return fmt.Errorf("browser: %s: %s", what, answer.Error)
	}
	if v == nil {
		return nil
	}
	return json.Unmarshal(answer.Result, v)
}
