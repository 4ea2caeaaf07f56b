//go:build linux && !nofence

package oneshot_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"akashi/centre/oneshot"
)

// inFolder fences itself in with one folder to write in, makes a file there as
// the print process does, and tries everything outside.
func inFolder(args []string) {
	dir, other := args[0], args[1]
	if err := oneshot.Fence(oneshot.Limits{Folder: dir}); err != nil {
		report("not fenced", map[string]string{"err": err.Error()})
		os.Exit(1)
	}
	outside := filepath.Join(other, "file")
	read := func(path string) error { _, err := os.ReadFile(path); return err }
	report("tried", map[string]string{
		"print":         fault(keep(dir)),
		"read outside":  fault(read(outside)),
		"read passwd":   fault(read("/etc/passwd")),
		"write outside": fault(os.WriteFile(filepath.Join(other, "new"), nil, 0o600)),
		"link outside":  fault(unix.Link(filepath.Join(dir, "mine"), filepath.Join(other, "mine"))),
		"remove":        fault(unix.Unlink(outside)),
		"connect":       fault(func() error { _, err := net.Dial("tcp", "127.0.0.1:1"); return err }()),
		"run":           fault(exec.Command("/bin/true").Run()),
	})
}

// keep makes a file as a print process does: whole, synced, then under its name.
func keep(dir string) error {
	f, err := os.OpenFile(filepath.Join(dir, "part"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.WriteString("%PDF"); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := os.Link(filepath.Join(dir, "part"), filepath.Join(dir, "whole.pdf")); err != nil {
		return err
	}
	return os.Remove(filepath.Join(dir, "part"))
}

func TestAFencedChildMayWriteInItsFolderOnly(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	for _, f := range []string{filepath.Join(dir, "mine"), filepath.Join(other, "file")} {
		if err := os.WriteFile(f, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got := start(t, oneshot.Spec{Args: []string{dir, other}}, "folder").next(t)
	if got.What != "tried" {
		t.Fatalf("the child said %+v", got)
	}
	for name, said := range got.With {
		if (name == "print") != (said == "ok") {
			t.Errorf("%s: %s", name, said)
		}
	}
	if papers, _ := filepath.Glob(filepath.Join(dir, "*.pdf")); len(papers) != 1 {
		t.Errorf("%d papers in the folder", len(papers))
	}
}
