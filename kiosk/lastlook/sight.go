package lastlook

import (
	"bytes"
	"crypto/sha256"
	"slices"
	"strings"

	"akashi/centre/channel"
	"akashi/centre/wire"
	"akashi/verifier/credential"
	"akashi/verifier/pdfsig"
	"akashi/verifier/scan"
	"akashi/verifier/shc"
	"akashi/verifier/vdsnc"
)

// sight is one look under way.
type sight struct {
	*Look
	in    Input
	pages []scan.Page
	card  *shc.Card
	seal  *vdsnc.Seal // overseas only
}

// receipt holds the centre's signed word against what this kiosk knows.
func (s *sight) receipt() error {
	d, r, h := s.in.Delivery, s.in.Delivery.Receipt, s.in.Header
	if channel.CheckReceipt(s.root, r, s.now()) != nil {
		return &Mismatch{ReceiptInvalid}
	}
	session, settle := h.SessionDigest(), wire.SettleDigest(d.SettleKey, d.SettleToken)
	pdf := sha256.Sum256(d.PDF)
	for _, c := range []struct {
		same bool
		or   Reason
	}{
		{bytes.Equal(r.SessionDigest, session[:]), OtherSession},
		{r.Counter == h.Counter, OtherCounter},
		{r.Kind == h.Kind, OtherKind},
		{r.Municipality == h.Municipality, OtherPlace},
		{r.Disease == h.Disease, OtherDisease},
		{bytes.Equal(r.CardDigest, s.in.CardDigest[:]), OtherCard},
		{bytes.Equal(r.PDFDigest, pdf[:]), OtherPDF},
		{slices.EqualFunc(r.CodeDigests, d.Codes, hashes), OtherCodes},
		{bytes.Equal(r.SettleDigest, settle[:]), OtherSettlement},
	} {
		if !c.same {
			return &Mismatch{c.or}
		}
	}
	return nil
}

func hashes(digest []byte, text string) bool {
	sum := sha256.Sum256([]byte(text))
	return bytes.Equal(digest, sum[:])
}

// signature verifies the print stream as anybody could.
func (s *sight) signature() error {
	if _, err := pdfsig.Verify(s.in.Delivery.PDF, s.trust, s.now()); err != nil {
		return &Mismatch{PDFSignature}
	}
	return nil
}

// render reads the print stream back: pixels for the codes, text for the rest.
func (s *sight) render() error {
	pages, err := s.scanner.PDF(s.in.Delivery.PDF)
	if err != nil || len(pages) < 1 || len(pages) > DefaultMaxPages {
		return &Mismatch{Unreadable}
	}
	var found []string
	for _, p := range pages {
		if p.Unread != 0 {
			return &Mismatch{Unreadable}
		}
		if p.Foreign != 0 {
			return &Mismatch{Foreign}
		}
		found = append(found, p.Codes...)
	}
	if !slices.Equal(found, s.in.Delivery.Codes) {
		return &Mismatch{PixelsDiffer}
	}
	s.pages = pages
	return nil
}

// codes verifies each code that stands on the paper: a SMART Health Card, and
// overseas a VDS-NC after it; nothing less and nothing more.
func (s *sight) codes() error {
	texts := s.in.Delivery.Codes
	want := 1
	if s.in.Header.Kind == credential.Overseas {
		want = 2
	}
	if len(texts) != want || !strings.HasPrefix(texts[0], "shc:/") {
		return &Mismatch{CodeFormats}
	}
	var err error
	if s.card, err = shc.Verify(texts[0], s.trust, s.now()); err != nil {
		return &Mismatch{CodeInvalid}
	}
	if want == 2 {
		if s.seal, err = vdsnc.Verify(texts[1], s.trust, s.now()); err != nil {
			return &Mismatch{CodeInvalid}
		}
	}
	return nil
}

// holder holds the codes against the card: a domestic code names the holder as
// the card does; overseas ones have the passport's name, so they must agree
// with each other, and the card's name is held against the paper.
func (s *sight) holder() error {
	switch birth := s.in.Attributes.Birth; {
	case s.seal == nil && !namedAs(s.card, s.in.Attributes.Name):
		return &Mismatch{CodeName}
	case s.card.Birth != birth, s.seal != nil && s.seal.Birth != birth:
		return &Mismatch{CodeBirth}
	case s.seal != nil && (spaced(roman(s.card)) != spaced(s.seal.Name) || !sameDoses(s.card, s.seal)):
		return &Mismatch{CodesDisagree}
	}
	return nil
}

// namedAs reports whether a card names exactly this person: by family and
// given where the name on the chip has both, as one text where it has not.
func namedAs(c *shc.Card, name string) bool {
	if c.Prefix != "" || c.Suffix != "" {
		return false
	}
	if family, given, ok := credential.SplitName(name); ok {
		return c.Text == "" && c.Family == family && c.Given == given
	}
	return c.Family == "" && c.Given == "" && c.Text == name
}

func roman(c *shc.Card) string {
	if c.Text != "" {
		return c.Text
	}
	return c.Family + " " + c.Given
}

// spaced writes any run of spaces as one: Doc 9303-3 may part surname and
// given names by two.
func spaced(s string) string { return strings.Join(strings.Fields(s), " ") }

func sameDoses(c *shc.Card, v *vdsnc.Seal) bool {
	return slices.EqualFunc(c.Doses, v.Doses, func(a shc.Dose, b vdsnc.Dose) bool { return a.Date == b.Date && a.Lot == b.Lot })
}
