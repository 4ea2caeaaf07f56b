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

	"akashi/verifier/credential"
)

// DefaultMaxConfig bounds the file: 60,000 kiosks of some 150 bytes each.
const DefaultMaxConfig = 16 << 20

// Config is the file's form. Every member must be there but those said to be
// optional, and no other may.
type Config struct {
	// Terms is the version of the terms that residents accept; a kiosk that
	// shows others is refused until it has fetched these.
	Terms string `json:"terms"`
	// Kiosks are all kiosks that may connect. A kiosk left out cannot.
	Kiosks []KioskConfig `json:"kiosks"`
	// Municipalities are all that a resident can choose, wards included.
	Municipalities []MunicipalityConfig `json:"municipalities"`
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

// MunicipalityConfig is one municipality in the file.
type MunicipalityConfig struct {
	Code string `json:"code"` // 6 digits with a right check digit
	// TakesPart: false refuses every request for it.
	TakesPart bool `json:"takes_part"`
	// Kinds are "domestic" and "overseas", as offered.
	Kinds []string `json:"kinds,omitempty"`
	// Opens and Closes are HH:MM in Japan; equal means around the clock. Hours
	// over midnight are refused: no convenience-store service has them.
	Opens  string `json:"opens,omitempty"`
	Closes string `json:"closes,omitempty"`
	// Fee is yen a copy.
	Fee int `json:"fee"`
	// Phone is told to residents who must ask the municipality.
	Phone string `json:"phone"`
	// City, optional, makes this a ward and names its city; a ward takes no
	// part by itself.
	City string `json:"city,omitempty"`
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
	if len(c.Terms) < 1 || len(c.Terms) > 32 {
		return nil, errors.New("fleet: terms: want a version of 1 to 32 characters")
	}
	f := &Fleet{terms: c.Terms, kiosks: map[Digest]Kiosk{}, municipalities: map[string]Municipality{}}
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
	for i, m := range c.Municipalities {
		municipality, err := m.read()
		if _, twice := f.municipalities[m.Code]; err == nil && twice {
			err = errors.New("its code is there twice")
		}
		if err != nil {
			return nil, fmt.Errorf("fleet: municipality number %d: %w", i+1, err)
		}
		f.municipalities[m.Code] = municipality
	}
	return f, f.checkWards()
}

// checkWards makes sure that a ward leads to a city, and the city to nobody.
func (f *Fleet) checkWards() error {
	for _, m := range f.municipalities {
		if m.City == "" {
			continue
		}
		if city, ok := f.municipalities[m.City]; !ok || city.City != "" {
			return fmt.Errorf("fleet: ward %s: its city %s is not a city of this configuration", m.Code, m.City)
		}
	}
	return nil
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

func (m MunicipalityConfig) read() (Municipality, error) {
	if !validCode(m.Code) {
		return Municipality{}, errors.New("code: want 6 digits with a right check digit")
	}
	if m.Fee < 0 || m.Fee > 100000 {
		return Municipality{}, errors.New("fee: want 0 to 100000 yen")
	}
	if len(m.Phone) > 20 || (m.TakesPart && m.Phone == "") {
		return Municipality{}, errors.New("phone: want 1 to 20 characters; residents are sent there")
	}
	out := Municipality{Code: m.Code, TakesPart: m.TakesPart, Fee: m.Fee, Phone: m.Phone, City: m.City}
	if m.City != "" {
		if m.TakesPart || m.Kinds != nil || m.Opens != "" || m.Closes != "" {
			return out, errors.New("a ward takes no part by itself: its city has kinds and hours")
		}
		return out, nil
	}
	return out, out.offer(m)
}

// offer reads what a municipality offers and when.
func (m *Municipality) offer(c MunicipalityConfig) error {
	for _, name := range c.Kinds {
		k, ok := credential.ParseKind(name)
		if !ok || slices.Contains(m.Kinds, k) {
			return errors.New(`kinds: want "domestic", "overseas" or both, once each`)
		}
		m.Kinds = append(m.Kinds, k)
	}
	if m.TakesPart && len(m.Kinds) == 0 {
		return errors.New("kinds: it takes part and offers nothing")
	}
	var ok1, ok2 bool
	m.Opens, ok1 = ParseClock(c.Opens)
	m.Closes, ok2 = ParseClock(c.Closes)
	if !ok1 || !ok2 || m.Opens > m.Closes {
		return errors.New("opens, closes: want HH:MM, on one day")
	}
	return nil
}
