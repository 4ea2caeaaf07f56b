package sheet

import (
	"errors"
	"fmt"
	"time"

	"akashi/printer/glyph"
	"akashi/verifier/credential"
)

// The form's bounds: what the first page holds, and a second one.
const (
	rowsFirst = 7
	rowsNext  = 13
	// DefaultMaxDoses is a first page and one more: a SMART Health Card of
	// version 22 holds no more doses than that.
	DefaultMaxDoses = rowsFirst + rowsNext
)

// Errors of an input that no form exists for.
var (
	ErrInput = errors.New("sheet: the certificate is not whole: kind, doses, dates, travel data or codes are missing; check it before printing")
	ErrDoses = fmt.Errorf("sheet: more than %d doses do not fit the form; the municipality's counter can issue by hand", DefaultMaxDoses)
)

// Render gives the unsigned PDF. A name with a character that no font has is
// a *glyph.Missing; one with something unprintable a *glyph.Refused; a text
// that does not fit its place a *TooLong.
func Render(in Input) ([]byte, error) {
	c, err := compose(in)
	if err != nil {
		return nil, err
	}
	return c.pdf(about{
		title:   in.Certificate.Disease.NameJA + " 予防接種証明書 / Vaccination Certificate of " + in.Certificate.Disease.NameEN,
		author:  in.Certificate.Issuer.NameEN,
		created: midnight(in.Certificate.IssuedOn),
	})
}

// midnight is the PDF's creation time: the day of issue and no more, so that
// the bytes follow from the input.
func midnight(d credential.Date) time.Time {
	return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC)
}

// compose lays every page out.
func compose(in Input) (*canvas, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	set, err := glyph.Load()
	if err != nil {
		return nil, err
	}
	if err := in.names(set); err != nil {
		return nil, err
	}
	f := &form{canvas: newCanvas(set), in: in, theme: themeOf(in.Certificate.Kind)}
	f.total = 1
	if len(in.Certificate.Doses) > rowsFirst {
		f.total = 2
	}
	if err := f.first(); err != nil {
		return nil, err
	}
	if f.total > 1 {
		f.second()
	}
	return f.canvas, f.err
}

// check refuses what no form exists for.
func (in Input) check() error {
	c := in.Certificate
	overseas := c.Kind == credential.Overseas
	switch {
	case c.Kind != credential.Domestic && !overseas, len(c.Doses) == 0, !c.ID.Valid(),
		c.Holder.Name == "", !c.Holder.Birth.Valid(), !c.IssuedOn.Full(), in.SessionCode == "",
		overseas && c.Holder.Travel == nil, len(in.Codes) == 0, len(in.Codes) > 2:
		return ErrInput
	case len(c.Doses) > DefaultMaxDoses:
		return ErrDoses
	}
	for _, d := range c.Doses {
		if !d.Date.Full() {
			return ErrInput
		}
	}
	for _, code := range in.Codes {
		if code.Label != LabelSHC && code.Label != LabelVDSNC || code.Text == "" {
			return ErrInput
		}
	}
	return nil
}

// names refuses a name that would not be read back as the card has it.
func (in Input) names(set *glyph.Set) error {
	h := in.Certificate.Holder
	if err := set.Check(h.Name); err != nil || in.Certificate.Kind != credential.Overseas {
		return err
	}
	return set.Check(h.Travel.RomanName)
}

// form is one certificate being laid out.
type form struct {
	*canvas
	in    Input
	theme theme
	total int // pages
}

// Places of the blocks on the page.
const (
	headTop   = 13 * mm
	holderTop = 43.5 * mm
	footTop   = 272 * mm
	// issueLast is where the issue block stands on a page without codes.
	issueLast = footTop - issueHeight - 6*mm
)

// lower gives the places of the issue block and of the codes, whose height
// depends on the kind.
func lower(k credential.Kind) (issue, codes float64) {
	if k == credential.Overseas {
		return 165 * mm, 186 * mm
	}
	return 174.5 * mm, 196.5 * mm
}

// first lays the first page: all blocks, in reading order.
func (f *form) first() error {
	f.addPage()
	f.specimen()
	f.heading()
	bottom := f.holder(holderTop)
	f.doses(bottom+4*mm, f.in.Certificate.Doses[:min(len(f.in.Certificate.Doses), rowsFirst)], f.total == 1)
	issue, codes := lower(f.in.Certificate.Kind)
	f.issue(issue)
	if err := f.codes(codes); err != nil {
		return err
	}
	f.foot(1)
	return nil
}

// second lays the page that goes on with the doses.
func (f *form) second() {
	f.addPage()
	f.specimen()
	f.heading()
	bottom := f.holder(holderTop)
	f.doses(bottom+4*mm, f.in.Certificate.Doses[rowsFirst:], true)
	f.issue(issueLast)
	f.foot(2)
}
