package shc

import (
	"bytes"
	"crypto/elliptic"
	"encoding/asn1"
	"errors"
	"math/big"
)

// ErrSignature says that a signature is not one.
var ErrSignature = errors.New("shc: not an ASN.1 DER signature of ECDSA P-256; ask the key process again")

// rawSignature turns SEQUENCE { r, s } into r||s, 32 bytes each, the form that
// ES256 has (RFC 7518 section 3.4). It takes DER in its one encoding only.
func rawSignature(der []byte) ([]byte, error) {
	var sig struct{ R, S *big.Int }
	rest, err := asn1.Unmarshal(der, &sig)
	if err != nil || len(rest) > 0 || !inRange(sig.R) || !inRange(sig.S) {
		return nil, ErrSignature
	}
	if again, err := asn1.Marshal(sig); err != nil || !bytes.Equal(again, der) {
		return nil, ErrSignature
	}
	raw := make([]byte, 64)
	sig.R.FillBytes(raw[:32])
	sig.S.FillBytes(raw[32:])
	return raw, nil
}

func inRange(n *big.Int) bool {
	return n != nil && n.Sign() > 0 && n.Cmp(elliptic.P256().Params().N) < 0
}
