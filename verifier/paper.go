package verifier

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"akashi/verifier/pdfsig"
	"akashi/verifier/trust"
)

// Paper is what a valid signed PDF says.
type Paper struct {
	Signature *pdfsig.Signature
	Codes     []*Result // in the order of the pages
}

// Page is what a scanner (verifier/scan) saw on one page.
type Page struct {
	Text    string
	Codes   []string
	Unread  int // codes seen and not read
	Foreign int // things that no certificate's page has
}

// DefaultMaxCodes bounds the codes of one paper: two kinds on each of two
// pages, and as many again.
const DefaultMaxCodes = 8

// VerifyPDF judges a signed PDF: its signature, every QR text that was read
// from its pages, and the printed text of the pages against each of them. The
// error is a *rule.Refusal.
//
// A text layer says what a person sees only on a page of nothing but visible
// text, rules and codes that were read; any other is refused (Page.Foreign, the
// grammar of verifier/scan). What stays open is the shape of a glyph: a font
// may draw B and call it A. Only the issuer's signature stands against that
// here; a kiosk lays the sheet out again and needs no such trust.
func VerifyPDF(pdf []byte, pages []Page, l *trust.List, at time.Time) (*Paper, error) {
	s, err := pdfsig.Verify(pdf, l, at)
	if err != nil {
		return nil, err
	}
	var codes, texts []string
	for _, p := range pages {
		switch {
		case p.Unread > 0:
			return nil, ErrUnread
		case p.Foreign > 0:
			return nil, ErrForeign
		}
		codes, texts = append(codes, p.Codes...), append(texts, p.Text)
	}
	results, err := VerifyCodes(codes, l, at)
	if err != nil {
		return nil, err
	}
	for _, r := range results {
		if err := r.checkPrinted(texts); err != nil {
			return nil, err
		}
	}
	return &Paper{s, results}, nil
}

// VerifyCodes judges the QR texts of one paper: there must be some, each must
// be valid, and all must tell of the same vaccinations of the same person. The
// error is a *rule.Refusal.
func VerifyCodes(codes []string, l *trust.List, at time.Time) ([]*Result, error) {
	if len(codes) == 0 {
		return nil, ErrNoCode
	}
	if len(codes) > DefaultMaxCodes {
		return nil, ErrCodesDiffer
	}
	var results []*Result
	for _, text := range codes {
		r, err := Verify(text, l, at)
		if err != nil {
			return nil, err
		}
		results = append(results, r)
	}
	for i, r := range results {
		for _, o := range results[:i] { // each pair: two that agree with a third need not with each other
			if !r.agrees(o) {
				return nil, ErrCodesDiffer
			}
		}
	}
	return results, nil
}

// agrees reports whether two codes can stand on one paper. A name in Roman
// letters must be the same in both; a kanji name has no Roman one to be held
// against here, and the paper prints both.
func (r *Result) agrees(o *Result) bool {
	if r.Birth != o.Birth || !slices.EqualFunc(r.Doses, o.Doses, sameDose) {
		return false
	}
	both := r.Format == o.Format || roman(r.Name) && roman(o.Name)
	return !both || slices.Equal(strings.Fields(r.Name), strings.Fields(o.Name))
}

func sameDose(a, b Dose) bool { return a.Date == b.Date && a.Lot == b.Lot }

func roman(name string) bool {
	return strings.IndexFunc(name, func(r rune) bool { return r > unicode.MaxASCII && !unicode.IsSpace(r) }) < 0
}
