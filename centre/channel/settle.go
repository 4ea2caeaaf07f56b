package channel

import (
	"crypto/hpke"

	"akashi/centre/wire"
)

// SealSettlement seals a settlement to VRS's settle key: HPKE MLKEM768X25519,
// HKDF-SHA256, AES-256-GCM, info "akashi/1 settle", no additional data. The
// plaintext is s behind its length in 4 bytes, padded with zeros to
// SettlePadded bytes, so that its length does not tell the outcome.
func SealSettlement(vrsKey []byte, municipality string, s []byte) (wire.Settle, error) {
	return wire.Settle{}, wire.Internal
}

// OpenSettlement is VRS's end of SealSettlement.
func OpenSettlement(key hpke.PrivateKey, s wire.Settle) ([]byte, error) { return nil, wire.Internal }

// SettlePadded is the size of every settlement's plaintext in bytes.
const SettlePadded = 512
