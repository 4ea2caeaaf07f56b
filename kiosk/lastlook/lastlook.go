// Package lastlook holds the final print stream against this resident, this
// card and this session before the first drop of toner.
//
// It trusts nothing that the centre or an earlier step said about the paper:
// each page is rendered, its QR codes are decoded from the pixels and its
// text is read back.
package lastlook

import (
	"context"
	"crypto/x509"
	"errors"
	"time"

	"akashi/centre/wire"
	"akashi/verifier/cardrecord"
	"akashi/verifier/scan"
	"akashi/verifier/trust"
)

// Input is what the session knows by itself and the delivery that came.
type Input struct {
	Header     wire.Header           // of this request, as this kiosk wrote it
	CardDigest [32]byte              // of the records read from this card
	Attributes cardrecord.Attributes // read from this card
	Delivery   wire.Delivery
}

// Look is a last look with what it verifies by.
type Look struct {
	scanner *scan.Scanner
	trust   *trust.List
	root    *x509.CertPool // of the receipt
	now     func() time.Time
}

// New gives a last look.
func New(s *scan.Scanner, l *trust.List, root *x509.CertPool, now func() time.Time) *Look {
	return &Look{s, l, root, now}
}

// Look holds the delivery against the session and gives each page as a PNG.
func (l *Look) Look(ctx context.Context, in Input) ([][]byte, error) {
	return nil, &Mismatch{}
}

// Reason says which comparison failed. It stays on the kiosk: the wire and
// the resident see wire.LastLook only.
type Reason uint8

// Mismatch is the error of a look that found the paper to be not this
// resident's. It carries no content.
type Mismatch struct{ Reason Reason }

// Error gives the constant text.
func (m *Mismatch) Error() string {
	return "lastlook: the paper is not this resident's: nothing is printed, this kiosk stops until a person clears the alarm"
}

// ReasonOf gives the reason inside an error; 0 when there is none.
func ReasonOf(err error) Reason {
	var m *Mismatch
	if errors.As(err, &m) {
		return m.Reason
	}
	return 0
}
