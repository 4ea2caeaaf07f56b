// Package prepare builds what the verifier's page runs: the Go verifier as
// WebAssembly, PDFium and zxing from their packages, and the licences that go
// along with them.
package prepare

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// pdfium is the module that carries PDFium, and where it does.
const (
	pdfium     = "github.com/klippa-app/go-pdfium"
	pdfiumWasm = "internal/pdfium_wasm/pdfium.wasm"
)

// Assets builds everything into the folder to. zxing is the folder of the npm
// package zxing-wasm. It is run inside the project.
func Assets(to, zxing string) error {
	root, err := goSays("env", "GOROOT")
	if err != nil {
		return err
	}
	module, err := goSays("list", "-m", "-f", "{{.Dir}}", pdfium)
	if err != nil {
		return err
	}
	verify, err := build()
	if err != nil {
		return err
	}
	if err := write(to, "verify.wasm", verify); err != nil {
		return err
	}
	for name, from := range map[string]string{
		"wasm_exec.js":            filepath.Join(root, "lib/wasm/wasm_exec.js"),
		"pdfium.wasm":             filepath.Join(module, pdfiumWasm),
		"zxing/share.js":          filepath.Join(zxing, "dist/es/share.js"),
		"zxing/reader/index.js":   filepath.Join(zxing, "dist/es/reader/index.js"),
		"zxing/zxing_reader.wasm": filepath.Join(zxing, "dist/reader/zxing_reader.wasm"),
	} {
		b, err := os.ReadFile(from)
		if err != nil {
			return fmt.Errorf("prepare: %w", err)
		}
		if err := write(to, name, b); err != nil {
			return err
		}
	}
	return licences(to, root, module, zxing)
}

// build makes the verifier for a browser, the same from the same sources: without
// paths, symbols or a revision.
func build() ([]byte, error) {
	dir, err := os.MkdirTemp("", "page")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "verify.wasm")
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", out, "akashi/verifier/web/cmd/page")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("prepare: the verifier does not build for a browser: %w: %s", err, said)
	}
	return os.ReadFile(out)
}

func goSays(args ...string) (string, error) {
	out, err := exec.Command("go", args...).Output()
	if err != nil {
		return "", fmt.Errorf("prepare: go %s: %w", strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out)), nil
}

// write puts a compressed file in place by renaming, so that no build ever sees
// half of one.
func write(to, name string, b []byte) error {
	var z bytes.Buffer
	w, err := gzip.NewWriterLevel(&z, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write(b); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	file := filepath.Join(to, filepath.FromSlash(name)+".gz")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(file+".new", z.Bytes(), 0o644); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}

// licences gathers the texts that must go along with the page.
func licences(to, root, module, zxing string) error {
	var all bytes.Buffer
	for _, l := range []struct{ what, file string }{
		{"Go, its standard library and wasm_exec.js", filepath.Join(root, "LICENSE")},
		{"go-pdfium, and PDFium, which it carries (The PDFium Authors, BSD 3-clause and Apache 2.0)", filepath.Join(module, "LICENSE")},
		{"zxing-wasm, and zxing-cpp, which it carries (Apache 2.0)", filepath.Join(zxing, "LICENSE")},
	} {
		b, err := os.ReadFile(l.file)
		if err != nil {
			return fmt.Errorf("prepare: a licence is missing: %w", err)
		}
		fmt.Fprintf(&all, "==== %s\n\n%s\n", l.what, b)
	}
	return write(to, "LICENSES.txt", all.Bytes())
}
