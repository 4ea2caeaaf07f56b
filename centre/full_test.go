//go:build linux

package centre_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"akashi/centre"
	"akashi/centre/wire"
)

// When the audit's disk is full nothing is issued, whatever a kiosk tries; an
// alarm still stops, and what was issued is still on the chain.
func TestAFullAuditDiskStopsIssuing(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=32k"); err != nil {
		if os.Getenv("CI") == "true" && os.Getuid() == 0 {
			t.Fatal(err)
		}
		t.Skip("no right to mount a small disk: ", err)
	}
	t.Cleanup(func() { unix.Unmount(dir, unix.MNT_DETACH) })
	h := build(t, 2, func(c *centre.LauncherConfig) { c.Audit = filepath.Join(dir, "audit.log") })
	k := h.kiosk("k0")
	issued := 0
	for {
		_, err := k.whole("", nil)
		if err == nil {
			if issued++; issued > 200 {
				t.Fatal("the disk does not fill")
			}
			continue
		}
		if !errors.Is(err, wire.AuditDown) {
			t.Fatalf("after %d answers: %v", issued, err)
		}
		break
	}
	if issued == 0 {
		t.Error("nothing was issued before")
	}
	for range 3 {
		if _, err := k.open(); !errors.Is(err, wire.AuditDown) {
			t.Errorf("a new session: %v", err)
		}
	}
	if _, err := k.ask(wire.TypeAlarm, wire.Alarm{Code: wire.LastLook}); !errors.Is(err, wire.AuditDown) {
		t.Errorf("an alarm that cannot be written: %v", err)
	}
	h.until("the alarm holds all the same", func() bool { return !k.enabled() })
	if _, err := k.ask(wire.TypeSettle, wire.Settle{Municipality: city}); !errors.Is(err, wire.AuditDown) {
		t.Errorf("a settlement that cannot be written: %v", err)
	}
	h.noWorkers()
}
