package kiosk_test

import (
	"os"
	"path/filepath"
	"testing"

	"akashi/centre/wire"
	"akashi/kiosk"
	"akashi/verifier/credential"
)

// sensor has the tray's sensor say something.
func (c *town) sensor(says string) {
	c.t.Helper()
	if err := os.WriteFile(filepath.Join(c.dir, "tray"), []byte(says+"\n"), 0o644); err != nil {
		c.t.Fatal(err)
	}
}

func withTray(k *kiosk.Config) { k.Devices.Tray, k.Seconds.Watch, k.Seconds.Beat = "tray", 1, 1 }

// Nobody begins a session in front of another person's paper; the centre knows,
// and the kiosk serves again once it is taken.
func TestPaperLeftInTheTray(t *testing.T) {
	c := newTown(t, withTray)
	c.await(wire.OK)
	c.sensor("1")
	c.await(wire.PaperLeft)
	if v := c.walk("takasaki", credential.Domestic); v.first.Code != wire.PaperLeft || v.first.Address != "" {
		t.Errorf("a session began: %+v", v.first)
	}
	c.until("the centre knows", func() bool { r := c.reported(); return r.Serving == wire.PaperLeft && r.Tray == wire.Present })
	c.sensor("0")
	c.await(wire.OK)
	if v := c.walk("takasaki", credential.Domestic); v.last.Code != wire.OK || len(c.papers()) != 1 {
		t.Errorf("%v, %d papers", v.last.Code, len(c.papers()))
	}
}
