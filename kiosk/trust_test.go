package kiosk_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"akashi/centre/wire"
	"akashi/kiosk"
	"akashi/testkit/pki"
	"akashi/verifier/credential"
	"akashi/verifier/trust"
)

// published signs the world's list with another version and end.
func published(t *testing.T, w *pki.World, version int, life time.Duration) []byte {
	t.Helper()
	l, err := w.TrustList()
	if err != nil {
		t.Fatal(err)
	}
	l.Version, l.Expires = version, time.Now().UTC().Truncate(time.Second).Add(life)
	b, err := trust.Encode(l, w.TrustRoot)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// publish replaces the kiosk's list while its agent runs.
func (c *town) publish(b []byte) {
	c.t.Helper()
	path := filepath.Join(c.dir, "trust.json")
	if err := os.WriteFile(path+".tmp", b, 0o644); err != nil {
		c.t.Fatal(err)
	}
	if err := os.Rename(path+".tmp", path); err != nil {
		c.t.Fatal(err)
	}
}

// stands holds the state's word on the list.
func (c *town) stands(what string, state wire.Code, want kiosk.TrustList) {
	c.t.Helper()
	got := c.once("state")
	if got.Code != state || got.Trust == nil || *got.Trust != want {
		c.t.Errorf("%s: %v, %+v; want %v, %+v", what, got.Code, got.Trust, state, want)
	}
}

const day = 24 * time.Hour

// The list is replaced while the agent runs: the newest good one is used, an
// older one never, and one that would end under a resident lets none begin.
func TestTrustListIsReplaced(t *testing.T) {
	c := newTown(t, func(k *kiosk.Config) { k.Seconds.Beat = 1 })
	c.await(wire.OK)
	c.publish(published(t, c.pki, 2, time.Minute)) // less than a session may take
	c.stands("ending in a session", wire.ListExpired, kiosk.TrustList{Version: 2, Code: wire.ListExpired})
	if got := c.once("start"); got.Code != wire.ListExpired || got.Address != "" {
		t.Errorf("a session under a list that ends: %+v", got)
	}
	c.seen(wire.ListExpired)
	c.restart(func() {})
	c.await(wire.ListExpired)
	c.publish(published(t, c.pki, 3, 3*day+time.Hour))
	c.await(wire.OK)
	c.stands("a new list", wire.OK, kiosk.TrustList{Version: 3, Days: 3, Code: wire.ListExpiring})
	c.seen(wire.ListExpiring)
	third := published(t, c.pki, 4, 60*day+time.Hour)
	c.publish(third)
	c.stands("a better one", wire.OK, kiosk.TrustList{Version: 4, Days: 60})
	c.publish(published(t, c.pki, 1, 80*day))
	c.stands("an older one", wire.OK, kiosk.TrustList{Version: 4, Days: 60, Code: wire.ListRefused, Refused: "trust.rollback"})
	c.seen(wire.ListRefused)
	c.publish([]byte(strings.Replace(string(third), `"version":4`, `"version":5`, 1)))
	c.stands("an unsigned one", wire.OK, kiosk.TrustList{Version: 4, Days: 60, Code: wire.ListRefused, Refused: "trust.signature"})
	if v := c.walk("takasaki", credential.Domestic); v.last.Code != wire.OK || len(c.papers()) != 1 {
		t.Errorf("under the newest good list: %+v", v.last)
	}
}

// After a restart an older list is refused, and so is a damaged memory of what
// was used before.
func TestTrustListAtStart(t *testing.T) {
	w, err := pki.New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := w.WriteDir(dir); err != nil {
		t.Fatal(err)
	}
	if err := w.WriteKiosk(dir, "kiosk-1"); err != nil {
		t.Fatal(err)
	}
	in := func(name string) string { return filepath.Join(dir, name) }
	config := kiosk.Config{
		Centre: "127.0.0.1:1", CentreRoot: in("centre-root.pem"), Certificate: in("kiosk.pem"), Key: in("kiosk.key"),
		Trust: in("trust.json"), TrustRoot: in("trust-root.pem"), State: dir, Printer: kiosk.Printer{Folder: dir},
	}
	write := func(name string, b []byte) {
		if err := os.WriteFile(in(name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	expect := func(what, want string) {
		t.Helper()
		_, err := kiosk.New(config)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", what, err, want)
		}
	}
	write("trust.json", published(t, w, 7, 60*day))
	expect("first start", "")
	write("trust.json", published(t, w, 6, 60*day))
	expect("an older list", "trust.rollback")
	write("trust.json", published(t, w, 8, 60*day))
	write("trust", []byte("{}"))
	expect("a damaged state", "damaged")
	write("trust-root.pem", []byte("no key"))
	expect("no root", "PUBLIC KEY")
}
