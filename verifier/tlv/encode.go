package tlv

// Append adds an object to dst as the card writes it: a length below 0x80 in
// one byte, any other as 82 hi lo. The value is at most 65535 bytes long;
// a longer one panics, for no file of the card can hold it.
func Append(dst []byte, tag Tag, value ...[]byte) []byte {
	n := 0
	for _, v := range value {
		n += len(v)
	}
	if n > 0xFFFF {
		panic("tlv: value longer than a length of two bytes can say")
	}
	dst = appendTag(dst, tag)
	if n < 0x80 {
		dst = append(dst, byte(n))
	} else {
		dst = append(dst, 0x82, byte(n>>8), byte(n))
	}
	for _, v := range value {
		dst = append(dst, v...)
	}
	return dst
}

// AppendTo adds the object to dst in the form in which it was read.
func (o Object) AppendTo(dst []byte) []byte {
	dst = appendTag(dst, o.Tag)
	tag, n := 1, len(o.Value)
	if o.Tag > 0xFF {
		tag = 2
	}
	switch len(o.Raw) - n - tag { // how many bytes the length took
	case 1:
		dst = append(dst, byte(n))
	case 2:
		dst = append(dst, 0x81, byte(n))
	default:
		dst = append(dst, 0x82, byte(n>>8), byte(n))
	}
	return append(dst, o.Value...)
}

func appendTag(dst []byte, tag Tag) []byte {
	if tag > 0xFF {
		return append(dst, byte(tag>>8), byte(tag))
	}
	return append(dst, byte(tag))
}
