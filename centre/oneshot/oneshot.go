// Package oneshot runs the processes that hold cleartext: it starts one for
// one session, hands it open files, fences it in, and ends it.
//
// What a Go process has held in clear cannot be wiped from it reliably (its
// libraries copy), so such a process lives for one session only. A started
// process has an empty environment, no standard input or output, no core
// dump, a process group of its own and a longest life; it is killed with its
// parent. Fence is what it calls first, before anything secret reaches it.
//
// Linux enforces all of it. Other systems build and start processes with a
// longest life, but there a process outlives a killed parent, is not held to
// its user and may dump core; Fence fails with ErrUnfenced, unless Limits say
// that this is a demonstration. The build tag nofence makes Linux such a system,
// so that what runs on the others can be tried on it.
package oneshot

import (
	"errors"
	"net"
	"os"
	"strconv"
	"time"
)

// DefaultMaxLife is the longest life of a process whose Spec names none: an
// issuing worker needs seconds, a slow VRS up to 20.
const DefaultMaxLife = 30 * time.Second

// FirstFile is the number under which Spec.Files[0] stands in the process.
const FirstFile = 3

var (
	// ErrUnfenced says that this system cannot fence a process in.
	ErrUnfenced = errors.New("oneshot: this system cannot fence a process in: cleartext is not safe here; run on Linux 5.13 or later with seccomp")

	// ErrKilled says that a process did not end by itself: its longest life
	// was over, its caller gave up, or the system ended it.
	ErrKilled = errors.New("oneshot: the process was killed before it was done")
)

// ExitError says that a process ended by itself and was not content.
type ExitError struct{ Code int }

// Error gives the exit code.
func (e *ExitError) Error() string {
	return "oneshot: the process ended with exit code " + strconv.Itoa(e.Code)
}

// Spec describes one process.
type Spec struct {
	Path    string        // executable, for UID as well
	Args    []string      // after the program's name; never anything secret: other processes can read them
	Files   []*os.File    // handed over as FirstFile, FirstFile+1 …; Start closes its own copies, also when it fails
	UID     int           // 0: the caller's; otherwise the user, which only root can choose
	GID     int           // its one group; 0: the number of UID
	MaxLife time.Duration // 0: DefaultMaxLife; then the process group is killed
}

// Limits says what a fenced process may still do besides computing and using
// the files that it was handed.
type Limits struct {
	ReadOnly []string // folders and files that may be read; none by default
	Folder   string   // the one folder in which files may be made and removed; none by default
	Accept   bool     // connections may be accepted on an inherited listener
	// Connect is the one folder whose Unix sockets may be connected to; none by
	// default. No socket of another family can be made. A kernel whose Landlock
	// knows Unix sockets (ABI 9) holds it to the folder; below that it is the
	// other sockets' own rights that keep the process's user away.
	Connect string
	// Unfenced, for demonstration only, lets the process go on where the system
	// has no fence (Fences is false): it is not confined then. Where the system
	// has one, it stands or the process ends, whatever this says. Whoever sets it
	// makes sure that every certificate is a specimen.
	Unfenced bool
}

// UnfencedArgument, last on a one-shot process's command line, has it set
// Limits.Unfenced.
const UnfencedArgument = "-unfenced-demonstration"

// UnfencedNotice is what a program says that starts such processes.
const UnfencedNotice = "no fence on this system: processes are not confined; for demonstration only, with specimens"

// Demonstrates takes UnfencedArgument from the end of a command line and
// reports whether it was there.
func Demonstrates(args []string) (rest []string, unfenced bool) {
	if last := len(args) - 1; last > 0 && args[last] == UnfencedArgument {
		return args[:last], true
	}
	return args, false
}

// Arguments gives a one-shot process's arguments, with UnfencedArgument if the
// starter is set so.
func Arguments(unfenced bool, args ...string) []string {
	if unfenced {
		return append(args, UnfencedArgument)
	}
	return args
}

// File gives the i-th handed-over file inside the process.
func File(i int) *os.File { return os.NewFile(uintptr(FirstFile+i), "handed over") }

// Pair makes two connected sockets, one to speak on and one to hand over.
func Pair() (net.Conn, *os.File, error) {
	ours, theirs, err := Sockets()
	if err != nil {
		return nil, nil, err
	}
	defer ours.Close() // FileConn keeps a copy of its own
	c, err := net.FileConn(ours)
	if err != nil {
		theirs.Close()
		return nil, nil, err
	}
	return c, theirs, nil
}
