// Package pkcs11 keeps the issuer's keys in a token: a hardware security module
// or whatever else speaks PKCS#11. They are born in it, marked so that it gives
// them to nobody, and are found by name and id.
//
// The module is somebody else's library in the process that loads it: only the
// key process does. A PIN is read from its file when the token is logged in to
// and is not kept; the library's interface copies it, so that the process's
// memory must be closed to others (keys.Harden).
package pkcs11

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"akashi/verifier/credential"
)

// Bounds.
const (
	// DefaultMaxConfig bounds a token's description, in bytes.
	DefaultMaxConfig = 4 << 10
	// DefaultMaxPIN bounds a PIN, in bytes: tokens take 255 at most.
	DefaultMaxPIN = 255
	// DefaultSessions is how many signatures a token makes side by side; more
	// wait. Small modules have few sessions, and two cores are busy with these.
	DefaultSessions = 8
	// maxLabel is the length of a token's label, set by PKCS#11.
	maxLabel = 32
)

// Config says where a token is: a file of strict JSON (ReadConfig).
type Config struct {
	// Module is the absolute path of the library. It runs in the key process,
	// so nobody but root may be able to replace it.
	Module string `json:"module"`
	// Label is the token's own, by which it is found in whatever slot it is.
	Label string `json:"label"`
	// PINFile holds the user's PIN and at most one line feed, mode 0600.
	PINFile string `json:"pin_file"`
	// Sessions is how many signatures are made side by side; 0: DefaultSessions.
	Sessions int `json:"sessions,omitempty"`
}

var errConfig = errors.New("pkcs11: token description")

// ParseConfig reads and checks a token's description; an unknown member is an
// error.
func ParseConfig(b []byte) (Config, error) {
	var c Config
	if len(b) > DefaultMaxConfig {
		return c, fmt.Errorf("%w: longer than %d bytes", errConfig, DefaultMaxConfig)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return Config{}, fmt.Errorf("%w: %w", errConfig, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return Config{}, fmt.Errorf("%w: something follows the object; remove it", errConfig)
	}
	switch {
	case !filepath.IsAbs(c.Module):
		return Config{}, fmt.Errorf("%w: module: want the library's absolute path", errConfig)
	case len(c.Label) > maxLabel || !credential.Legible(c.Label):
		return Config{}, fmt.Errorf("%w: label: want the token's own, 1 to %d bytes", errConfig, maxLabel)
	case !filepath.IsAbs(c.PINFile):
		return Config{}, fmt.Errorf("%w: pin_file: want an absolute path", errConfig)
	case c.Sessions < 0 || c.Sessions > 256:
		return Config{}, fmt.Errorf("%w: sessions: want 1 to 256, or leave it out", errConfig)
	}
	if c.Sessions == 0 {
		c.Sessions = DefaultSessions
	}
	return c, nil
}

// ReadConfig reads a token's description from its file.
func ReadConfig(path string) (Config, error) {
	b, err := readBounded(path, DefaultMaxConfig)
	if err != nil {
		return Config{}, err
	}
	c, err := ParseConfig(b)
	if err != nil {
		return Config{}, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

func readBounded(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("pkcs11: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, fmt.Errorf("pkcs11: %w", err)
	}
	return b, nil
}

// readPIN reads the PIN; whoever takes it clears it. No error says anything of
// what is in the file.
func (c Config) readPIN() ([]byte, error) {
	info, err := os.Lstat(c.PINFile)
	if err != nil {
		return nil, fmt.Errorf("pkcs11: %w; write the token's PIN there", err)
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("pkcs11: %s must be a plain file that only its owner may read (chmod 600)", c.PINFile)
	}
	b, err := readBounded(c.PINFile, DefaultMaxPIN+1)
	if err != nil {
		return nil, err
	}
	pin := bytes.TrimSuffix(b, []byte{'\n'})
	if len(pin) == 0 || len(pin) > DefaultMaxPIN || bytes.ContainsAny(pin, "\r\n\x00") {
		clear(b)
		return nil, fmt.Errorf("pkcs11: %s: want the PIN on one line, of at most %d bytes, and nothing else", c.PINFile, DefaultMaxPIN)
	}
	return pin, nil
}
