package glyph

import (
	"encoding/binary"
	"maps"
	"math/bits"
	"slices"
)

// assemble makes a TrueType file of its tables, in the order of their tags,
// with checksums: the same tables give the same bytes.
func assemble(tables map[string][]byte) []byte {
	tags := slices.Sorted(maps.Keys(tables))
	n := len(tags)
	log := bits.Len(uint(n)) - 1
	out := binary.BigEndian.AppendUint32(nil, 0x00010000)
	for _, v := range []int{n, 16 << log, log, 16*n - 16<<log} {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	off := len(out) + 16*n
	for _, tag := range tags {
		out = append(out, tag...)
		out = binary.BigEndian.AppendUint32(out, checksum(tables[tag]))
		out = binary.BigEndian.AppendUint32(out, uint32(off))
		out = binary.BigEndian.AppendUint32(out, uint32(len(tables[tag])))
		off += (len(tables[tag]) + 3) &^ 3
	}
	for _, tag := range tags {
		out = append(out, tables[tag]...)
		out = append(out, make([]byte, -len(out)&3)...)
	}
	return out
}

func checksum(b []byte) (sum uint32) {
	for ; len(b) >= 4; b = b[4:] {
		sum += binary.BigEndian.Uint32(b)
	}
	var last [4]byte
	copy(last[:], b)
	return sum + binary.BigEndian.Uint32(last[:])
}

// glyphTable gathers outlines with long offsets.
type glyphTable struct{ glyf, loca []byte }

func (t *glyphTable) add(outline []byte) {
	t.loca = binary.BigEndian.AppendUint32(t.loca, uint32(len(t.glyf)))
	t.glyf = append(t.glyf, outline...)
	t.glyf = append(t.glyf, make([]byte, -len(t.glyf)&3)...)
}

// tables gives glyf and loca; a font without any outline still has both.
func (t *glyphTable) tables() (glyf, loca []byte) {
	return t.glyf, binary.BigEndian.AppendUint32(t.loca, uint32(len(t.glyf)))
}

// headers gives the small tables that a file made from f keeps as they are.
func (f *font) headers() map[string][]byte {
	out := map[string][]byte{}
	for _, tag := range []string{"OS/2", "head", "hhea", "maxp", "name"} {
		out[tag] = f.table(tag)
	}
	// Version 3: no glyph names; fpdf reads the italic angle and underline.
	post := append([]byte{0, 3, 0, 0}, f.table("post")...)
	if len(post) < 36 {
		post = append(post, make([]byte, 36)...)
	}
	out["post"] = append(post[:4:4], post[8:36]...)
	clear(out["post"][16:])
	binary.BigEndian.PutUint32(out["head"][8:], 0)  // checkSumAdjustment: no reader of a PDF looks
	binary.BigEndian.PutUint16(out["head"][50:], 1) // long offsets
	return out
}
