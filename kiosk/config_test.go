package kiosk

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"akashi/centre/wire"
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

// TestUsersAreApart holds every pair of users that a kiosk has, and the agent's
// group against each.
func TestUsersAreApart(t *testing.T) {
	const agent, group = 900, 899
	with := func(all [4]int) Config {
		c := Config{UID: UID{Session: all[0], Reader: all[1], Print: all[2]}}
		c.Screen.Browser = Browser{Program: "/usr/bin/chromium", UID: all[3]}
		return c
	}
	if !with([4]int{901, 902, 903, 904}).apart(agent, group) {
		t.Error("users of their own are refused")
	}
	for i := range 4 {
		for _, other := range []int{-1, 0, agent, group, 901, 902, 903, 904} {
			all := [4]int{901, 902, 903, 904}
			if all[i] == other {
				continue
			}
			all[i] = other
			if with(all).apart(agent, group) {
				t.Errorf("session, reader, print, browser %v: taken for apart from each other and from %d", all, agent)
			}
		}
	}
	c := with([4]int{901, 902, 903, 901})
	c.Screen.Browser = Browser{}
	if !c.apart(agent, group) {
		t.Error("a kiosk without a browser needs no user for it")
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
	t.Run("a pipe", func(t *testing.T) {
		pipe := filepath.Join(t.TempDir(), "pipe") // nobody writes to it
		if err := syscall.Mkfifo(pipe, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadConfig(pipe); !errors.Is(err, ErrConfig) {
			t.Errorf("got %v", err)
		}
		if _, err := blocks(pipe, "CERTIFICATE"); !errors.Is(err, ErrConfig) {
			t.Errorf("PEM: %v", err)
		}
		if a := (alarm{filepath.Dir(pipe)}); os.Rename(pipe, filepath.Join(a.dir, alarmFile)) != nil || a.code() != wire.LastLook {
			t.Errorf("an alarm that is a pipe: %v", a.code())
		}
	})
	t.Run("PEM", func(t *testing.T) {
		good := "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
		for text, want := range map[string]int{good: 1, good + good: 2, "": 0, "x\n" + good: 0, good + "x\n": 0,
			good + strings.ReplaceAll(good, "CERTIFICATE", "PUBLIC KEY"): 0, good + strings.Repeat("\n", DefaultMaxConfig): 0} {
			path := filepath.Join(t.TempDir(), "some.pem")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if got, err := blocks(path, "CERTIFICATE"); len(got) != want || (err == nil) != (want > 0) {
				t.Errorf("%.40q: %d blocks, %v", text, len(got), err)
			}
		}
	})
	t.Run("a folder", func(t *testing.T) {
		if _, err := LoadConfig(t.TempDir()); !errors.Is(err, ErrConfig) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("no file", func(t *testing.T) {
		if _, err := LoadConfig(filepath.Join(t.TempDir(), "none.json")); !errors.Is(err, ErrConfig) {
			t.Errorf("got %v", err)
		}
	})
}
