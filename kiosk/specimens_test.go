package kiosk_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"akashi/kiosk"
	"akashi/testkit/pki"
	"akashi/verifier/cardrecord"
	"akashi/verifier/trust"
)

// An agent that could let cleartext go unfenced refuses whatever is real.
func TestUnfencedIsForSpecimens(t *testing.T) {
	w, err := pki.New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*trust.List)
		ok     bool
	}{
		"specimens":      {func(*trust.List) {}, true},
		"a real issuer":  {func(l *trust.List) { l.SHC[0].URL = "https://issuer.example" }, false},
		"a real country": {func(l *trust.List) { l.VDSNC[0].Country = "JPN" }, false},
		"real cards": {func(l *trust.List) {
			for _, key := range l.Cards {
				l.Cards[cardrecord.KeyID{'1', '9'}] = key
				break
			}
		}, false},
	} {
		dir := t.TempDir()
		in := func(name string) string { return filepath.Join(dir, name) }
		l, err := w.TrustList()
		if err != nil {
			t.Fatal(err)
		}
		c.change(l)
		b, err := trust.Encode(l, w.TrustRoot)
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{w.WriteDir(dir), w.WriteKiosk(dir, "kiosk-1"), os.WriteFile(in("trust.json"), b, 0o600)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		config := kiosk.Config{
			Centre: "127.0.0.1:1", CentreRoot: in("centre-root.pem"), Certificate: in("kiosk.pem"), Key: in("kiosk.key"),
			Trust: in("trust.json"), TrustRoot: in("trust-root.pem"), State: dir, Printer: kiosk.Printer{Folder: dir},
			OneUser: true, UnfencedDemonstration: true,
		}
		_, err = kiosk.New(config)
		if refused := err != nil && strings.Contains(err.Error(), "unfenced_demonstration"); refused == c.ok || c.ok && err != nil {
			t.Errorf("%s: %v", name, err)
		}
		config.UnfencedDemonstration = false
		if _, err := kiosk.New(config); err != nil {
			t.Errorf("%s, fenced in: %v", name, err)
		}
	}
}
