package simcard

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"akashi/testkit/residents"
)

// Tries of the keys (facts: card §3 rule 1; that of reference A is a guess).
const (
	pinTries       = 3
	referenceTries = 10
)

// store is what a card keeps without power. Nothing resets a counter but the
// right value: not power, not time.
type store struct {
	path   string
	secret map[uint16][]byte
	kept   kept
}

// kept is the form of the state file.
type kept struct {
	Number string         `json:"number"` // whose card it is
	Tries  map[uint16]int `json:"tries"`
	PIN    string         `json:"pin,omitempty"`    // when it was changed
	APKey  []byte         `json:"ap_key,omitempty"` // PKCS #8
}

func (s *store) open(r residents.Resident, path string) error {
	s.path = path
	s.secret = map[uint16][]byte{
		efPIN: []byte(r.PIN), efBlocked: nil,
		efReferenceA: []byte(r.Card.Number), efReferenceB: referenceB(r.Card),
	}
	s.kept = kept{Number: r.Card.Number, Tries: map[uint16]int{
		efPIN: pinTries, efBlocked: 0, efReferenceA: referenceTries, efReferenceB: referenceTries,
	}}
	if r.Card.Locked {
		s.kept.Tries[efPIN] = 0
	}
	if path == "" {
		return nil
	}
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("simcard: state file: %w", err)
	}
	var k kept
	if err := json.Unmarshal(b, &k); err != nil || k.Number != r.Card.Number {
		return fmt.Errorf("simcard: state file %s is not this card's; give each card its own", path)
	}
	for ef, tries := range k.Tries {
		s.kept.Tries[ef] = tries
	}
	s.kept.PIN, s.kept.APKey = k.PIN, k.APKey
	if k.PIN != "" {
		s.secret[efPIN] = []byte(k.PIN)
	}
	return nil
}

// referenceB is 照合番号B: birth date with the year of the Japanese era, year
// of expiry, security code. The code here is made of the number.
func referenceB(card residents.CardData) []byte {
	return []byte(eraYear(card.Birth) + card.Birth[4:8] + card.Expires[:4] + card.Number[7:11])
}

// eraYear gives the two digits of the year in its era, by the year in which an
// era began (dates of a changing year count to the new era).
func eraYear(birth string) string {
	var year int
	fmt.Sscanf(birth[:4], "%d", &year)
	for _, first := range []int{2019, 1989, 1926, 1912, 1868} {
		if year >= first {
			return fmt.Sprintf("%02d", year-first+1)
		}
	}
	return "00"
}

func (s *store) tries(ef uint16) int { return s.kept.Tries[ef] }

// limit gives the counter's full value.
func limit(ef uint16) int {
	if ef == efPIN {
		return pinTries
	}
	return referenceTries
}

// setTries writes the counter before the answer leaves, so that pulling the
// card never gains a try.
func (s *store) setTries(ef uint16, n int) error {
	if s.kept.Tries[ef] == n {
		return nil
	}
	s.kept.Tries[ef] = n
	return s.write()
}

func (s *store) setPIN(pin []byte) error {
	s.secret[efPIN] = append([]byte(nil), pin...)
	s.kept.PIN = string(pin)
	return s.write()
}

func (s *store) apKey() (*rsa.PrivateKey, error) {
	if s.kept.APKey == nil {
		return nil, nil
	}
	k, err := x509.ParsePKCS8PrivateKey(s.kept.APKey)
	key, ok := k.(*rsa.PrivateKey)
	if err != nil || !ok {
		return nil, errors.New("simcard: the state file's AP key is not an RSA key; remove the file")
	}
	return key, nil
}

func (s *store) keepKey(key *rsa.PrivateKey) error {
	if s.path == "" {
		return nil
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	s.kept.APKey = der
	return s.write()
}

// write replaces the file in one step.
func (s *store) write() error {
	if s.path == "" {
		return nil
	}
	b, err := json.Marshal(s.kept)
	if err != nil {
		return err
	}
	next := filepath.Join(filepath.Dir(s.path), "."+filepath.Base(s.path)+".next")
	if err := os.WriteFile(next, b, 0o600); err != nil {
		return fmt.Errorf("simcard: state file: %w", err)
	}
	return os.Rename(next, s.path)
}
