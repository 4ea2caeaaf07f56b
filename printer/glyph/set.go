package glyph

import (
	"embed"
	"io"
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

var load = sync.OnceValues(open)

func open() (*Set, error) {
	s := &Set{}
	for _, a := range files {
		file, err := assets.Open("assets/" + a.file)
		if err != nil {
			return nil, ErrAssets
		}
		f, err := openFont(a.name, file.(io.ReaderAt))
		if err != nil {
			return nil, err
		}
		s.fonts = append(s.fonts, f)
	}
	return s, nil
}

// Check reports whether every character of a name can be drawn: nil, *Missing
// or *Refused.
func (s *Set) Check(text string) error {
	_, err := s.Lay(Mincho, text)
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

// join appends g, or merges a space that would not survive extraction.
func join(out []Glyph, g Glyph) []Glyph {
	if n := len(out); n > 0 && g.Space && (g.Text != " " || out[n-1].Space) {
		out[n-1].Text += g.Text
		out[n-1].Advance += g.Advance
		out[n-1].Space = true
		return out
	}
	return append(out, g)
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
