package cardrecord

import "akashi/verifier/credential"

// Attributes are the four attributes (基本4情報) of EF 0002, as the card has
// them.
type Attributes struct {
	Name    string // UTF-8; family and given parted by U+3000 where the card has it
	Address string
	Birth   credential.Date
	Sex     byte // ASCII '1' male, '2' female, '9' not applicable, '0' unknown; any other is kept
}

// Record is a card's records, read and not yet verified.
type Record struct{}

// Parse reads the files strictly.
func Parse(f Files) (*Record, error) { return nil, fault(Malformed, "EF 0001") }

// Attributes gives the four attributes.
func (r *Record) Attributes() Attributes { return Attributes{} }

// Number gives the individual number's handle.
func (r *Record) Number() IndividualNumber { return IndividualNumber{} }

// Verify holds EF 0004 under an authority, EF 0003 and EF 0007 under EF 0004,
// and the signed digests against EF 0001 and EF 0002.
func (r *Record) Verify(a Authorities) error { return fault(BadSignature, "EF 0004") }

// VerifyChallenge holds a signature over digest against EF 0007's key.
func (r *Record) VerifyChallenge(digest [32]byte, signature []byte) error {
	return fault(NotLive, "challenge")
}
