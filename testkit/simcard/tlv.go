package simcard

import (
	"crypto/rsa"
	"encoding/binary"
)

// object writes one data object in the card's own form: lengths below 128 in
// one byte, all others as 82 hi lo, non-minimal ones included (facts: card §2).
func object(tag uint16, values ...[]byte) []byte {
	var value []byte
	for _, v := range values {
		value = append(value, v...)
	}
	var b []byte
	if tag > 0xFF {
		b = append(b, byte(tag>>8))
	}
	b = append(b, byte(tag))
	if len(value) < 0x80 {
		b = append(b, byte(len(value)))
	} else {
		b = append(b, 0x82)
		b = binary.BigEndian.AppendUint16(b, uint16(len(value)))
	}
	return append(b, value...)
}

// publicKey writes exponent and modulus as EFs 0004, 0006 and 0007 hold them.
func publicKey(k *rsa.PublicKey) []byte {
	e := object(0x90, []byte{byte(k.E >> 16), byte(k.E >> 8), byte(k.E)})
	return append(e, object(0x91, k.N.FillBytes(make([]byte, KeyBits/8)))...)
}

// filler ends a file whose physical size is larger than its content.
func filler(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = 0xFF
	}
	return b
}
