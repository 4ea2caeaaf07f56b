package inquiry

import (
	"bytes"
	"context"
	"errors"
	"time"

	"akashi/verifier"
	"akashi/verifier/pdfsig"
	"akashi/verifier/rule"
	"akashi/verifier/scan"
	"akashi/verifier/trust"
)

// scanner reads pages; the tests have one of their own.
type scanner interface {
	PDF(pdf []byte) ([]scan.Page, error)
	Image(b []byte) (scan.Page, error)
	Close() error
}

// newScanner starts PDFium; compiled code, no document, is kept in the user's
// cache folder.
func newScanner() (scanner, error) { return scan.Shared(context.Background()) }

var (
	errCoarse = rule.New("paper.coarse",
		"画像から二次元コードを読み取れませんでした。証明書全体を写した画像としては画素が足りません。用紙全体を200dpi以上で読み取るか、コードの部分を大きく写してください。",
		"No code could be read from the picture: it has too few pixels for a whole page. Scan the page at 200 dpi or more, or take a larger picture of the code alone.")
	errPage = rule.New("paper.unreadable",
		"ページを読み取れません。別の形式で保存するか、読み直してください。",
		"The page cannot be read. Save it anew, or scan it again.")
	errCrowded = rule.New("paper.crowded",
		"画像に二次元コードのような模様が多すぎます。これは証明書ではありません。証明書だけを写してください。",
		"More in the picture looks like codes than a certificate has: it is not one. Take a picture of the certificate alone.")
)

// DefaultMinEdge is the longer edge in pixels of a picture of a whole A4 page
// from which the densest code can still be read: scan looks for modules of 2.2
// pixels, and at 200 dpi they have little more than three.
const DefaultMinEdge = 1700

// verdict is the command's answer.
type verdict struct {
	at      time.Time
	list    *trusted
	paper   *pdfsig.Signature // of a PDF
	results []*verifier.Result
	refusal *rule.Refusal
}

// judge finds out what the input is and verifies it.
func (v *verdict) judge(o options, input []byte, e Env) (err error) {
	if v.list, err = loadTrust(o, e.Now()); err != nil {
		return err
	}
	switch l := v.list.List; {
	case bytes.HasPrefix(input, []byte("%PDF-")):
		return v.pdf(input, l, e)
	case bytes.HasPrefix(input, []byte("\x89PNG\r\n")), bytes.HasPrefix(input, []byte("\xff\xd8\xff")):
		return v.image(input, l, e)
	default:
		name := o.file
		if name == "-" {
			name = ""
		}
		r, err := verifier.VerifyFile(name, input, l, v.at)
		if err != nil {
			return err
		}
		v.results = append([]*verifier.Result{r}, r.More...)
		return nil
	}
}

// pdf verifies the signature first: only a file of a trusted signer is
// rendered.
func (v *verdict) pdf(input []byte, l *trust.List, e Env) error {
	if _, err := pdfsig.Verify(input, l, v.at); err != nil {
		return err
	}
	s, err := e.scanner()
	if err != nil {
		return err
	}
	defer s.Close()
	pages, err := s.PDF(input)
	switch {
	case errors.Is(err, scan.ErrCrowded):
		return errCrowded
	case err != nil:
		return errPage
	}
	var seen []verifier.Page
	for _, p := range pages {
		seen = append(seen, verifier.Page{Text: p.Text, Codes: p.Codes, Unread: p.Unread, Foreign: p.Foreign})
	}
	paper, err := verifier.VerifyPDF(input, seen, l, v.at)
	if err != nil {
		return err
	}
	v.paper, v.results = paper.Signature, paper.Codes
	return nil
}

func (v *verdict) image(input []byte, l *trust.List, e Env) error {
	s, err := e.scanner()
	if err != nil {
		return err
	}
	defer s.Close()
	page, err := s.Image(input)
	switch {
	case errors.Is(err, scan.ErrCrowded):
		return errCrowded
	case err != nil:
		return errPage
	case len(page.Codes) == 0 && max(page.Width, page.Height) < DefaultMinEdge:
		return errCoarse
	case page.Unread > 0:
		return verifier.ErrUnread
	}
	v.results, err = verifier.VerifyCodes(page.Codes, l, v.at)
	return err
}
