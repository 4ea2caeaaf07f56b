// Package softhsm gives a test tokens of SoftHSM2, a PKCS#11 module in
// software: real in its interface, a stand-in in its protection.
package softhsm

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"akashi/centre/keys/pkcs11"
)

// Variable names the environment's variable in which SoftHSM looks for its
// configuration.
const Variable = "SOFTHSM2_CONF"

// modules are where Debian puts the library.
var modules = []string{"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so", "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"}

// Hall is a folder of tokens.
type Hall struct {
	Dir    string // of the tokens
	Conf   string // SoftHSM's configuration, in the environment as Variable
	Module string // the library
}

// Token is an initialised token.
type Token struct {
	pkcs11.Config
	File string // its description
	PIN  string
}

// Require makes a hall and names it in the environment of the test. Without
// SoftHSM2 or without cgo the test is skipped, and says so; under CI=true it
// fails.
func Require(t testing.TB) *Hall {
	t.Helper()
	h := &Hall{Dir: filepath.Join(t.TempDir(), "tokens")}
	for _, m := range modules {
		if _, err := os.Stat(m); err == nil {
			h.Module = m
		}
	}
	_, err := exec.LookPath("softhsm2-util")
	switch {
	case !cgo:
		lacking(t, "built without cgo")
	case h.Module == "" || err != nil:
		lacking(t, "no SoftHSM2 (make testdeps)")
	}
	h.Conf = filepath.Join(filepath.Dir(h.Dir), "softhsm2.conf")
	text := fmt.Sprintf("directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = true\n", h.Dir)
	if err := os.WriteFile(h.Conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(h.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv(Variable, h.Conf)
	return h
}

func lacking(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s, and CI must have it", what)
	}
	t.Skipf("%s: keys in a token are not tested", what)
}

// Token makes a token with a fresh PIN, and its description beside it.
func (h *Hall) Token(t testing.TB, label string) *Token {
	t.Helper()
	pin := rand.Text()[:12]
	dir := t.TempDir()
	k := &Token{PIN: pin, File: filepath.Join(dir, "token.json")}
	k.Config = pkcs11.Config{Module: h.Module, Label: label, PINFile: filepath.Join(dir, "pin"), Sessions: 4}
	h.Util(t, "--init-token", "--free", "--label", label, "--so-pin", rand.Text()[:12], "--pin", pin)
	k.WritePIN(t, pin)
	b, err := json.Marshal(k.Config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(k.File, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return k
}

// WritePIN writes another PIN into the file.
func (k *Token) WritePIN(t testing.TB, pin string) {
	t.Helper()
	if err := os.WriteFile(k.PINFile, []byte(pin+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Util runs softhsm2-util.
func (h *Hall) Util(t testing.TB, args ...string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), "softhsm2-util", args...)
	c.Env = append(os.Environ(), Variable+"="+h.Conf)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("softhsm2-util: %v: %s", err, out)
	}
}

// Remove takes every token out; Insert puts them back.
func (h *Hall) Remove(t testing.TB) { h.move(t, h.Dir, h.Dir+".out") }

// Insert puts back what Remove took out.
func (h *Hall) Insert(t testing.TB) { h.move(t, h.Dir+".out", h.Dir) }

func (h *Hall) move(t testing.TB, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}
