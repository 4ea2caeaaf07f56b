//go:build linux

package audit_test

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"akashi/centre/audit"
)

// A full disk takes the log down for good; what was acknowledged before is
// there after a restart with room.
func TestAFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=16k"); err != nil {
		if os.Getenv("CI") == "true" && os.Getuid() == 0 {
			t.Fatal(err)
		}
		t.Skip("no right to mount a small disk: ", err)
	}
	t.Cleanup(func() { unix.Unmount(dir, unix.MNT_DETACH) })
	path := filepath.Join(dir, "audit.log")
	l := open(t, path, nil)
	acknowledged := 1
	for l.Append(settled("k1")) == nil {
		if acknowledged++; acknowledged > 1000 {
			t.Fatal("the disk does not fill")
		}
	}
	if !l.Down() || l.Append(settled("k1")) != audit.ErrDown {
		t.Error("the log is not down")
	}
	if l.Close() == nil {
		t.Error("closed in order")
	}
	if err := unix.Mount("tmpfs", dir, "tmpfs", unix.MS_REMOUNT, "size=64k"); err != nil {
		t.Fatal(err)
	}
	seen := 0
	open(t, path, func(audit.Record) { seen++ }).Close()
	if seen < acknowledged {
		t.Errorf("%d records acknowledged, %d there", acknowledged, seen)
	}
}
