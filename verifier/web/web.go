// Package web is the verifier's public page (検証ページ): served, or written out
// as a folder that any web server can give. It reads certificates by camera or
// from files and judges them inside the browser; nothing that it reads leaves it.
package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"akashi/verifier/trust"
	"akashi/verifier/trust/keep"
	"akashi/verifier/web/bridge"
)

//go:embed page
var written embed.FS

//go:embed assets
var built embed.FS

// ErrAssets says that the page's programs were not built into this one.
var ErrAssets = errors.New("web: the page's programs are not in this build: make web, then build again")

// Options say what the page trusts.
type Options struct {
	Trust string // file of the trust list; read anew for whoever asks, so it can be replaced
	Root  string // file of the root that must have signed it, PEM; read once
}

// Site is the page with all its files.
type Site struct {
	trust string
	files map[string]file
}

// file is one file of the page, as it stands and compressed.
type file struct {
	kind    string // media type
	plain   []byte // nil: only zipped is held
	zipped  []byte
	version string // of the content
}

// kinds are the media types of the page's files.
var kinds = map[string]string{
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".json": "application/json", ".wasm": "application/wasm", ".png": "image/png", ".svg": "image/svg+xml",
	".webmanifest": "application/manifest+json", ".txt": "text/plain; charset=utf-8", ".pem": "application/x-pem-file",
}

// New puts the page together. ErrAssets says what a build lacks.
func New(o Options) (*Site, error) {
	s := &Site{trust: o.Trust, files: map[string]file{}}
	if err := s.add(written, "page"); err != nil {
		return nil, err
	}
	if err := s.add(built, "assets"); err != nil {
		return nil, err
	}
	if _, ok := s.files["verify.wasm"]; !ok {
		return nil, ErrAssets
	}
	root, err := bounded(o.Root)
	if err != nil {
		return nil, err
	}
	if _, err := trust.ParseRoot(root); err != nil {
		return nil, fmt.Errorf("%s: %w", o.Root, err)
	}
	s.files[bridge.RootFile] = newFile(bridge.RootFile, root)
	if _, err := s.list(); err != nil {
		return nil, err
	}
	return s, s.finish()
}

// add takes the files below dir. Those that end in .gz stay compressed.
func (s *Site) add(from fs.FS, dir string) error {
	return fs.WalkDir(from, dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == "README.txt" {
			return err
		}
		b, err := fs.ReadFile(from, name)
		if err != nil {
			return err
		}
		name = strings.TrimPrefix(name, dir+"/")
		if at, zipped := strings.CutSuffix(name, ".gz"); zipped {
			s.files[at] = file{kind: kinds[path.Ext(at)], zipped: b, version: digest(b)}
		} else {
			s.files[name] = newFile(name, b)
		}
		return nil
	})
}

func newFile(name string, b []byte) file {
	return file{kinds[path.Ext(name)], b, nil, digest(b)}
}

func digest(b []byte) string {
	d := sha256.Sum256(b)
	return hex.EncodeToString(d[:8])
}

// finish writes the service worker's list of files and their common version,
// and the policy where the page names it.
func (s *Site) finish() error {
	for name, f := range s.files {
		if bytes.Contains(f.plain, []byte("{{policy}}")) {
			s.files[name] = newFile(name, bytes.ReplaceAll(f.plain, []byte("{{policy}}"), []byte(policy)))
		}
	}
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(s.files)), func(name string) bool { return name == "sw.js" })
	all := ""
	for _, name := range append(names, "sw.js") {
		all += name + " " + s.files[name].version + "\n"
	}
	list, err := json.Marshal(names)
	if err != nil {
		return err
	}
	sw := s.files["sw.js"].plain
	sw = bytes.ReplaceAll(sw, []byte("{{version}}"), []byte(digest([]byte(all))))
	sw = bytes.ReplaceAll(sw, []byte("'{{files}}'"), list)
	s.files["sw.js"] = newFile("sw.js", sw)
	return nil
}

// list reads the trust list as it is now.
func (s *Site) list() ([]byte, error) { return bounded(s.trust) }

func bounded(name string) ([]byte, error) {
	f, err := keep.OpenFile(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, trust.DefaultMaxList+1))
	if err == nil && len(b) > trust.DefaultMaxList {
		err = fmt.Errorf("%s: larger than a trust list may be", name)
	}
	return b, err
}

// whole gives a file's content uncompressed.
func (f file) whole() ([]byte, error) {
	if f.plain != nil {
		return f.plain, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(f.zipped))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// Export writes the page with its trust list into dir, which it makes: a folder
// for any web server that knows .wasm and .js by their media types.
func (s *Site) Export(dir string) error {
	list, err := s.list()
	if err != nil {
		return err
	}
	for name, f := range s.files {
		b, err := f.whole()
		if err != nil {
			return err
		}
		if err := put(dir, name, b); err != nil {
			return err
		}
	}
	return put(dir, bridge.TrustFile, list)
}

func put(dir, name string, b []byte) error {
	to := dir + "/" + name
	if err := os.MkdirAll(path.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, b, 0o644)
}
