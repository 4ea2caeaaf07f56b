// Package es256 turns an ECDSA P-256 signature from the form that keys give
// (ASN.1 DER) into the form that JOSE and VDS-NC carry (r||s).
package es256

import (
	"bytes"
	"crypto/elliptic"
	"encoding/asn1"
	"errors"
	"math/big"
)

// Size is the length of a raw signature, in bytes.
const Size = 64

// ErrSignature says that a signature is not one.
var ErrSignature = errors.New("es256: not an ASN.1 DER signature of ECDSA P-256; ask the key process again")

// Raw turns SEQUENCE { r, s } into r||s, 32 bytes each (RFC 7518 section 3.4).
// It takes DER in its one encoding only, and r and s between 1 and the order
// of the group less 1.
func Raw(der []byte) ([]byte, error) {
	var sig struct{ R, S *big.Int }
	rest, err := asn1.Unmarshal(der, &sig)
	if err != nil || len(rest) > 0 || !inRange(sig.R) || !inRange(sig.S) {
		return nil, ErrSignature
	}
	if again, err := asn1.Marshal(sig); err != nil || !bytes.Equal(again, der) {
		return nil, ErrSignature
	}
	raw := make([]byte, Size)
	sig.R.FillBytes(raw[:Size/2])
	sig.S.FillBytes(raw[Size/2:])
	return raw, nil
}

func inRange(n *big.Int) bool {
	return n != nil && n.Sign() > 0 && n.Cmp(elliptic.P256().Params().N) < 0
}
