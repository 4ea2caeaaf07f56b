package pdfsig

import "bytes"

// der is a run of DER values. Each is taken from the front with its tag;
// lengths must be definite and minimal (X.690 section 10.1), so that each
// value has one encoding. (encoding/asn1 would skip what it does not know at
// the end of a sequence.)
type der []byte

// The tags that a signature needs.
const (
	tagInteger     = 0x02
	tagOctets      = 0x04
	tagOID         = 0x06
	tagSequence    = 0x30
	tagSet         = 0x31
	tagContext0    = 0xa0
	tagContext4    = 0xa4
	longLength     = 0x80
	maxLengthBytes = 3
)

// next takes one value whole; ok is false when there is none.
func (d *der) next() (tag byte, whole, content der, ok bool) {
	b := *d
	if len(b) < 2 || b[0]&0x1f == 0x1f {
		return 0, nil, nil, false
	}
	head, n := 2, int(b[1])
	if n >= longLength {
		size := n - longLength
		if size < 1 || size > maxLengthBytes || len(b) < 2+size || b[2] == 0 {
			return 0, nil, nil, false
		}
		head, n = 2+size, 0
		for _, c := range b[2:head] {
			n = n<<8 | int(c)
		}
		if n < longLength {
			return 0, nil, nil, false
		}
	}
	if len(b) < head+n {
		return 0, nil, nil, false
	}
	*d = b[head+n:]
	return b[0], b[:head+n], b[head : head+n], true
}

// take takes the content of a value with that tag.
func (d *der) take(tag byte) (content der, ok bool) {
	rest := *d
	got, _, content, ok := rest.next()
	if !ok || got != tag {
		return nil, false
	}
	*d = rest
	return content, true
}

// only takes the content of a value with that tag which is the last one.
func (d *der) only(tag byte) (content der, ok bool) {
	content, ok = d.take(tag)
	return content, ok && len(*d) == 0
}

// is takes a value and reports whether it is that one, byte for byte.
func (d *der) is(whole []byte) bool {
	_, got, _, ok := d.next()
	return ok && bytes.Equal(got, whole)
}

// sorted gives the elements of a SET OF in their DER order, each once
// (X.690 section 11.6); ok is false when they stand in another.
func (d der) sorted() (elements []der, ok bool) {
	for len(d) > 0 {
		_, whole, _, ok := d.next()
		if !ok || len(elements) > 0 && bytes.Compare(elements[len(elements)-1], whole) >= 0 {
			return nil, false
		}
		elements = append(elements, whole)
	}
	return elements, true
}

// wrap encodes content under a tag.
func wrap(tag byte, content []byte) []byte {
	n := len(content)
	out := []byte{tag}
	switch {
	case n < longLength:
		out = append(out, byte(n))
	case n < 1<<8:
		out = append(out, longLength|1, byte(n))
	default:
		out = append(out, longLength|2, byte(n>>8), byte(n))
	}
	return append(out, content...)
}
