package issue

import (
	"context"
	"crypto/sha256"
	"slices"

	pdfout "akashi/centre/pdfsig"

	"akashi/centre/keys"
	"akashi/centre/wire"
	"akashi/printer/sheet"
	"akashi/verifier/pdfsig"
)

// laidOut is a certificate on its signed sheet.
type laidOut struct {
	verified
	pdf []byte
}

// layOut lays the sheet out with the session's code on every page, signs the
// PDF and verifies that signature with the public verifier.
func (w *worker) layOut(_ context.Context, v verified) (laidOut, error) {
	h := *w.s.Header
	page, err := sheet.Render(sheet.Input{
		Certificate: v.certificate,
		Codes:       v.codes,
		SessionCode: string(wire.CodeFor(h.SessionDigest(), h.Counter)),
	})
	if err != nil {
		return laidOut{}, err
	}
	unsigned, err := pdfout.Prepare(page, w.pdfChain, w.now())
	if err != nil {
		return laidOut{}, err
	}
	der, err := w.keys.Sign(keys.PurposePDF, unsigned.Digest())
	if err != nil {
		return laidOut{}, keyError(err)
	}
	pdf, err := unsigned.Attach(der)
	if err != nil {
		return laidOut{}, wire.KeyRefused
	}
	_, err = pdfsig.Verify(pdf, w.trust, w.now())
	return laidOut{v, pdf}, err
}

// receipt makes the centre's signed word on what belongs to whom.
func (w *worker) receipt(_ context.Context, l laidOut) (wire.Delivery, error) {
	h := *w.s.Header
	session, card := h.SessionDigest(), l.request.Files.Digest()
	record := recordDigest(l.found)
	settle := wire.SettleDigest(l.answer.SettleKey, l.answer.SettleToken)
	pdf := sha256.Sum256(l.pdf)
	r := wire.Receipt{
		Version: wire.Version, SessionDigest: session[:], Counter: h.Counter, Kind: h.Kind,
		Municipality: h.Municipality, Disease: h.Disease, CardDigest: card[:], RecordDigest: record[:],
		PDFDigest: pdf[:], SettleDigest: settle[:], Issued: l.issued.Unix(),
	}
	d := wire.Delivery{PDF: l.pdf, SettleKey: l.answer.SettleKey, SettleToken: l.answer.SettleToken,
		Layout: sheet.Version, Certificate: l.certificate}
	for _, code := range l.codes {
		sum := sha256.Sum256([]byte(code.Text))
		r.CodeDigests = append(r.CodeDigests, sum[:])
		d.Codes = append(d.Codes, code.Text)
	}
	der, err := w.keys.Sign(keys.PurposeReceipt, wire.ReceiptDigest(r))
	if err != nil {
		return wire.Delivery{}, keyError(err)
	}
	r.Signature, r.Chain = der, slices.Clone(w.s.Keys.Chains[keys.PurposeReceipt])
	d.Receipt = r
	return d, nil
}

// seal seals the delivery to the session worker that asked.
func (w *worker) seal(_ context.Context, d wire.Delivery) (wire.Sealed, error) {
	return w.sealer.Seal(wire.Answer{Code: wire.OK, Delivery: &d})
}
