package rights

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"hash/fnv"

	"akashi/centre/fleet"
	"akashi/centre/wire"
)

// DefaultStretch is how many rounds make a key from a number. A number has 40
// bits of chance and the audit is read by people: at some 20 ms a guess, trying
// all of them takes centuries of one core, for the price of a certificate.
const DefaultStretch = 1 << 16

// key stands for a number in memory and in the audit.
type key [16]byte

func keyOf(node fleet.ID, n wire.RightNumber, rounds int) (key, error) {
	b, err := pbkdf2.Key(sha256.New, string(n), []byte("akashi/1 reprint right "+string(node)), rounds, len(key{}))
	if err != nil {
		return key{}, wire.Internal
	}
	return key(b), nil
}

// Home gives the two digits with which the numbers of a node's rights begin.
// Two nodes of a centre whose names give the same digits cannot be up together.
func Home(node fleet.ID) uint8 {
	h := fnv.New32a()
	h.Write([]byte(node))
	return uint8(h.Sum32() % 100)
}
