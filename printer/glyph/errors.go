package glyph

import "errors"

var errAssets = errors.New("glyph: the fonts are not built in; run `make assets` and build again")

// Missing says that no font draws some characters of a text. It names how many
// and of what class, never which: a character of a name is personal data.
type Missing struct {
	Count int
	Class Class
}

// Class says what kind of character is missing. Append-only.
type Class string

func (m *Missing) Error() string { return "glyph: missing" }
