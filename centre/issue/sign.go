package issue

import (
	"context"
	"slices"
	"strings"

	"akashi/centre/keys"
	"akashi/centre/shc"
	"akashi/centre/wire"
	"akashi/printer/sheet"
	"akashi/verifier"
	"akashi/verifier/credential"
)

// signed is a certificate with its codes.
type signed struct {
	composed
	codes []sheet.Code // SHC, then VDS-NC
}

// sign has the key process sign what the permit lets through, and nothing
// else: the permit is spent here.
func (w *worker) sign(_ context.Context, p permitted) (signed, error) {
	a, err := p.permit.Spend()
	if err != nil {
		return signed{}, err
	}
	der, err := w.keys.Sign(keys.PurposeSHC, a.SHCDigest)
	if err != nil {
		return signed{}, keyError(err)
	}
	jws, err := a.SHC.Attach(der)
	if err != nil {
		return signed{}, wire.KeyRefused
	}
	s := signed{p.composed, []sheet.Code{{Label: sheet.LabelSHC, Text: shc.QRText(jws)}}}
	if a.VDSNC == nil {
		return s, nil
	}
	if der, err = w.keys.Sign(keys.PurposeVDSNC, a.VDSNCDigest); err != nil {
		return signed{}, keyError(err)
	}
	text, err := a.VDSNC.Attach(der)
	if err != nil {
		return signed{}, wire.KeyRefused
	}
	s.codes = append(s.codes, sheet.Code{Label: sheet.LabelVDSNC, Text: text})
	return s, nil
}

// verified is a certificate whose every code the public verifier accepts.
type verified struct{ signed }

// verifyOutput holds our own codes to the public verifier, under the published
// trust list, and to the certificate that was meant.
func (w *worker) verifyOutput(_ context.Context, s signed) (verified, error) {
	for _, code := range s.codes {
		r, err := verifier.Verify(code.Text, w.trust, w.now())
		if err != nil {
			return verified{}, err
		}
		if !says(r, code.Label, s.certificate) {
			return verified{}, wire.LintRefused
		}
	}
	return verified{s}, nil
}

// says reports whether a verified code says what the certificate does.
func says(r *verifier.Result, label string, c credential.Certificate) bool {
	if r.Format != label || len(r.More) > 0 || r.Birth != c.Holder.Birth || len(r.Doses) != len(c.Doses) || !names(r, c) {
		return false
	}
	for i, d := range r.Doses {
		if d.Date != c.Doses[i].Date || d.Lot != c.Doses[i].Lot {
			return false
		}
	}
	return true
}

// names reports whether the code names the holder, and as its format does.
func names(r *verifier.Result, c credential.Certificate) bool {
	t := c.Holder.Travel
	switch {
	case r.Format == verifier.FormatVDSNC:
		return t != nil && r.RomanName == t.RomanName && r.Passport == t.Passport && r.ID == string(c.ID)
	case c.Kind == credential.Overseas:
		// Where the surname ends is the format's, how wide the gap is nobody's.
		return t != nil && slices.Equal(strings.Fields(r.Name), strings.Fields(t.RomanName))
	}
	return r.Name == c.Holder.Name
}
