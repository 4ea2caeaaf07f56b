// Package cardrecord reads and verifies what the My Number card's
// ID-entry-assistance AP (券面事項入力補助AP) signs: its records, their digests,
// the card-verifiable certificate and the session challenge.
package cardrecord

import (
	"crypto/sha256"
	"encoding/binary"
)

// Files are the elementary files as the card gave them, byte for byte.
type Files struct {
	Number     []byte `json:"number"`     // EF 0001, individual number
	Attributes []byte `json:"attributes"` // EF 0002, name, address, birth date, sex
	Integrity  []byte `json:"integrity"`  // EF 0003, digests and signature
	Signer     []byte `json:"signer"`     // EF 0004, card-verifiable certificate
	APKey      []byte `json:"ap_key"`     // EF 0007, the AP's signed public key
}

// Digest is the card-record digest: SHA-256 over the five files, each behind
// its length.
func (f Files) Digest() [32]byte {
	return Digest("akashi/1 card record", f.Number, f.Attributes, f.Integrity, f.Signer, f.APKey)
}

// SessionDigest is the value that the card's AP key signs (as the SHA-256
// value inside DigestInfo): domain, protocol version, session nonce, kiosk
// certificate digest, terms version.
func SessionDigest(version uint16, nonce, kiosk []byte, terms string) [32]byte {
	return Digest("akashi/1 session", []byte{byte(version >> 8), byte(version)}, nonce, kiosk, []byte(terms))
}

// Digest is how every statement about a session is hashed before it is signed:
// SHA-256 over its domain and its parts, each behind its length in four bytes,
// big-endian; no two lists of parts give the same bytes.
func Digest(domain string, parts ...[]byte) [32]byte {
	h := sha256.New()
	for _, p := range append([][]byte{[]byte(domain)}, parts...) {
		var n [4]byte
		binary.BigEndian.PutUint32(n[:], uint32(len(p)))
		h.Write(n[:])
		h.Write(p)
	}
	return [32]byte(h.Sum(nil))
}
