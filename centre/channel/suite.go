package channel

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hpke"
	"encoding/binary"

	"akashi/centre/wire"
)

// The one suite: HPKE base mode (RFC 9180) with the hybrid of
// draft-ietf-hpke-pq. There is nothing to negotiate.
var (
	kem  = hpke.MLKEM768X25519()
	kdf  = hpke.HKDFSHA256()
	aead = hpke.AES256GCM()
)

// Sizes of the suite in bytes.
const (
	keySize   = 1216 // public key: ML-KEM-768, then X25519
	encSize   = 1120 // encapsulated key
	tagSize   = 16
	nonceSize = 12
)

// Exporter contexts; the answer's key comes from the request's context, so
// only the two ends of this request have it.
const (
	exportKey   = "akashi/1 answer key"
	exportNonce = "akashi/1 answer nonce"
)

type exporter interface {
	Export(context string, length int) ([]byte, error)
}

// answerAEAD derives the answer's cipher and its only nonce.
func answerAEAD(e exporter) (*oneSeal, error) {
	key, err := e.Export(exportKey, 32)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	nonce, err := e.Export(exportNonce, nonceSize)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return &oneSeal{gcm, nonce}, nil
}

type oneSeal struct {
	gcm   cipher.AEAD
	nonce []byte
}

// pad puts p behind its length in 4 bytes and fills with zeros to a multiple
// of unit; TooLarge when that is more than limit.
func pad(p []byte, unit, limit int) ([]byte, error) {
	n := (4 + len(p) + unit - 1) / unit * unit
	if n > limit {
		return nil, wire.TooLarge
	}
	b := make([]byte, n)
	binary.BigEndian.PutUint32(b, uint32(len(p)))
	copy(b[4:], p)
	return b, nil
}

// unpad is the strict inverse: the smallest multiple, and nothing but zeros.
func unpad(b []byte, unit int) ([]byte, error) {
	if len(b) < 4 || len(b)%unit != 0 {
		return nil, wire.Malformed
	}
	n := uint64(binary.BigEndian.Uint32(b))
	if n > uint64(len(b)-4) || (4+int(n)+unit-1)/unit*unit != len(b) {
		return nil, wire.Malformed
	}
	var rest byte
	for _, c := range b[4+n:] {
		rest |= c
	}
	if rest != 0 {
		return nil, wire.Malformed
	}
	return b[4 : 4+n], nil
}
