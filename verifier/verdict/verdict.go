// Package verdict finds out what an input is, has it verified, and holds the
// one answer that the verify command and the verifier's page give.
package verdict

import (
	"bytes"
	"errors"
	"time"

	"akashi/verifier"
	"akashi/verifier/pdfsig"
	"akashi/verifier/rule"
	"akashi/verifier/scan"
	"akashi/verifier/trust"
)

// Scanner reads pages and pictures; *scan.Scanner is one.
type Scanner interface {
	PDF(pdf []byte) ([]scan.Page, error)
	Image(b []byte) (scan.Page, error)
	Close() error
}

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

// Verdict is what came of one input.
type Verdict struct {
	At      time.Time
	Trust   *Trust            // nil: the list itself was refused
	Paper   *pdfsig.Signature // of a PDF
	Results []*verifier.Result
	Refusal *rule.Refusal // nil: valid
}

// Trust is the trust list in use and where it came from.
type Trust struct {
	*trust.List
	File   string
	Pinned bool // the root was known before the list was read
}

// Judge finds out what the input is and verifies it under v.Trust at v.At. name
// is its file's, "" where it has none; open starts a scanner where one is
// needed. What fails is v.Refusal; the error is of other kinds only.
func (v *Verdict) Judge(name string, input []byte, open func() (Scanner, error)) error {
	var err error
	switch {
	case bytes.HasPrefix(input, []byte("%PDF-")):
		err = v.pdf(input, open)
	case Picture(input):
		err = v.image(input, open)
	default:
		var r *verifier.Result
		if r, err = verifier.VerifyFile(name, input, v.Trust.List, v.At); err == nil {
			v.Results = append([]*verifier.Result{r}, r.More...)
		}
	}
	return v.Refuse(err)
}

// Codes verifies the texts of codes that lie on one paper, each once.
func (v *Verdict) Codes(texts []string) error {
	results, err := verifier.VerifyCodes(texts, v.Trust.List, v.At)
	v.Results = results
	return v.Refuse(err)
}

// Refuse takes the refusal out of an error; any other error is given back.
func (v *Verdict) Refuse(err error) error {
	var r *rule.Refusal
	if err == nil || !errors.As(err, &r) {
		return err
	}
	v.Refusal, v.Paper, v.Results = r, nil, nil
	return nil
}

// Picture reports whether a file begins as a PNG or a JPEG does.
func Picture(b []byte) bool {
	return bytes.HasPrefix(b, []byte("\x89PNG\r\n")) || bytes.HasPrefix(b, []byte("\xff\xd8\xff"))
}

// pdf verifies the signature first: only a file of a trusted signer is
// rendered.
func (v *Verdict) pdf(input []byte, open func() (Scanner, error)) error {
	if _, err := pdfsig.Verify(input, v.Trust.List, v.At); err != nil {
		return err
	}
	s, err := open()
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
	paper, err := verifier.VerifyPDF(input, seen, v.Trust.List, v.At)
	if err != nil {
		return err
	}
	v.Paper, v.Results = paper.Signature, paper.Codes
	return nil
}

func (v *Verdict) image(input []byte, open func() (Scanner, error)) error {
	s, err := open()
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
	v.Results, err = verifier.VerifyCodes(page.Codes, v.Trust.List, v.At)
	return err
}
