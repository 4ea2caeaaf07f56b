package site

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// HeadersFile is the note that lies beside exported files: what a static
// server must say of each, so that it is as Serve's.
const HeadersFile = "HEADERS.txt"

var errNotWhole = errors.New("site: the lists are not whole yet: what VRS has revoked must be heard first")

// Export writes everything that is published as files below dir, to be served
// at the issuer's URL. The key set comes last: it names the lists' counters.
// A list of a key that is gone stays, as cards may still rest on it.
func (s *Site) Export(dir string) error {
	if !s.Whole() {
		return errNotWhole
	}
	items := s.content.Load().items
	paths := slices.Sorted(maps.Keys(items))
	slices.SortStableFunc(paths, func(a, b string) int { return last(a) - last(b) })
	for _, path := range paths {
		if err := export(dir, fileOf(path), items[path].body, items[path].modified); err != nil {
			return err
		}
	}
	return export(dir, HeadersFile, s.headersNote(paths), s.o.Now())
}

// last orders the key set behind the lists, and all else before them.
func last(path string) int {
	switch {
	case path == pathJWKS:
		return 2
	case strings.HasPrefix(path, "/.well-known/"):
		return 1
	}
	return 0
}

// fileOf gives the file for a path; the page is a folder's index.
func fileOf(path string) string {
	if path == "/" {
		return "index.html"
	}
	return strings.TrimPrefix(path, "/")
}

// export puts one file in place such that a server never gives half of it.
func export(dir, name string, b []byte, modified time.Time) error {
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := replace(path, b, 0o644); err != nil {
		return err
	}
	return os.Chtimes(path, modified, modified)
}

// headersNote says what a static server must send.
func (s *Site) headersNote(paths []string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "Serve this folder at %s, for GET and HEAD, with these headers.\nEvery file: Access-Control-Allow-Origin: *   X-Content-Type-Options: nosniff\n\n", s.o.Issuer)
	for _, path := range paths {
		h := s.content.Load().items[path].headers()
		fmt.Fprintf(&b, "%s\n\tContent-Type: %s\n\tCache-Control: %s\n", fileOf(path), h["Content-Type"], h["Cache-Control"])
	}
	return []byte(b.String())
}
