package session

import "akashi/centre/wire"

// SettlementForTest gives the plaintext of a settlement.
func SettlementForTest(token []byte, o Outcome) []byte {
	return wire.Encode(settlement{Token: token, Outcome: said[o]})
}

// Because is because: what of a printer's reason is said.
var Because = because
