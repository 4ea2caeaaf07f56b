// Package scan turns an image or a PDF page into its text and the texts of its
// QR codes, in pure Go (PDFium in WebAssembly, a finder of its own for codes
// that stand upright).
package scan

import (
	"context"
	"errors"
)

// Page is what one page or image holds.
type Page struct {
	Text          string   // as extracted from a PDF; empty for an image
	Codes         []string // the QR texts, top to bottom, then left to right
	Width, Height int      // pixels of the rendering that was searched
}

// Scanner renders and searches. It is safe for one goroutine at a time.
type Scanner struct{}

var errNotYet = errors.New("scan: not built yet")

// New makes a Scanner. cacheDir holds compiled code only; "" compiles anew.
// All files are read here: afterwards the process may be fenced.
func New(ctx context.Context, cacheDir string) (*Scanner, error) { return nil, errNotYet }

// Close frees the WebAssembly runtime.
func (s *Scanner) Close() error { return nil }

// PDF renders every page at 300 dpi, extracts its text and reads its codes.
func (s *Scanner) PDF(pdf []byte) ([]Page, error) { return nil, errNotYet }

// Image reads the codes of a PNG or JPEG.
func (s *Scanner) Image(b []byte) (Page, error) { return Page{}, errNotYet }

// PNG renders one page (from 0) as a PNG.
func (s *Scanner) PNG(pdf []byte, page, dpi int) ([]byte, error) { return nil, errNotYet }
