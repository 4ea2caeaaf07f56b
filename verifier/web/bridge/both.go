package bridge

import (
	"errors"

	"akashi/verifier/scan"
	"akashi/verifier/verdict"
)

// both reads a picture with two readers: verifier/scan, which needs it flat and
// clean, and the page's, which takes photographs. One may see what the other
// does not.
type both struct {
	verdict.Scanner
	seen Seen
}

// Image gives every code that either reader read. What one of them saw and
// neither read is Unread. A picture that scan cannot take apart is the other
// reader's alone, if that one read something.
func (b both) Image(input []byte) (scan.Page, error) {
	p, err := b.Scanner.Image(input)
	if err != nil && (errors.Is(err, scan.ErrCrowded) || len(b.seen.Codes) == 0) {
		return p, err
	}
	flat, photo := distinct(p.Codes), distinct(b.seen.Codes)
	p.Codes = distinct(append(flat, photo...))
	p.Unread = max(0, max(len(flat)+p.Unread, len(photo)+b.seen.Unread)-len(p.Codes))
	return p, nil
}
