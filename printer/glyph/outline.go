package glyph

import "encoding/binary"

// Flags of a composite glyph's components (OpenType, glyf).
const (
	argsAreWords     = 1 << 0
	haveScale        = 1 << 3
	moreComponents   = 1 << 5
	haveXYScale      = 1 << 6
	haveTwoByTwo     = 1 << 7
	haveInstructions = 1 << 8
)

// components calls visit with the offset of each component's glyph index and
// gives the offset after the last one; 0 for a simple glyph.
func components(outline []byte, visit func(at int)) (end int, err error) {
	if len(outline) < 10 {
		return 0, errFont
	}
	if int16(binary.BigEndian.Uint16(outline)) >= 0 {
		return 0, nil
	}
	for at := 10; ; {
		if at+4 > len(outline) {
			return 0, errFont
		}
		flags := binary.BigEndian.Uint16(outline[at:])
		visit(at + 2)
		at += 4 + componentSize(flags)
		if at > len(outline) {
			return 0, errFont
		}
		if flags&moreComponents == 0 {
			return at, nil
		}
	}
}

func componentSize(flags uint16) int {
	n := 2
	if flags&argsAreWords != 0 {
		n = 4
	}
	switch {
	case flags&haveScale != 0:
		n += 2
	case flags&haveXYScale != 0:
		n += 4
	case flags&haveTwoByTwo != 0:
		n += 8
	}
	return n
}

// unhinted drops a glyph's instructions: paper is printed at 300 dpi and more,
// where they do nothing but take room.
func unhinted(outline []byte) ([]byte, error) {
	if len(outline) == 0 {
		return nil, nil
	}
	end, err := components(outline, func(int) {})
	if err != nil {
		return nil, err
	}
	if end != 0 {
		return unhintedComposite(outline[:end])
	}
	at := 10 + 2*int(binary.BigEndian.Uint16(outline))
	if at+2 > len(outline) {
		return nil, errFont
	}
	n := int(binary.BigEndian.Uint16(outline[at:]))
	if at+2+n > len(outline) {
		return nil, errFont
	}
	out := append([]byte(nil), outline[:at]...)
	return append(append(out, 0, 0), outline[at+2+n:]...), nil
}

func unhintedComposite(outline []byte) ([]byte, error) {
	out := append([]byte(nil), outline...)
	_, err := components(outline, func(at int) {
		flags := binary.BigEndian.Uint16(out[at-2:]) &^ haveInstructions
		binary.BigEndian.PutUint16(out[at-2:], flags)
	})
	return out, err
}
