package glyph

import (
	"errors"
	"fmt"
)

// ErrAssets says that the program was built without its fonts.
var ErrAssets = errors.New("glyph: the fonts are not built in; run `make assets` and build again")

// Missing says that no font draws some characters of a text. It tells how many
// and of what class, never which: a character of a name is personal data.
type Missing struct {
	Count int   // clusters without a glyph
	Class Class // of the first of them
}

func (m *Missing) Error() string {
	return fmt.Sprintf("glyph: no font draws %d of the characters (%s); the municipality's counter can issue by hand", m.Count, m.Class)
}

// Refused says that a text holds something that is not a character of a
// printed name at all. Like Missing it names only a class.
type Refused struct {
	Class Class
}

func (r *Refused) Error() string {
	return fmt.Sprintf("glyph: the text holds %s, which is never printed; correct the record", r.Class)
}

// Class is a coarse kind of character, safe to log. Append-only.
type Class string

// Classes of Missing.
const (
	ClassBMP       Class = "a character of the basic plane"
	ClassBeyond    Class = "a character beyond the basic plane"
	ClassVariation Class = "a variation sequence"
	ClassCombining Class = "a combining sequence"
)

// Classes of Refused.
const (
	ClassEncoding   Class = "invalid UTF-8"
	ClassControl    Class = "a control or formatting character"
	ClassPrivate    Class = "a private-use or unassigned character"
	ClassSeparator  Class = "a separator other than U+0020 and U+3000"
	ClassStrayMark  Class = "a mark or variation selector without its base"
	ClassTooLong    Class = "more characters than a printed field"
	ClassTooStacked Class = "too many marks on one base"
	ClassSpacing    Class = "white space that paper cannot show"
)
