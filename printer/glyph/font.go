package glyph

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"sync"

	gofont "github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype/tables"
)

// errFont says that an asset is not a font of the one shape that Prepare
// writes.
var errFont = errors.New("glyph: a built-in font is damaged; run `make assets` and build again")

// font is one opened TrueType font. Outlines stay in the file (the program's
// own image, for assets) and are read when a document needs them.
type font struct {
	name   string // for the PDF
	r      io.ReaderAt
	tables map[string]span
	head   []byte
	upem   int
	glyphs int
	hm     int // entries of hmtx with an advance

	once     sync.Once
	cmap     gofont.Cmap
	variants gofont.UnicodeVariations
	err      error
}

type span struct{ off, len int64 }

// openFont reads the table directory and the three header tables.
func openFont(name string, r io.ReaderAt) (*font, error) {
	f := &font{name: name, r: r, tables: map[string]span{}}
	var top [12]byte
	if _, err := r.ReadAt(top[:], 0); err != nil || binary.BigEndian.Uint32(top[:]) != 0x00010000 {
		return nil, errFont
	}
	dir := make([]byte, 16*int(binary.BigEndian.Uint16(top[4:])))
	if _, err := r.ReadAt(dir, 12); err != nil {
		return nil, errFont
	}
	for ; len(dir) > 0; dir = dir[16:] {
		f.tables[string(dir[:4])] = span{int64(binary.BigEndian.Uint32(dir[8:])), int64(binary.BigEndian.Uint32(dir[12:]))}
	}
	f.head = f.table("head")
	hhea, maxp := f.table("hhea"), f.table("maxp")
	if len(f.head) < 54 || len(hhea) < 36 || len(maxp) < 6 {
		return nil, errFont
	}
	f.upem = int(binary.BigEndian.Uint16(f.head[18:]))
	f.glyphs = int(binary.BigEndian.Uint16(maxp[4:]))
	f.hm = int(binary.BigEndian.Uint16(hhea[34:]))
	if f.upem == 0 || f.hm == 0 || f.tables["hmtx"].len < int64(f.hm*4) {
		return nil, errFont
	}
	return f, nil
}

// maxTable bounds a table that is read whole, in bytes: outlines are not, and
// the largest other one is the character map of IPAmj Mincho with 278 kB.
const maxTable = 4 << 20

// table gives a copy of a table, or nil.
func (f *font) table(tag string) []byte {
	s, ok := f.tables[tag]
	if !ok || s.len > maxTable {
		return nil
	}
	b := make([]byte, s.len)
	if _, err := f.r.ReadAt(b, s.off); err != nil {
		return nil
	}
	return b
}

// charmap parses the cmap once, when the font is first asked.
func (f *font) charmap() error {
	f.once.Do(func() { f.cmap, f.variants, f.err = parseCharmap(f.table("cmap")) })
	return f.err
}

// parseCharmap turns the library's panics on a damaged table into an error.
func parseCharmap(table []byte) (cmap gofont.Cmap, uvs gofont.UnicodeVariations, err error) {
	defer func() {
		if recover() != nil {
			err = errFont
		}
	}()
	raw, _, err := tables.ParseCmap(table)
	if err == nil {
		cmap, uvs, err = gofont.ProcessCmap(raw, tables.FPNone)
	}
	if err != nil {
		err = fmt.Errorf("%w (%v)", errFont, err)
	}
	return cmap, uvs, err
}

// lookup finds the glyph of a character or variation sequence that this font
// really draws.
func (f *font) lookup(base, vs rune) (uint16, bool, error) {
	if err := f.charmap(); err != nil {
		return 0, false, err
	}
	if vs != 0 {
		switch id, how := f.variants.GetGlyphVariant(base, vs); how {
		case gofont.VariantFound:
			return f.drawn(uint16(id), base)
		case gofont.VariantNotFound:
			return 0, false, nil
		}
	}
	id, ok := f.cmap.Lookup(base)
	if !ok || id == 0 {
		return 0, false, nil
	}
	return f.drawn(uint16(id), base)
}

// drawn refuses a glyph without outline: Prepare blanks the glyphs that an
// earlier font of the set has.
func (f *font) drawn(id uint16, base rune) (uint16, bool, error) {
	_, n, err := f.place(id)
	return id, err == nil && (n > 0 || blank(base)), err
}

// place finds a glyph's outline in the glyf table.
func (f *font) place(id uint16) (off, n int64, err error) {
	if int(id) >= f.glyphs {
		return 0, 0, errFont
	}
	var b [8]byte
	if f.head[51] == 0 { // short offsets, in words
		if _, err := f.r.ReadAt(b[:4], f.tables["loca"].off+2*int64(id)); err != nil {
			return 0, 0, errFont
		}
		off, n = 2*int64(binary.BigEndian.Uint16(b[:])), 2*int64(binary.BigEndian.Uint16(b[2:]))
	} else {
		if _, err := f.r.ReadAt(b[:], f.tables["loca"].off+4*int64(id)); err != nil {
			return 0, 0, errFont
		}
		off, n = int64(binary.BigEndian.Uint32(b[:])), int64(binary.BigEndian.Uint32(b[4:]))
	}
	if n < off || n > f.tables["glyf"].len {
		return 0, 0, errFont
	}
	return off, n - off, nil
}

// outline gives a copy of a glyph's outline, empty for a space.
func (f *font) outline(id uint16) ([]byte, error) {
	off, n, err := f.place(id)
	if err != nil || n == 0 {
		return nil, err
	}
	b := make([]byte, n)
	if _, err := f.r.ReadAt(b, f.tables["glyf"].off+off); err != nil || n < 10 {
		return nil, errFont
	}
	return b, nil
}

// metric gives a glyph's advance and left side bearing in font units.
func (f *font) metric(id uint16) (advance uint16, bearing [2]byte, err error) {
	at, hmtx := int(id), f.tables["hmtx"].off
	var b [4]byte
	if at >= f.hm {
		if _, err := f.r.ReadAt(b[2:], hmtx+4*int64(f.hm)+2*int64(at-f.hm)); err != nil {
			return 0, bearing, errFont
		}
		at = f.hm - 1
		_, err = f.r.ReadAt(b[:2], hmtx+4*int64(at))
	} else {
		_, err = f.r.ReadAt(b[:], hmtx+4*int64(at))
	}
	if err != nil {
		return 0, bearing, errFont
	}
	return binary.BigEndian.Uint16(b[:]), [2]byte(b[2:]), nil
}

// advance gives a glyph's advance in thousandths of the font size.
func (f *font) advance(id uint16) (int, error) {
	a, _, err := f.metric(id)
	return f.thousandths(int(a)), err
}

// thousandths converts font units the way that fpdf writes widths.
func (f *font) thousandths(units int) int {
	return int(math.Round(1000 / float64(f.upem) * float64(units)))
}
