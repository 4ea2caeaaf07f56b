// Package oneshot runs the processes that hold cleartext: it starts one for
// one session, hands it open files, fences it in, and ends it.
//
// What a Go process has held in clear cannot be wiped from it reliably (its
// libraries copy), so such a process lives for one session only. A started
// process has an empty environment, no standard input or output, no core
// dump, a process group of its own and a longest life; it is killed with its
// parent. Fence is what it calls first, before anything secret reaches it.
//
// Linux enforces all of it. Other systems build, start processes with a
// longest life, and Fence there fails with ErrUnfenced.
package oneshot

import (
	"context"
	"errors"
	"os"
	"time"
)

// DefaultMaxLife is the longest life of a process whose Spec names none: an
// issuing worker needs seconds, a slow VRS up to 20.
const DefaultMaxLife = 30 * time.Second

// FirstFile is the number under which Spec.Files[0] stands in the process.
const FirstFile = 3

// ErrUnfenced says that this system cannot fence a process in.
var ErrUnfenced = errors.New("oneshot: this system cannot fence a process in: cleartext is not safe here; run on Linux 5.13 or later")

// Spec describes one process.
type Spec struct {
	Path    string        // executable
	Args    []string      // after the program's name; never anything secret: other processes can read them
	Files   []*os.File    // handed over as FirstFile, FirstFile+1 …; Start closes its own copies
	UID     int           // 0: the caller's; otherwise also the group, and only root can
	MaxLife time.Duration // 0: DefaultMaxLife; then the process group is killed
}

// Process is one started process.
type Process struct{}

// Start starts a process. It ends when it is done, when MaxLife or ctx is over,
// when Kill is called, or when this process ends, however that happens.
func Start(ctx context.Context, s Spec) (*Process, error) { return nil, ErrUnfenced }

// PID gives the process id.
func (p *Process) PID() int { return 0 }

// Kill ends the process and its group at once.
func (p *Process) Kill() {}

// Done is closed when the process is gone and reaped.
func (p *Process) Done() <-chan struct{} { return nil }

// Wait waits for the end: nil for exit code 0, ErrKilled, or *ExitError.
func (p *Process) Wait() error { return nil }

// Limits says what a fenced process may still do.
type Limits struct {
	ReadOnly []string // folders and files that may be read; none by default
	Accept   bool     // connections may be accepted on an inherited listener
}

// Fence takes from the calling process, for good, what its work does not need:
// debuggers and core dumps, new privileges, files, new sockets, new programs.
// It holds for all threads. What the system cannot enforce is an error.
func Fence(l Limits) error { return ErrUnfenced }

// File gives the i-th handed-over file inside the process.
func File(i int) *os.File { return os.NewFile(uintptr(FirstFile+i), "handed over") }
