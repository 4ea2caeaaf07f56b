package conformance

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"os"
	"path/filepath"
	"time"

	"akashi/centre/wire"
	"akashi/testkit/paper"
	"akashi/testkit/pki"
	"akashi/testkit/residents"
	"akashi/verifier"
	"akashi/verifier/credential"
	"akashi/verifier/scan"
	"akashi/verifier/trust"
)

// bench is what several figures are measured with.
type bench struct {
	Options
	world   *pki.World
	trust   *trust.List
	scanner *scan.Scanner
	people  []residents.Resident
}

// folder makes a folder for one figure.
func (b *bench) folder(name string) (string, error) {
	dir := filepath.Join(b.Dir, name)
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	return dir, os.Mkdir(dir, 0o700)
}

// start makes world, trust list and people, at the first call.
func (b *bench) start() (err error) {
	if b.world != nil {
		return nil
	}
	w, err := pki.New(nil, nil)
	if err != nil {
		return err
	}
	if b.trust, err = w.TrustList(); err != nil {
		return err
	}
	if b.people, err = residents.Generate(rand.Reader, max(b.Valid, b.Pixels, b.Printed)); err != nil {
		return err
	}
	b.world = w
	return nil
}

func (b *bench) close() {
	if b.scanner != nil {
		b.scanner.Close()
	}
}

// order asks for one resident's paper.
func (b *bench) order(r residents.Resident, kind credential.Kind) paper.Order {
	sum := sha256.Sum256([]byte(r.ID))
	return paper.Order{World: b.world, Resident: r, Card: sum, Now: time.Now(), SettleKey: make([]byte, 1216), SettleToken: sum[:],
		Header: wire.Header{Version: wire.Version, Nonce: sum[:], Kiosk: sum[:], Counter: 1, Municipality: r.Ask(), Kind: kind, Terms: "2026-11"}}
}

// verify judges a PDF as the verify command does: signature, rendering, codes
// from the pixels, text against codes.
func (b *bench) verify(ctx context.Context, pdf []byte, l *trust.List) (err error) {
	if b.scanner == nil {
		if b.scanner, err = scan.Shared(ctx); err != nil {
			return err
		}
	}
	pages, err := b.scanner.PDF(pdf)
	if err != nil {
		return err
	}
	var seen []verifier.Page
	for _, p := range pages {
		seen = append(seen, verifier.Page{Text: p.Text, Codes: p.Codes, Unread: p.Unread, Foreign: p.Foreign})
	}
	_, err = verifier.VerifyPDF(pdf, seen, l, time.Now())
	return err
}

// kinds are both kinds of certificate.
var kinds = []credential.Kind{credential.Domestic, credential.Overseas}
