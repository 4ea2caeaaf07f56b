package centre_test

import (
	"os"
	"testing"
	"time"

	"akashi/centre"
)

// file gives a file to hand over.
func file(t *testing.T) *os.File {
	t.Helper()
	return must(os.Open(os.DevNull))(t)
}

func gone(t *testing.T, what string, w centre.Distant) {
	t.Helper()
	select {
	case <-w.Done():
	case <-time.After(hang):
		t.Fatalf("%s: its end is not told", what)
	}
}

// A launcher hands three files over, and everything else is the node's choice.
func TestAStarterStartsAndEndsWorkers(t *testing.T) {
	start, leave := centre.Starts(t, centre.WorkerConfig{Path: "/bin/sleep", Args: []string{"1000"}, Life: time.Hour}, 1)
	three := func() []*os.File { return []*os.File{file(t), file(t), file(t)} }
	first := must(start(three()))(t)
	select {
	case <-first.Done():
		t.Fatal("it does not live")
	default:
	}
	gone(t, "one too many", must(start(three()))(t))
	gone(t, "too few files", must(start(three()[:2]))(t))
	gone(t, "too many files", must(start(append(three(), three()...)))(t))
	first.Kill()
	gone(t, "a killed one", first)
	first.Kill()                    // of one that is gone does nothing
	last := must(start(three()))(t) // its place came back with its end
	for range 20 {
		select {
		case <-last.Done():
			t.Fatal("refused, though the worker before it is gone")
		case <-time.After(20 * time.Millisecond): // a refusal takes less
		}
		last.Kill()
		gone(t, "a killed one", last)
		last = must(start(three()))(t)
	}
	last.Kill()
	gone(t, "the last", last)
	leave()
	if _, err := start(three()); err == nil {
		t.Error("a start without a node")
	}
}

func TestAWorkerThatCannotStartIsGone(t *testing.T) {
	start, _ := centre.Starts(t, centre.WorkerConfig{Path: "/nonexistent", Life: time.Hour}, 1)
	gone(t, "no program", must(start([]*os.File{file(t), file(t), file(t)}))(t))
	start, _ = centre.Starts(t, centre.WorkerConfig{Path: "/bin/true", Life: time.Hour}, 1)
	gone(t, "a short life", must(start([]*os.File{file(t), file(t), file(t)}))(t))
}
