package lastlook

import (
	"slices"

	"akashi/centre/wire"
	"akashi/printer/sheet"
	"akashi/verifier/credential"
	"akashi/verifier/pdfsig"
	"akashi/verifier/shc"
)

// version refuses a sheet that this kiosk cannot lay out again. That is no
// mismatch: a centre or a kiosk was brought up to date without the other.
func (s *sight) version() error {
	if s.in.Delivery.Layout != sheet.Version {
		return wire.WrongVersion
	}
	return nil
}

// layout lays the sheet out again and takes only those bytes with a signature
// behind them. By now the codes and the page's text are known to be this
// resident's, so every mark on the paper is one that this kiosk's own sheet
// makes of what was checked: nothing lies over, under or beside it, and each
// glyph has the shape of the character that was read.
func (s *sight) layout() error {
	d := s.in.Delivery
	if !s.meant(d.Certificate) {
		return &Mismatch{OtherSheet}
	}
	in := sheet.Input{
		Certificate: d.Certificate,
		Codes:       []sheet.Code{{Label: sheet.LabelSHC, Text: d.Codes[0]}},
		SessionCode: string(wire.CodeFor(s.in.Header.SessionDigest(), s.in.Header.Counter)),
	}
	if s.seal != nil {
		in.Codes = append(in.Codes, sheet.Code{Label: sheet.LabelVDSNC, Text: d.Codes[1]})
	}
	page, err := sheet.Render(in)
	if err != nil || !pdfsig.Over(d.PDF, page) {
		return &Mismatch{OtherSheet}
	}
	return nil
}

// meant holds what the text layer does not say alone against the codes and the
// request: for which use the paper is, of which disease, who issued it, which
// lots.
func (s *sight) meant(c credential.Certificate) bool {
	return c.Kind == s.in.Header.Kind && c.Disease.Code == s.in.Header.Disease && c.Issuer.URL == s.card.Issuer &&
		slices.EqualFunc(c.Doses, s.card.Doses, func(a credential.Dose, b shc.Dose) bool { return a.Date == b.Date && a.Lot == b.Lot })
}
