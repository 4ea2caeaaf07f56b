package strictjson

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf16"
)

// Canonical appends the canonical form of v (RFC 8785, JCS): members sorted by
// UTF-16 code units, no white space, the least escapes. ok is false when v
// holds a number that Int does not take; no format here needs one.
func (v *Value) Canonical(dst []byte) (out []byte, ok bool) {
	switch v.Kind {
	case Object:
		return v.object(dst)
	case Array:
		dst = append(dst, '[')
		for i := range v.Items {
			if i > 0 {
				dst = append(dst, ',')
			}
			if dst, ok = v.Items[i].Canonical(dst); !ok {
				return nil, false
			}
		}
		return append(dst, ']'), true
	case String:
		return quote(dst, v.Text), true
	case Number:
		_, ok = v.Int()
		return append(dst, v.Text...), ok
	}
	return append(dst, v.Text...), true
}

func (v *Value) object(dst []byte) (out []byte, ok bool) {
	members := slices.Clone(v.Members)
	slices.SortFunc(members, func(a, b Member) int { return compareUTF16(a.Name, b.Name) })
	dst = append(dst, '{')
	for i := range members {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(quote(dst, members[i].Name), ':')
		if dst, ok = members[i].Value.Canonical(dst); !ok {
			return nil, false
		}
	}
	return append(dst, '}'), true
}

func compareUTF16(a, b string) int {
	if strings.IndexFunc(a+b, func(r rune) bool { return r > 0xffff }) < 0 {
		return cmp.Compare(a, b) // UTF-8 order is UTF-16 order within the BMP
	}
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

// quote writes a string as RFC 8785 section 3.2.2.2 does.
func quote(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for _, c := range []byte(s) {
		switch i := strings.IndexByte(meaning, c); {
		case c == '/':
			dst = append(dst, c)
		case i >= 0:
			dst = append(dst, '\\', escapes[i])
		case c < 0x20:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}
