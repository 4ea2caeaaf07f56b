package issue

import (
	"context"
	"time"

	"akashi/centre/issue/lint"
	"akashi/centre/shc"
	"akashi/centre/vdsnc"
	"akashi/verifier/credential"
)

// composed is a certificate with the exact bytes that want a signature.
type composed struct {
	judged
	certificate credential.Certificate
	issued      time.Time
	shc         *shc.Unsigned
	vdsnc       *vdsnc.Unsigned // overseas only
}

// compose writes the certificate: the card's name exactly, the record's doses
// and ID. The SMART Health Card of an overseas certificate names the holder in
// Roman letters.
func (w *worker) compose(_ context.Context, j judged) (composed, error) {
	disease, err := w.tables.Disease(j.record.Disease)
	if err != nil {
		return composed{}, err
	}
	c := composed{judged: j, issued: w.now().Truncate(time.Second), certificate: credential.Certificate{
		Kind:         w.s.Header.Kind,
		ID:           j.record.ID,
		Holder:       credential.Holder{Name: j.card.Name, Birth: j.card.Birth, Travel: j.record.Travel},
		Disease:      disease,
		Doses:        j.doses,
		Municipality: j.record.Municipality,
		Issuer:       w.s.Issuer,
		IssuedOn:     j.today,
	}}
	if c.shc, err = shc.Compose(c.certificate, w.s.Keys.KeyID, j.record.Revocation, c.issued); err != nil {
		return composed{}, err
	}
	if c.certificate.Kind == credential.Overseas {
		c.vdsnc, err = vdsnc.Compose(c.certificate, w.bsc)
	}
	return c, err
}

// permitted is a composed certificate that lint has let through.
type permitted struct {
	composed
	permit *lint.Permit
}

// lint decodes the composed bytes with the verifier and holds them against the
// rules, the card and the record.
func (w *worker) lint(_ context.Context, c composed) (permitted, error) {
	permit, err := lint.Check(lint.Case{
		Kind: c.certificate.Kind, Card: c.card, Record: c.record,
		Issuer: w.s.Issuer, KeyID: w.s.Keys.KeyID, Issued: c.issued, Tables: w.tables,
		SHC: c.shc, VDSNC: c.vdsnc,
	})
	return permitted{c, permit}, err
}
