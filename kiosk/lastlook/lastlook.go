// Package lastlook holds the final print stream against this resident, this
// card and this session before the first drop of toner.
//
// It trusts nothing that the centre or an earlier step said about the paper:
// each page is rendered, its QR codes are decoded from the pixels and its
// text is read back. Whoever swaps a page, a code, a receipt or a whole
// delivery between two residents is stopped here.
//
// A text layer is not what a person sees: a shape may lie over it, a glyph may
// have another letter's shape, a second code may stand where only a phone
// looks. No list of such tricks is ever whole, so there is none. The kiosk lays
// the sheet out again with the same printer/sheet, from the certificate that
// came with the PDF and the session code that it knows itself, and takes those
// bytes only, with one update behind them that adds a signature without a face.
// What was read from the page then is what any reader, printer or person finds
// on it. The names of vaccines, makers, municipality and issuer stay the
// centre's word: no code says them, and each stands under its own caption.
//
// The price is that centre and kiosk must be of one sheet.Version. Another one
// is wire.WrongVersion, not a mismatch: nothing is printed, and no alarm goes
// out because one end was brought up to date first.
package lastlook

import (
	"context"
	"crypto/x509"
	"time"

	"akashi/centre/wire"
	"akashi/verifier/cardrecord"
	"akashi/verifier/scan"
	"akashi/verifier/trust"
)

// Bounds of a look.
const (
	DefaultMaxPages   = 2  // a form and its second page of doses
	DefaultPreviewDPI = 96 // the preview on screen; names stay legible
)

// Input is what the session knows by itself and the delivery that came.
type Input struct {
	Header     wire.Header           // of this request, as this kiosk wrote it
	CardDigest [32]byte              // of the records read from this card
	Attributes cardrecord.Attributes // read from this card
	Delivery   wire.Delivery
}

// Look is a last look with what it verifies by. It is for one goroutine.
type Look struct {
	scanner *scan.Scanner
	trust   *trust.List
	root    *x509.CertPool // of the receipt
	now     func() time.Time
}

// New gives a last look that verifies codes and PDF under l and the receipt
// under the pinned centre root.
func New(s *scan.Scanner, l *trust.List, root *x509.CertPool, now func() time.Time) *Look {
	return &Look{s, l, root, now}
}

// Look holds the delivery against the session and gives each page as a PNG for
// the preview. Every disagreement is a *Mismatch; there is no softer answer but
// wire.WrongVersion, for a sheet of another version than this kiosk's. A ctx
// that ends between the parts of the look is its error.
func (l *Look) Look(ctx context.Context, in Input) ([][]byte, error) {
	seen := &sight{Look: l, in: in}
	for _, part := range []func(*sight) error{
		(*sight).version, (*sight).receipt, (*sight).signature, (*sight).render, (*sight).codes, (*sight).holder,
		(*sight).text, (*sight).doses, (*sight).layout,
	} {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		if err := part(seen); err != nil {
			return nil, err
		}
	}
	return seen.preview()
}

// preview renders each page for the screen, from the bytes that were looked at.
func (s *sight) preview() ([][]byte, error) {
	var all [][]byte
	for i := range s.pages {
		png, err := s.scanner.PNG(s.in.Delivery.PDF, i, DefaultPreviewDPI)
		if err != nil {
			return nil, &Mismatch{Unreadable}
		}
		all = append(all, png)
	}
	return all, nil
}
