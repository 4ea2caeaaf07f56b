package cardrecord

import "crypto/subtle"

// IndividualNumber is the resident's individual number (個人番号) as a handle:
// its digits lie in a closure, where fmt, json, slog and reflection cannot
// reach them.
type IndividualNumber struct{ reveal func() []byte }

// Equal reports whether both hold the same number, in constant time; a handle
// without a number equals nothing.
func (n IndividualNumber) Equal(m IndividualNumber) bool {
	if n.reveal == nil || m.reveal == nil {
		return false
	}
	return subtle.ConstantTimeCompare(n.reveal(), m.reveal()) == 1
}

// Reveal gives a copy of the 12 ASCII digits. Only VRS may ask, to find the
// record.
func (n IndividualNumber) Reveal() []byte {
	if n.reveal == nil {
		return nil
	}
	return append([]byte(nil), n.reveal()...)
}

func newNumber(digits []byte) IndividualNumber {
	kept := append([]byte(nil), digits...)
	return IndividualNumber{func() []byte { return kept }}
}
