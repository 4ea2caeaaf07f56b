// Package glyph finds a drawable glyph for any Japanese name: coverage,
// fallback fonts, variation sequences and characters beyond the BMP.
package glyph

// Set is the fonts of the paper. It is safe for concurrent use.
type Set struct{}

// Load opens the embedded fonts. It fails, naming `make assets`, when they
// were not built.
func Load() (*Set, error) { return nil, errAssets }

// Check reports whether every character of text can be drawn: nil, *Missing
// or *Refused.
func (s *Set) Check(text string) error { return errAssets }
