package glyph

import "encoding/binary"

// slot is one code of a cut font: the glyph it draws and its advance.
type slot struct {
	code    uint16
	id      uint16
	advance int // thousandths; may exceed the glyph's own by merged spaces
}

// maxCut bounds a cut font's outlines, in bytes: a document of a thousand
// different kanji stays below one megabyte. It also ends a composite glyph
// that holds itself.
const maxCut = 8 << 20

// cut writes a TrueType font that holds just the slots' glyphs, under their
// codes. Slots come sorted by code, each code once.
func (f *font) cut(slots []slot) ([]byte, error) {
	ids := []uint16{0}
	for _, s := range slots {
		ids = append(ids, s.id)
	}
	var t glyphTable
	var hmtx []byte
	for i := 0; i < len(ids); i++ { // ids grows by the components found
		outline, err := f.outline(ids[i])
		if err != nil {
			return nil, err
		}
		if i == 0 {
			outline = nil // no tofu: a code that is not ours draws nothing
		}
		if ids, err = renumber(outline, ids); err != nil {
			return nil, err
		}
		if t.add(outline); len(t.glyf) > maxCut || len(ids) > 0xFFFF {
			return nil, errFont
		}
		advance, bearing, err := f.metric(ids[i])
		if err != nil {
			return nil, err
		}
		if i > 0 && i <= len(slots) {
			advance = f.units(slots[i-1].advance, advance)
		}
		hmtx = binary.BigEndian.AppendUint16(hmtx, advance)
		hmtx = append(hmtx, bearing[:]...)
	}
	out := f.headers()
	out["glyf"], out["loca"] = t.tables()
	out["hmtx"], out["cmap"] = hmtx, charmap4(slots)
	binary.BigEndian.PutUint16(out["hhea"][34:], uint16(len(ids)))
	binary.BigEndian.PutUint16(out["maxp"][4:], uint16(len(ids)))
	return assemble(out), nil
}

// renumber points a composite's components at their new places, which it
// appends to ids.
func renumber(outline []byte, ids []uint16) ([]uint16, error) {
	if len(outline) == 0 {
		return ids, nil
	}
	_, err := components(outline, func(at int) {
		ids = append(ids, binary.BigEndian.Uint16(outline[at:]))
		binary.BigEndian.PutUint16(outline[at:], uint16(len(ids)-1))
	})
	return ids, err
}

// units converts an advance back to font units; own is kept where it is meant.
func (f *font) units(thousandths int, own uint16) uint16 {
	if f.thousandths(int(own)) == thousandths {
		return own
	}
	return uint16(min((thousandths*f.upem+500)/1000, 0x7FFF))
}

// charmap4 writes a cmap of format 4 with one segment a code; glyph i+1 draws
// slot i.
func charmap4(slots []slot) []byte {
	n := len(slots) + 1
	var ends, starts, deltas []byte
	for i, s := range slots {
		ends = binary.BigEndian.AppendUint16(ends, s.code)
		starts = binary.BigEndian.AppendUint16(starts, s.code)
		deltas = binary.BigEndian.AppendUint16(deltas, uint16(i+1)-s.code)
	}
	last := []byte{0xFF, 0xFF}
	log := 0
	for 2<<log <= n {
		log++
	}
	var out []byte
	for _, v := range []int{0, 1, 3, 1, 0, 12, 4, 16 + 8*n, 0, 2 * n, 2 << log, log, 2*n - 2<<log} {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	out = append(append(out, ends...), last...)
	out = append(append(append(out, 0, 0), starts...), last...)
	out = append(append(out, deltas...), 0, 1)
	return append(out, make([]byte, 2*n)...)
}
