package fleet

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"akashi/centre/wire/release"
	"akashi/verifier/credential"
)

// DefaultMaxConfig bounds the file: 60,000 kiosks of some 150 bytes each.
const DefaultMaxConfig = 16 << 20

// Config is the file's form. Every member must be there but those said to be
// optional, and no other may. Terms, municipalities, hours and fees are not
// here: they have one source, the screen release.
type Config struct {
	// Kiosks are all kiosks that may connect. A kiosk left out cannot.
	Kiosks []KioskConfig `json:"kiosks"`
	// Suspended, optional, are what the centre refuses at once though the screen
	// release offers it, until a new one is signed. It can only take away.
	Suspended []SuspendedConfig `json:"suspended,omitempty"`
}

// KioskConfig is one kiosk in the file.
type KioskConfig struct {
	ID string `json:"id"`
	// Certificate is the SHA-256 of its certificate (DER) in lower-case
	// hexadecimal: openssl x509 -outform DER | sha256sum. Renewing a
	// certificate without changing this locks the kiosk out.
	Certificate string `json:"certificate"`
	// Enabled: false lets it connect and do nothing.
	Enabled bool `json:"enabled"`
}

// SuspendedConfig is one municipality in the file that gets no certificates
// here for now.
type SuspendedConfig struct {
	Code string `json:"code"` // 6 digits with a right check digit
	// Kinds, optional, are "domestic" and "overseas": only these are suspended.
	Kinds []string `json:"kinds,omitempty"`
}

// Read reads a fleet's file.
func Read(path string) (*Fleet, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	b, err := io.ReadAll(io.LimitReader(file, DefaultMaxConfig+1))
	if err != nil {
		return nil, err
	}
	f, err := Parse(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

// Parse reads a fleet strictly: unknown members, repeated kiosks and every
// value out of its form are errors that name the entry.
func Parse(b []byte) (*Fleet, error) {
	if len(b) > DefaultMaxConfig {
		return nil, errors.New("fleet: the configuration is too large")
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	var c Config
	if err := d.Decode(&c); err != nil {
		return nil, fmt.Errorf("fleet: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("fleet: something follows the configuration; remove it")
	}
	return New(c)
}

// New checks a configuration.
func New(c Config) (*Fleet, error) {
	f := &Fleet{kiosks: map[Digest]Kiosk{}, suspended: map[string][]credential.Kind{}}
	ids := map[ID]bool{}
	for i, k := range c.Kiosks {
		kiosk, err := k.read()
		if err == nil && (ids[kiosk.ID] || f.kiosks[kiosk.Certificate].ID != "") {
			err = errors.New("its id or certificate is there twice")
		}
		if err != nil {
			return nil, fmt.Errorf("fleet: kiosk number %d: %w", i+1, err)
		}
		ids[kiosk.ID], f.kiosks[kiosk.Certificate] = true, kiosk
	}
	for i, s := range c.Suspended {
		kinds, err := s.read()
		if _, twice := f.suspended[s.Code]; err == nil && twice {
			err = errors.New("its code is there twice")
		}
		if err != nil {
			return nil, fmt.Errorf("fleet: suspended number %d: %w", i+1, err)
		}
		f.suspended[s.Code] = kinds
	}
	return f, nil
}

func (k KioskConfig) read() (Kiosk, error) {
	if !ID(k.ID).Valid() {
		return Kiosk{}, errors.New("id: want 1 to 32 of a-z, 0-9 and hyphen")
	}
	b, err := hex.DecodeString(k.Certificate)
	d, ok := DigestOf(b)
	if err != nil || !ok || d.String() != k.Certificate {
		return Kiosk{}, errors.New("certificate: want the SHA-256 in 64 lower-case hexadecimal digits")
	}
	return Kiosk{ID(k.ID), d, k.Enabled}, nil
}

func (s SuspendedConfig) read() ([]credential.Kind, error) {
	if !release.ValidCode(s.Code) {
		return nil, errors.New("code: want 6 digits with a right check digit")
	}
	var kinds []credential.Kind
	for _, name := range s.Kinds {
		k, ok := credential.ParseKind(name)
		if !ok || slices.Contains(kinds, k) {
			return nil, errors.New(`kinds: want "domestic" or "overseas", once each, or none for both`)
		}
		kinds = append(kinds, k)
	}
	return kinds, nil
}
