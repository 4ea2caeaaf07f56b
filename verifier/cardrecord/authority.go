package cardrecord

import (
	"crypto/rsa"
	"encoding/hex"
	"errors"
)

// KeyID names a key of the card's signers (証明者鍵ID, 被証明者鍵ID): 16 bytes,
// all of which are compared. Its first byte tells whose it is: '5' production,
// '6' a test card's, and '9' those of this project's simulators.
type KeyID [16]byte

// Authorities are the trusted issuers of card-verifiable certificates.
type Authorities map[KeyID]*rsa.PublicKey

var errKeyID = errors.New("cardrecord: key id: want 32 lower-case hexadecimal digits")

// MarshalText gives 32 lower-case hexadecimal digits, the form that trust
// lists use.
func (k KeyID) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(k[:])), nil }

// UnmarshalText reads that form and no other.
func (k *KeyID) UnmarshalText(text []byte) error {
	var id KeyID
	if len(text) != 2*len(id) {
		return errKeyID
	}
	if _, err := hex.Decode(id[:], text); err != nil {
		return errKeyID
	}
	if hex.EncodeToString(id[:]) != string(text) {
		return errKeyID
	}
	*k = id
	return nil
}
