package channel

import (
	"crypto/hpke"

	"akashi/centre/wire"
)

// settleInfo is the HPKE info of a settlement.
const settleInfo = "akashi/1 settle"

// SettlePadded is the size of every settlement's plaintext in bytes.
const SettlePadded = 512

// SealSettlement seals a settlement to VRS's settle key: HPKE MLKEM768X25519,
// HKDF-SHA256, AES-256-GCM, info "akashi/1 settle", no additional data. The
// plaintext is s behind its length in 4 bytes, padded with zeros to
// SettlePadded bytes, so that its length does not tell the outcome. A key that
// is none is EnvelopeInvalid.
func SealSettlement(vrsKey []byte, municipality string, s []byte) (wire.Settle, error) {
	pub, err := kem.NewPublicKey(vrsKey)
	if err != nil {
		return wire.Settle{}, wire.EnvelopeInvalid
	}
	plain, err := pad(s, SettlePadded, SettlePadded)
	if err != nil {
		return wire.Settle{}, err
	}
	defer clear(plain)
	b, err := hpke.Seal(pub, kdf, aead, []byte(settleInfo), plain)
	if err != nil {
		return wire.Settle{}, wire.EnvelopeInvalid
	}
	return wire.Settle{Municipality: municipality, Enc: b[:encSize], Ciphertext: b[encSize:]}, nil
}

// OpenSettlement is VRS's end of SealSettlement.
func OpenSettlement(key hpke.PrivateKey, s wire.Settle) ([]byte, error) {
	if len(s.Enc) != encSize || len(s.Ciphertext) != SettlePadded+tagSize {
		return nil, wire.Malformed
	}
	rcpt, err := hpke.NewRecipient(s.Enc, key, kdf, aead, []byte(settleInfo))
	if err != nil {
		return nil, wire.EnvelopeInvalid
	}
	plain, err := rcpt.Open(nil, s.Ciphertext)
	if err != nil {
		return nil, wire.EnvelopeInvalid
	}
	return unpad(plain, SettlePadded)
}
