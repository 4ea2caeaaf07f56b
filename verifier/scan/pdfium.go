package scan

import (
	"bytes"
	"image"
	"image/png"
	"math"
	"strings"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
)

type document struct {
	pdfium pdfium.Pdfium
	ref    references.FPDF_DOCUMENT
}

func (d *document) pages() (int, error) {
	n, err := d.pdfium.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: d.ref})
	if err != nil {
		return 0, ErrPDF
	}
	if n.PageCount < 1 || n.PageCount > DefaultMaxPages {
		return 0, ErrPages
	}
	return n.PageCount, nil
}

func (d *document) page(i int) requests.Page {
	return requests.Page{ByIndex: &requests.PageByIndex{Document: d.ref, Index: i}}
}

// render draws a page, annotations included, as a printer would. use gets the
// image while PDFium holds it.
func (d *document) render(i, dpi int, format requests.RenderImageFormat, use func(image.Image) error) error {
	size, err := d.pdfium.GetPageSize(&requests.GetPageSize{Page: d.page(i)})
	if err != nil {
		return ErrPDF
	}
	scale := float64(dpi) / 72
	if p := math.Ceil(size.Width*scale) * math.Ceil(size.Height*scale); !(p >= 1 && p <= DefaultMaxPixels) {
		return ErrPixels
	}
	r, err := d.pdfium.RenderPageInDPI(&requests.RenderPageInDPI{
		Page: d.page(i), DPI: dpi, ImageFormat: format,
		RenderFlags: enums.FPDF_RENDER_FLAG_ANNOT | enums.FPDF_RENDER_FLAG_PRINTING,
	})
	if err != nil {
		return ErrPDF
	}
	defer r.Cleanup()
	if r.Result.RenderedImage == nil {
		return ErrPDF
	}
	return use(r.Result.RenderedImage)
}

// text extracts a page's text, with line ends as "\n". PDFium holds it in
// UTF-16, so a character beyond the basic plane counts twice.
func (d *document) text(i int) (string, error) {
	page := d.page(i)
	p, err := d.pdfium.FPDFText_LoadPage(&requests.FPDFText_LoadPage{Page: page})
	if err != nil {
		return "", ErrPDF
	}
	defer d.pdfium.FPDFText_ClosePage(&requests.FPDFText_ClosePage{TextPage: p.TextPage})
	n, err := d.pdfium.FPDFText_CountChars(&requests.FPDFText_CountChars{TextPage: p.TextPage})
	switch {
	case err != nil:
		return "", ErrPDF
	case n.Count > DefaultMaxText:
		return "", ErrText
	case n.Count == 0:
		return "", nil
	}
	t, err := d.pdfium.FPDFText_GetText(&requests.FPDFText_GetText{TextPage: p.TextPage, Count: n.Count})
	if err != nil {
		return "", ErrPDF
	}
	return strings.ReplaceAll(strings.TrimRight(t.Text, "\x00"), "\r\n", "\n"), nil
}

func encodePNG(m image.Image) ([]byte, error) {
	var b bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, m)
	return b.Bytes(), err
}
