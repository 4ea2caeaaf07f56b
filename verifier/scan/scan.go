// Package scan turns an image or a PDF page into its text and the texts of its
// QR codes, in pure Go: PDFium in WebAssembly renders and extracts, a finder
// of its own locates codes that stand upright, and gozxing decodes them.
//
// It is for sheets and clean images: a page that was rendered, a screenshot, a
// flat scan. A photograph at an angle is not read, and Page.Unread or an empty
// Codes says so; nothing is guessed.
package scan

import (
	"context"
	"errors"
	"image"
	"sync"
	"time"

	"github.com/klippa-app/go-pdfium/requests"
)

// DPI at which PDF renders pages, the print resolution that sheets are made
// for.
const DPI = 300

// Bounds on what is read.
const (
	// DefaultMaxPDF bounds a PDF in bytes: a sheet has under 1 MiB.
	DefaultMaxPDF = 8 << 20
	// DefaultMaxImage bounds an image file in bytes: an A4 page at 600 dpi.
	DefaultMaxImage = 32 << 20
	// DefaultMaxPixels bounds a rendering or an image: A4 at 600 dpi has 35 million.
	DefaultMaxPixels = 40_000_000
	// DefaultMaxPages bounds a PDF: a sheet has one or two.
	DefaultMaxPages = 8
	// DefaultMaxObjects bounds one page's objects: two codes drawn as runs of
	// dark modules are under 20,000 paths.
	DefaultMaxObjects = 40_000
	// DefaultMaxText bounds one page's text in UTF-16 units: a full page of
	// Japanese has about 3,000.
	DefaultMaxText = 32 << 10
	// DefaultMaxMemory bounds PDFium's memory: a page at DefaultMaxPixels in
	// four bytes a pixel, and as much for its work.
	DefaultMaxMemory = 384 << 20
	// DefaultMaxTime bounds the work on one PDF; a page takes well under a second.
	DefaultMaxTime = 30 * time.Second

	wasmPage = 64 << 10
)

// Errors of the input. They say nothing of its content.
var (
	ErrPDF     = errors.New("scan: not a PDF that can be read; save it anew")
	ErrPages   = errors.New("scan: a PDF without pages or with too many; split it")
	ErrPixels  = errors.New("scan: page or image too large; scan A4 at 300 dpi")
	ErrObjects = errors.New("scan: more objects on a page than a certificate has; it is not one")
	ErrText    = errors.New("scan: more text on a page than a certificate has")
	ErrTime    = errors.New("scan: the PDF takes too long to read; save it anew")
	ErrImage   = errors.New("scan: not a PNG or JPEG that can be read; save it anew")
	ErrCrowded = errors.New("scan: more in the picture looks like codes than a certificate has; it is not one")
	ErrPage    = errors.New("scan: the PDF has no such page")
	ErrClosed  = errors.New("scan: the scanner is closed")
)

// Page is what one page or image holds.
type Page struct {
	// Text is the page's text as extracted, lines ended by "\n"; empty for an
	// image. Text drawn as pixels or outlines is not in it.
	Text string
	// Codes are the QR texts, top to bottom, then left to right: codes whose
	// heights overlap by half stand on one line.
	Codes []string
	// Unread is how many QR codes were seen and could not be read.
	Unread int
	// Foreign is how many things on the page no certificate's sheet has (see
	// grammar.go): pictures, hidden, covered or slanted text, shapes, codes
	// for other readers. Where it is not 0, a person may see something else
	// than Text and Codes say. Of an image it is 0.
	Foreign int
	// Width and Height are the pixels that were searched.
	Width, Height int

	symbols []symbol // of Codes
}

// Scanner renders and searches; one call at a time, others wait. Each PDF gets
// an instance of PDFium of its own.
type Scanner struct {
	mu     sync.Mutex
	engine *engine // nil once closed
}

// New makes a Scanner. cacheDir is a folder for compiled code (21 MB, no data
// of any document); once it is filled, a new process is ready in about a tenth
// of a second and only reads there, without it ("") in three to five. What lies
// there is run, so nobody may write to it who may not replace the program.
//
// All files are read here: afterwards the process may be fenced off from files
// and from new sockets. ctx must live as long as the Scanner; its end ends
// every call.
func New(ctx context.Context, cacheDir string) (*Scanner, error) {
	e, err := newEngine(ctx, cacheDir)
	if err != nil {
		return nil, err
	}
	return &Scanner{engine: e}, nil
}

// Close frees the WebAssembly runtime.
func (s *Scanner) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.engine == nil {
		return ErrClosed
	}
	err := s.engine.close()
	s.engine = nil
	return err
}

// PDF renders every page at 300 dpi as a printer would, annotations included,
// reads its codes and extracts its text.
func (s *Scanner) PDF(pdf []byte) ([]Page, error) {
	var pages []Page
	err := s.with(pdf, func(d *document) error {
		n, err := d.pages()
		for i := 0; i < n && err == nil; i++ {
			var p Page
			p, err = d.scan(i)
			pages = append(pages, p)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return pages, nil
}

func (d *document) scan(i int) (Page, error) {
	text, err := d.text(i)
	if err != nil {
		return Page{}, err
	}
	var r *raster
	err = d.render(i, DPI, requests.RenderImageFormatGrayscale, func(m image.Image) error {
		r = grey(m) // a copy
		return nil
	})
	if err != nil {
		return Page{}, err
	}
	p, err := search(r)
	if err != nil {
		return Page{}, err
	}
	page, plain := d.plain(i)
	g := &grammar{page: page, codes: p.boxes(page.top)}
	objects, foreign, err := d.objects(i, g.inCode)
	if err != nil {
		return Page{}, err
	}
	if !plain {
		foreign++
	}
	p.Text, p.Foreign = text, foreign+g.foreign(objects)+g.stains(r)
	return p, nil
}

// PNG renders one page, counted from 0, in colour; dpi is 36 to 600.
func (s *Scanner) PNG(pdf []byte, page, dpi int) ([]byte, error) {
	if dpi < 36 || dpi > 600 {
		return nil, ErrPixels
	}
	var out []byte
	err := s.with(pdf, func(d *document) error {
		n, err := d.pages()
		if err != nil {
			return err
		}
		if page < 0 || page >= n {
			return ErrPage
		}
		return d.render(page, dpi, requests.RenderImageFormatRGBA, func(m image.Image) error {
			out, err = encodePNG(m)
			return err
		})
	})
	return out, err
}

func (s *Scanner) with(pdf []byte, f func(*document) error) error {
	if len(pdf) == 0 || len(pdf) > DefaultMaxPDF {
		return ErrPDF
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.engine == nil {
		return ErrClosed
	}
	return s.engine.withDocument(pdf, f)
}
