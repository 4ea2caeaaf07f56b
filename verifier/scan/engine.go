//go:build !js

package scan

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/klippa-app/go-pdfium"
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
