package archtest_test

import (
	"testing"

	"akashi/testkit/archtest"
)

// raced says that the race detector is in this binary.
var raced bool

// The whole project, tests included, compiles on a Mac: there the chain runs
// with the simulated card in process. What verifies papers compiles on Windows
// as well.
func TestCompilesElsewhere(t *testing.T) {
	if raced {
		t.Skip("make test runs this one without the race detector, which makes it five times as dear")
	}
	root := must(archtest.Root())
	if err := archtest.Compiles(root, "darwin", true, "./..."); err != nil {
		t.Errorf("darwin: %v", err)
	}
	if err := archtest.Compiles(root, "windows", false, "./verifier/..."); err != nil {
		t.Errorf("windows: %v", err)
	}
	// What uses a system's own names is found.
	if err := archtest.Compiles(root, "windows", false, "./centre/keys"); err == nil {
		t.Error("descriptors are passed on Windows, it says")
	}
}
