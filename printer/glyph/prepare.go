package glyph

import (
	"fmt"
	"io"

	"github.com/go-text/typesetting/font/opentype/tables"
)

// Source names the font that an asset is made of and the Debian package that
// holds it.
type Source struct {
	File    string // asset
	Package string // Debian 12
	Font    string // file name in the package
}

// Sources lists the assets in the order in which Prepare must see them.
func Sources() []Source {
	return []Source{
		{"mincho.ttf", "fonts-morisawa-bizud-mincho", "BIZUDPMincho-Regular.ttf"},
		{"gothic.ttf", "fonts-morisawa-bizud-gothic", "BIZUDPGothic-Regular.ttf"},
		{"bold.ttf", "fonts-morisawa-bizud-gothic", "BIZUDPGothic-Bold.ttf"},
		{"wide1.ttf", "fonts-ipamj-mincho", "ipamjm.ttf"},
		{"wide2.ttf", "fonts-hanazono", "HanaMinA.ttf"},
		{"wide3.ttf", "fonts-hanazono", "HanaMinB.ttf"},
	}
}

// Preparer makes assets of fonts: without hints and layout tables, and with
// the glyphs blanked that an earlier font already has, which halves them.
// Glyph numbers and character maps stay.
type Preparer struct {
	plain map[rune]bool
	pairs map[[2]rune]bool
}

// NewPreparer gives a preparer that has seen no font.
func NewPreparer() *Preparer {
	return &Preparer{plain: map[rune]bool{}, pairs: map[[2]rune]bool{}}
}

// Prepare makes the asset of one font of Sources.
func (p *Preparer) Prepare(file string, r io.ReaderAt) ([]byte, error) {
	f, err := openFont(file, r)
	if err != nil {
		return nil, err
	}
	if err := f.charmap(); err != nil {
		return nil, err
	}
	label := file == "gothic.ttf" || file == "bold.ttf"
	keep, err := p.keep(f, label)
	if err != nil {
		return nil, err
	}
	var t glyphTable
	for id := range f.glyphs {
		var outline []byte
		if keep[uint16(id)] {
			if outline, err = f.outline(uint16(id)); err == nil {
				outline, err = unhinted(outline)
			}
			if err != nil {
				return nil, fmt.Errorf("%s: glyph %d: %w", file, id, err)
			}
		}
		t.add(outline)
	}
	out := f.headers()
	out["hmtx"], out["cmap"] = f.table("hmtx"), f.table("cmap")
	out["glyf"], out["loca"] = t.tables()
	return assemble(out), nil
}

// keep chooses the glyphs that no earlier font has, with their components.
// Labels need no variation sequences, and other fonts do not lean on theirs.
func (p *Preparer) keep(f *font, label bool) (map[uint16]bool, error) {
	keep := map[uint16]bool{}
	for it := f.cmap.Iter(); it.Next(); {
		r, id := it.Char()
		_, n, err := f.place(uint16(id))
		if err != nil {
			return nil, err
		}
		if n == 0 || p.plain[r] && !label {
			continue
		}
		keep[uint16(id)] = true
		p.plain[r] = p.plain[r] || !label
	}
	if !label {
		if err := p.keepSequences(f, keep); err != nil {
			return nil, err
		}
	}
	return keep, f.closure(keep)
}

func (p *Preparer) keepSequences(f *font, keep map[uint16]bool) error {
	return f.sequences(func(base, vs rune, id uint16) {
		if pair := [2]rune{base, vs}; !p.pairs[pair] {
			p.pairs[pair], keep[id] = true, true
		}
	})
}

// closure adds the components of composite glyphs.
func (f *font) closure(keep map[uint16]bool) error {
	var queue []uint16
	for id := range keep {
		queue = append(queue, id)
	}
	for ; len(queue) > 0; queue = queue[1:] {
		outline, err := f.outline(queue[0])
		if err != nil {
			return err
		}
		if len(outline) == 0 {
			continue
		}
		_, err = components(outline, func(at int) {
			if id := uint16(outline[at])<<8 | uint16(outline[at+1]); !keep[id] {
				keep[id] = true
				queue = append(queue, id)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// sequences visits every variation sequence of the font with its glyph.
func (f *font) sequences(visit func(base, vs rune, id uint16)) error {
	raw, _, err := tables.ParseCmap(f.table("cmap"))
	if err != nil {
		return errFont
	}
	for _, rec := range raw.Records {
		uvs, ok := rec.Subtable.(tables.CmapSubtable14)
		if !ok {
			continue
		}
		for _, s := range uvs.VarSelectors {
			vs := uint24(s.VarSelector)
			for _, r := range s.DefaultUVS.Ranges {
				first := uint24(r.StartUnicodeValue)
				for c := first; c <= first+rune(r.AdditionalCount); c++ {
					id, _ := f.cmap.Lookup(c)
					visit(c, vs, uint16(id))
				}
			}
			for _, m := range s.NonDefaultUVS.Ranges {
				visit(uint24(m.UnicodeValue), vs, uint16(m.GlyphID))
			}
		}
	}
	return nil
}

func uint24(b [3]byte) rune { return rune(b[0])<<16 | rune(b[1])<<8 | rune(b[2]) }
