package scan

import (
	"context"
	"errors"
	"syscall/js"
)

// engine is PDFium in WebAssembly, run by the browser itself: the same module
// that other systems run, with nothing to call but memory. Its memory is
// bounded by the module's own limit and the browser's; work that never ends is
// ended by whoever started this program, as nothing here can.
type engine struct{ start js.Value }

// errNoPDFium says that the page does not offer PDFium.
var errNoPDFium = errors.New("scan: the page has no function pdfium that makes an instance of PDFium")

// newEngine takes the function that the page offers as pdfium: it gives a fresh
// instance with call(name, ...numbers), view(from, n) and write(at, bytes).
func newEngine(context.Context, string) (*engine, error) {
	start := js.Global().Get("pdfium")
	if start.Type() != js.TypeFunction {
		return nil, errNoPDFium
	}
	return &engine{start}, nil
}

func (e *engine) close() error { return nil }

// withDocument opens a PDF in a fresh instance, so that no document meets the
// remains of another. The instance is dropped after f.
func (e *engine) withDocument(pdf []byte, f func(*document) error) (err error) {
	defer func() {
		if recover() != nil { // PDFium trapped, which syscall/js makes a panic
			err = ErrPDF
		}
	}()
	b := newBrowserRun(e.start.Invoke())
	opened, err := b.open(pdf)
	if err != nil {
		return ErrPDF
	}
	return f(&document{b, opened})
}

// Shared is New: there is no folder here to keep compiled code in, and the
// browser keeps its own.
func Shared(ctx context.Context) (*Scanner, error) { return New(ctx, "") }
