package scan

import (
	"encoding/binary"
	"errors"
	"image"
	"math"
	"strconv"
	"syscall/js"
	"unicode/utf16"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/responses"
	"github.com/klippa-app/go-pdfium/structs"
)

// errCall is whatever PDFium would not do. What was asked of it is turned into
// one of this package's errors, or into a mark that no certificate has.
var errCall = errors.New("scan: PDFium does not")

// browserRun is one instance of PDFium that the browser runs: those functions of
// go-pdfium that a document asks for, with the same answers. Handles are the
// module's addresses in decimal digits.
type browserRun struct {
	pdfium.Pdfium // nil: no other function is ever called

	module  js.Value
	scratch int // address of scratchSize bytes for what functions give through pointers
	doc     int
	page    int // address of the page in use
	index   int // its number, -1: none
}

// scratchSize holds the largest thing given through pointers: a matrix of six
// numbers.
const scratchSize = 32

func newBrowserRun(module js.Value) *browserRun {
	b := &browserRun{module: module, index: -1}
	b.scratch = b.call("malloc", scratchSize)
	return b
}

// call calls a function of the module with addresses and numbers.
func (b *browserRun) call(name string, args ...any) int {
	return b.module.Call("call", append([]any{name}, args...)...).Int()
}

// asks calls a function that gives values of four bytes through its last n
// arguments, each a pointer.
func (b *browserRun) asks(name string, handle, n int) (v [6]uint32, err error) {
	args := []any{handle}
	for i := range n {
		args = append(args, b.scratch+4*i)
	}
	return b.given(b.call(name, args...), n)
}

// fills calls a function that fills a structure of n values of four bytes.
func (b *browserRun) fills(name string, handle, n int) (v [6]uint32, err error) {
	return b.given(b.call(name, handle, b.scratch), n)
}

func (b *browserRun) given(ok, n int) (v [6]uint32, err error) {
	if ok == 0 {
		return v, errCall
	}
	raw := b.read(b.scratch, 4*n)
	for i := range n {
		v[i] = binary.LittleEndian.Uint32(raw[4*i:])
	}
	return v, nil
}

// read copies out of the module's memory.
func (b *browserRun) read(from, n int) []byte {
	out := make([]byte, n)
	js.CopyBytesToGo(out, b.module.Call("view", from, n))
	return out
}

// open copies a PDF into the module's memory, where it stays, and opens it.
func (b *browserRun) open(pdf []byte) (references.FPDF_DOCUMENT, error) {
	at := b.call("malloc", len(pdf))
	if at == 0 {
		return "", errCall
	}
	js.CopyBytesToJS(b.module.Call("view", at, len(pdf)), pdf)
	b.doc = b.call("FPDF_LoadMemDocument", at, len(pdf), 0)
	return references.FPDF_DOCUMENT(handle(b.doc)), missing(b.doc)
}

func (b *browserRun) load(p requests.Page) (int, error) {
	if p.ByIndex.Index == b.index {
		return b.page, nil
	}
	if b.index >= 0 {
		b.call("FPDF_ClosePage", b.page)
		b.index = -1
	}
	if b.page = b.call("FPDF_LoadPage", b.doc, p.ByIndex.Index); b.page == 0 {
		return 0, errCall
	}
	b.index = p.ByIndex.Index
	return b.page, nil
}

func handle(at int) string { return strconv.Itoa(at) }

// address reads a handle; one that is none is address 0, which PDFium refuses.
func address[H ~string](h H) int {
	at, _ := strconv.Atoi(string(h))
	return at
}

func missing(at int) error {
	if at == 0 {
		return errCall
	}
	return nil
}

func negative(n int) error {
	if n < 0 {
		return errCall
	}
	return nil
}

func float(bits uint32) float32 { return math.Float32frombits(bits) }

func rect(v [6]uint32) structs.FPDF_FS_RECTF {
	return structs.FPDF_FS_RECTF{Left: float(v[0]), Top: float(v[1]), Right: float(v[2]), Bottom: float(v[3])}
}

func colour(v [6]uint32) structs.FPDF_COLOR {
	return structs.FPDF_COLOR{R: uint(v[0]), G: uint(v[1]), B: uint(v[2]), A: uint(v[3])}
}

func (b *browserRun) FPDF_GetPageCount(*requests.FPDF_GetPageCount) (*responses.FPDF_GetPageCount, error) {
	return &responses.FPDF_GetPageCount{PageCount: b.call("FPDF_GetPageCount", b.doc)}, nil
}

