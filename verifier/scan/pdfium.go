package scan

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"math"
	"runtime"
	"strings"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// engine is PDFium in WebAssembly: its memory is bounded, it sees no file, no
// environment and no clock but the runtime's, and its words go nowhere.
type engine struct {
	pool  pdfium.Pool
	cache wazero.CompilationCache
	spare pdfium.Pdfium // the next document's instance, made ahead
	limit time.Duration // DefaultMaxTime
}

// newEngine compiles PDFium, or loads it from cacheDir, and makes the first
// instance, so that no file is opened later.
func newEngine(ctx context.Context, cacheDir string) (*engine, error) {
	config := wazero.NewRuntimeConfig().
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
		WithMemoryLimitPages(DefaultMaxMemory / wasmPage).
		WithCloseOnContextDone(true) // so that Kill ends a page that never ends
	e := &engine{limit: DefaultMaxTime}
	if cacheDir != "" {
		cache, err := wazero.NewCompilationCacheWithDir(cacheDir)
		if err != nil {
			return nil, fmt.Errorf("scan: cannot use the folder for compiled code; check that it can be written: %w", err)
		}
		e.cache, config = cache, config.WithCompilationCache(cache)
	}
	pool, err := webassembly.Init(webassembly.Config{
		Context: experimental.WithCompilationWorkers(ctx, runtime.GOMAXPROCS(0)), RuntimeConfig: config, MaxTotal: 2, MaxIdle: 0,
		FSConfig: wazero.NewFSConfig(), Stdout: io.Discard, Stderr: io.Discard,
	})
	if err != nil {
		return nil, fmt.Errorf("scan: PDFium does not start: %w", err)
	}
	e.pool = pool
	e.spare, err = pool.GetInstance(DefaultMaxTime)
	if err != nil {
		_ = e.close()
		return nil, fmt.Errorf("scan: PDFium does not start: %w", err)
	}
	return e, nil
}

func (e *engine) close() error {
	err := e.pool.Close()
	if e.cache != nil {
		err = errors.Join(err, e.cache.Close(context.Background()))
	}
	return err
}

// withDocument opens a PDF in a fresh instance and ends the instance after f,
// so that no document meets the remains of another, and one that breaks PDFium
// breaks its own instance only. After e.limit the instance is killed.
func (e *engine) withDocument(pdf []byte, f func(*document) error) (err error) {
	instance := e.spare
	e.spare = nil
	if instance == nil {
		if instance, err = e.pool.GetInstance(DefaultMaxTime); err != nil {
			return ErrPDF
		}
	}
	watchdog := time.AfterFunc(e.limit, func() { _ = instance.Kill() })
	defer func() {
		if recover() != nil { // PDFium trapped, or go-pdfium met a nil
			err = ErrPDF
		}
		if watchdog.Stop() {
			_ = instance.Close()
		} else {
			err = ErrTime
		}
		e.spare, _ = e.pool.GetInstance(DefaultMaxTime)
	}()
	opened, err := instance.OpenDocument(&requests.OpenDocument{File: &pdf})
	if err != nil {
		return ErrPDF
	}
	return f(&document{instance, opened.Document})
}

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
