// Package lastlook holds the final print stream against this resident, this
// card and this session before the first drop of toner.
//
// It trusts nothing that the centre or an earlier step said about the paper:
// each page is rendered, its QR codes are decoded from the pixels and its
// text is read back. Whoever swaps a page, a code, a receipt or a whole
// delivery between two residents is stopped here.
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
// the preview. Every disagreement is a *Mismatch; there is no softer answer. A
// ctx that ends between the parts of the look is its error.
func (l *Look) Look(ctx context.Context, in Input) ([][]byte, error) {
	seen := &sight{Look: l, in: in}
	for _, part := range []func(*sight) error{
		(*sight).receipt, (*sight).signature, (*sight).render, (*sight).codes, (*sight).holder, (*sight).text, (*sight).doses,
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