func (b *browserRun) GetPageSize(r *requests.GetPageSize) (*responses.GetPageSize, error) {
	page, err := b.load(r.Page)
	if err != nil {
		return nil, err
	}
	side := func(name string) float64 { return b.module.Call("call", name, page).Float() }
	return &responses.GetPageSize{Page: b.index, Width: side("FPDF_GetPageWidth"), Height: side("FPDF_GetPageHeight")}, nil
}

// RenderPageInDPI draws as go-pdfium does: grey on white, or in colour on white,
// on nothing where the page is transparent.
func (b *browserRun) RenderPageInDPI(r *requests.RenderPageInDPI) (*responses.RenderPageInDPI, error) {
	size, err := b.GetPageSize(&requests.GetPageSize{Page: r.Page})
	if err != nil {
		return nil, err
	}
	scale := float64(r.DPI) / 72
	w, h := int(math.Ceil(size.Width*scale)), int(math.Ceil(size.Height*scale))
	m, err := b.draw(w, h, r.RenderFlags, r.ImageFormat == requests.RenderImageFormatGrayscale)
	if err != nil {
		return nil, err
	}
	return &responses.RenderPageInDPI{Result: responses.RenderPage{RenderedImage: m, Width: w, Height: h}}, nil
}

func (b *browserRun) draw(w, h int, flags enums.FPDF_RENDER_FLAG, grey bool) (image.Image, error) {
	format, paper := enums.FPDF_BITMAP_FORMAT_BGRA, 0xFFFFFFFF
	if grey {
		format, flags = enums.FPDF_BITMAP_FORMAT_GRAY, flags|enums.FPDF_RENDER_FLAG_GRAYSCALE
	} else {
		if flags |= enums.FPDF_RENDER_FLAG_REVERSE_BYTE_ORDER; b.call("FPDFPage_HasTransparency", b.page) == 1 {
			paper = 0
		}
	}
	bitmap := b.call("FPDFBitmap_CreateEx", w, h, int(format), 0, 0)
	if bitmap == 0 {
		return nil, errCall
	}
	defer b.call("FPDFBitmap_Destroy", bitmap)
	b.call("FPDFBitmap_FillRect", bitmap, 0, 0, w, h, paper)
	b.call("FPDF_RenderPageBitmap", bitmap, b.page, 0, 0, w, h, 0, int(flags))
	stride := b.call("FPDFBitmap_GetStride", bitmap)
	pix := b.read(b.call("FPDFBitmap_GetBuffer", bitmap), stride*h)
	if grey {
		return &image.Gray{Pix: pix, Stride: stride, Rect: image.Rect(0, 0, w, h)}, nil
	}
	return &image.RGBA{Pix: pix, Stride: stride, Rect: image.Rect(0, 0, w, h)}, nil
}

func (b *browserRun) FPDFText_LoadPage(r *requests.FPDFText_LoadPage) (*responses.FPDFText_LoadPage, error) {
	page, err := b.load(r.Page)
	if err != nil {
		return nil, err
	}
	at := b.call("FPDFText_LoadPage", page)
	return &responses.FPDFText_LoadPage{TextPage: references.FPDF_TEXTPAGE(handle(at))}, missing(at)
}

func (b *browserRun) FPDFText_CountChars(r *requests.FPDFText_CountChars) (*responses.FPDFText_CountChars, error) {
	n := b.call("FPDFText_CountChars", address(r.TextPage))
	return &responses.FPDFText_CountChars{Count: n}, negative(n)
}

func (b *browserRun) FPDFText_GetText(r *requests.FPDFText_GetText) (*responses.FPDFText_GetText, error) {
	at := b.call("malloc", 2*(r.Count+1)) // with PDFium's zero at the end
	if at == 0 {
		return nil, errCall
	}
	defer b.call("free", at)
	n := b.call("FPDFText_GetText", address(r.TextPage), r.StartIndex, r.Count, at)
	raw := b.read(at, 2*n)
	units := make([]uint16, n)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(raw[2*i:])
	}
	return &responses.FPDFText_GetText{Text: string(utf16.Decode(units))}, nil
}

func (b *browserRun) FPDFText_ClosePage(r *requests.FPDFText_ClosePage) (*responses.FPDFText_ClosePage, error) {
	b.call("FPDFText_ClosePage", address(r.TextPage))
	return &responses.FPDFText_ClosePage{}, nil
}
