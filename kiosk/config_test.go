package kiosk

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// plain is a configuration that lacks nothing.
func plain() map[string]any {
	return map[string]any{
		"centre": "127.0.0.1:7443", "centre_root": "centre-root.pem", "certificate": "kiosk.pem", "key": "kiosk.key",
		"trust": "trust.json", "trust_root": "trust-root.pem", "disease": "covid-19", "origin": "http://127.0.0.1:8080",
		"control": "/run/akashi/kiosk.sock", "state": "state", "cache": "/var/lib/akashi/compiled", "reader": map[string]any{"socket": "card.sock"}, "printer": map[string]any{"folder": "out"},
		"uid": map[string]any{"session": 901, "reader": 902, "print": 903},
	}
}

func text(t *testing.T, m map[string]any) []byte {
	t.Helper()
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestConfigPathsStartAtTheFile(t *testing.T) {
	c, err := ParseConfig(text(t, plain()), "/etc/akashi")
	if err != nil {
		t.Fatal(err)
	}
	if c.State != "/etc/akashi/state" || c.Control != "/run/akashi/kiosk.sock" || c.Cache != "/var/lib/akashi/compiled" || c.Reader.Socket != "/etc/akashi/card.sock" {
		t.Errorf("paths %q %q %q %q", c.State, c.Control, c.Cache, c.Reader.Socket)
	}
}

func TestConfigOfOneUser(t *testing.T) {
	m := plain()
	delete(m, "uid")
	m["one_user"] = true
	if _, err := ParseConfig(text(t, m), "/etc"); err != nil {
		t.Error(err)
	}
}

func TestConfigRefuses(t *testing.T) {
	with := func(k string, v any) func(map[string]any) { return func(m map[string]any) { m[k] = v } }
	browser := func(program, profile string, uid int) func(map[string]any) {
		return with("screen", map[string]any{"browser": map[string]any{"program": program, "profile": profile, "uid": uid}})
	}
	cases := map[string]func(map[string]any){
		"root for the session":    with("uid", map[string]any{"session": 0, "reader": 902, "print": 903}),
		"root for the reader":     with("uid", map[string]any{"session": 901, "reader": 0, "print": 903}),
		"root for print":          with("uid", map[string]any{"session": 901, "reader": 902}),
		"a user below root":       with("uid", map[string]any{"session": -1, "reader": 902, "print": 903}),
		"one user for two":        with("uid", map[string]any{"session": 901, "reader": 902, "print": 902}),
		"users and one user":      with("one_user", true),
		"unknown member":          with("pin_log", true),
		"both readers":            with("reader", map[string]any{"socket": "x", "program": "y", "name": "z"}),
		"no reader":               with("reader", map[string]any{}),
		"a reader without a name": with("reader", map[string]any{"program": "y"}),
		"too many copies":         with("max_copies", 11),
		"two printers":            with("printer", map[string]any{"folder": "out", "ipp": "ipp://127.0.0.1/ipp/print"}),
		"no printer":              with("printer", map[string]any{}),
		"ipps without a pin":      with("printer", map[string]any{"ipp": "ipps://192.0.2.1/ipp/print"}),
		"a pin that does nothing": with("printer", map[string]any{"ipp": "ipp://127.0.0.1/ipp/print", "certificate": "printer.pem"}),
		"a pin for a folder":      with("printer", map[string]any{"folder": "out", "certificate": "printer.pem"}),
		"origin and a page":       with("screen", map[string]any{"listen": "127.0.0.1:0"}),
		"a panel for nobody":      with("screen", map[string]any{"panel": map[string]any{"width": 20, "height": 20}}),
		"a switch for no headset": with("screen", map[string]any{"loudspeaker": "amplifier"}),
		"a profile on a disk":     browser("/usr/bin/chromium", "/proc", 904),
		"a browser without path":  browser("chromium", "/dev/shm", 904),
		"a browser of no user":    browser("/usr/bin/chromium", "/dev/shm", -1),
	}
	for _, k := range []string{"centre", "centre_root", "certificate", "key", "trust", "trust_root", "disease", "origin", "control", "state", "cache", "printer", "uid"} {
		cases["no "+k] = func(m map[string]any) { delete(m, k) }
	}
	for name, spoil := range cases {
		t.Run(name, func(t *testing.T) {
			m := plain()
			spoil(m)
			if _, err := ParseConfig(text(t, m), "/etc"); !errors.Is(err, ErrConfig) {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("something behind it", func(t *testing.T) {
		for _, more := range []string{"{}", "}", "}}", "]", " x"} {
			if _, err := ParseConfig(append(text(t, plain()), more...), "/etc"); !errors.Is(err, ErrConfig) {
				t.Errorf("%q: got %v", more, err)
			}
		}
		if _, err := ParseConfig(append(text(t, plain()), " \n"...), "/etc"); err != nil {
			t.Errorf("a last line's end: %v", err)
		}
	})
	t.Run("too large", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "big.json")
		if err := os.WriteFile(path, []byte(strings.Repeat(" ", DefaultMaxConfig+2)), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadConfig(path); !errors.Is(err, ErrConfig) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("no file", func(t *testing.T) {
		if _, err := LoadConfig(filepath.Join(t.TempDir(), "none.json")); !errors.Is(err, ErrConfig) {
			t.Errorf("got %v", err)
		}
	})
}
