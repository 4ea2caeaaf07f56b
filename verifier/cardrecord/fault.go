package cardrecord

import "errors"

// Fault is what is wrong with a card's records. The kinds need different
// answers from people, so they are never mixed.
type Fault uint8

// The faults. Numbers are append-only.
const (
	// Malformed: a file is not of the one form that the card writes.
	Malformed Fault = 1
	// UnknownAuthority: the certificate's issuer is not on the trust list.
	UnknownAuthority Fault = 2
	// BadSignature: a signature does not verify under the key that must have made it.
	BadSignature Fault = 3
	// WrongDigest: the signed digest is not that of the file.
	WrongDigest Fault = 4
	// NotLive: the challenge was not signed by this card's AP key.
	NotLive Fault = 5
)

var faultTexts = map[Fault]string{
	Malformed:        "not of the form that the card writes; read the card again",
	UnknownAuthority: "the issuing authority is not on the trust list; update the list",
	BadSignature:     "the signature does not verify; refuse the card",
	WrongDigest:      "the signed digest is another file's; refuse the card",
	NotLive:          "the challenge was not signed by this card; refuse the card",
}

// String gives the constant text of the fault.
func (f Fault) String() string {
	if t, ok := faultTexts[f]; ok {
		return t
	}
	return "unknown fault"
}

// Error says what is wrong and in which file; it holds nothing of the file.
type Error struct {
	Fault Fault
	Where string // e.g. "EF 0003", a constant
}

// Error gives a constant text.
func (e *Error) Error() string { return "cardrecord: " + e.Where + ": " + e.Fault.String() }

// FaultOf gives the fault inside an error, 0 when there is none.
func FaultOf(err error) Fault {
	var e *Error
	if errors.As(err, &e) {
		return e.Fault
	}
	return 0
}

func fault(f Fault, where string) error { return &Error{f, where} }
