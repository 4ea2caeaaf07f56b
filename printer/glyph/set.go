package glyph

import (
	"embed"
	"io"
	"io/fs"
	"strings"
	"sync"
)

//go:embed assets
var assets embed.FS

// Set is the fonts of the paper. It is safe for concurrent use.
type Set struct {
	fonts []*font // in the order of files
}

// files are the assets in order of preference after the face asked for.
var files = []struct{ file, name string }{
	Mincho: {"mincho.ttf", "BIZUDPMincho"},
	Gothic: {"gothic.ttf", "BIZUDPGothic"},
	Bold:   {"bold.ttf", "BIZUDPGothic-Bold"},
	3:      {"wide1.ttf", "IPAmjMincho"},
	4:      {"wide2.ttf", "HanaMinA"},
	5:      {"wide3.ttf", "HanaMinB"},
}

// order gives the fonts to ask for a face: itself, then the wider ones.
func order(f Face) []int {
	if f == Mincho {
		return []int{int(Mincho), 3, 4, 5}
	}
	return []int{int(f), int(Mincho), 3, 4, 5}
}

// Load opens the embedded fonts, or gives ErrAssets. The fonts are opened once
// in a process; character maps are parsed when a text first needs them.
func Load() (*Set, error) { return load() }

var load = sync.OnceValues(func() (*Set, error) { return open(assets) })

func open(from fs.FS) (*Set, error) {
	s := &Set{}
	for _, a := range files {
		file, err := from.Open("assets/" + a.file)
		if err != nil {
			return nil, ErrAssets
		}
		at, ok := file.(io.ReaderAt) // embed.FS gives the program's image, uncopied
		if !ok {
			return nil, errFont
		}
		f, err := openFont(a.name, at)
		if err != nil {
			return nil, err
		}
		s.fonts = append(s.fonts, f)
	}
	return s, nil
}

// Check reports whether a name can be drawn and read back exactly: nil,
// *Missing or *Refused. White space at either end, and U+0020 beside another
// space, can be seen by no reader of the paper, and extractors drop it.
func (s *Set) Check(name string) error {
	if strings.Trim(name, " \u3000") != name || strings.Contains(name, "  ") ||
		strings.Contains(name, " \u3000") || strings.Contains(name, "\u3000 ") {
		return &Refused{ClassSpacing}
	}
	_, err := s.Lay(Mincho, name)
	return err
}

// Lay gives the glyphs of a text in order; their texts join to it. Ideographic
// spaces, and spaces that follow a space, belong to the glyph before them:
// extractors drop or change white space that stands for itself. Errors are
// *Missing and *Refused.
func (s *Set) Lay(face Face, text string) ([]Glyph, error) {
	clusters, err := split(text)
	if err != nil {
		return nil, err
	}
	var out []Glyph
	var missing *Missing
	for _, c := range clusters {
		g, ok, err := s.find(face, c)
		switch {
		case err != nil:
			return nil, err
		case !ok && missing == nil:
			missing = &Missing{Count: 1, Class: c.class}
		case !ok:
			missing.Count++
		default:
			out = join(out, g)
		}
	}
	if missing != nil {
		return nil, missing
	}
	return out, nil
}

// join appends g, or merges spaces that would not survive extraction: any
// U+3000, and two or more in a row.
func join(out []Glyph, g Glyph) []Glyph {
	out = append(out, g)
	for n := len(out); n > 1 && out[n-1].blank() && (out[n-1].Text != " " || out[n-2].Space); n-- {
		out[n-2].Text += out[n-1].Text
		out[n-2].Advance += out[n-1].Advance
		out[n-2].Space = true
		out = out[:n-1]
	}
	return out
}

func (s *Set) find(face Face, c cluster) (Glyph, bool, error) {
	if !c.whole || face >= faces {
		return Glyph{}, false, nil
	}
	for _, i := range order(face) {
		id, ok, err := s.fonts[i].lookup(c.base, c.vs)
		if err != nil {
			return Glyph{}, false, err
		}
		if !ok {
			continue
		}
		a, err := s.fonts[i].advance(id)
		return Glyph{Text: c.text, Advance: a, Space: blank(c.base), font: i, id: id}, true, err
	}
	return Glyph{}, false, nil
}
