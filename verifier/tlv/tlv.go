// Package tlv reads BER-TLV as the My Number card writes it, within strict
// bounds.
//
// Tags are one byte, or two where the first one's low five bits are all ones.
// A length below 0x80 is one byte; from 0x80 on the card writes 82 hi lo even
// where one byte would do (82 00 9F), and 81 xx is read as well. Everything
// else (indefinite, longer forms, long forms below 0x80, tags of three bytes)
// is refused. The length's form is kept, so what was read encodes back to the
// same bytes.
package tlv

import "errors"

// Tag is a tag of one byte (0x90) or two (0xFF20).
type Tag uint16

// Errors of the reader. They say what is wrong, never with which bytes.
var (
	// ErrTruncated says that the input ends inside a tag, length or value.
	ErrTruncated = errors.New("tlv: input ends inside an object; read the file again")
	// ErrTag says that a tag has a form that the card does not write.
	ErrTag = errors.New("tlv: tag of a form that the card does not write")
	// ErrLength says that a length has a form that the card does not write.
	ErrLength = errors.New("tlv: length of a form that the card does not write")
	// ErrUnexpected says that another tag stands where one was asked for.
	ErrUnexpected = errors.New("tlv: another object than the one expected")
	// ErrTrailing says that bytes follow the last object.
	ErrTrailing = errors.New("tlv: bytes after the last object")
)

// Object is one object that was read. Value and Raw are parts of the input,
// not copies.
type Object struct {
	Tag   Tag
	Value []byte
	Raw   []byte // tag, length and value
}

// Next reads the object at the start of b and gives what follows it.
func Next(b []byte) (o Object, rest []byte, err error) {
	tag, n, err := readTag(b)
	if err != nil {
		return Object{}, nil, err
	}
	length, m, err := readLength(b[n:])
	if err != nil {
		return Object{}, nil, err
	}
	start := n + m
	if len(b)-start < length {
		return Object{}, nil, ErrTruncated
	}
	end := start + length
	return Object{tag, b[start:end:end], b[:end:end]}, b[end:], nil
}

// Expect reads the object at the start of b and requires its tag.
func Expect(b []byte, tag Tag) (o Object, rest []byte, err error) {
	o, rest, err = Next(b)
	if err == nil && o.Tag != tag {
		return Object{}, nil, ErrUnexpected
	}
	return o, rest, err
}

// Only reads b as exactly one object of the tag.
func Only(b []byte, tag Tag) (Object, error) {
	o, rest, err := Expect(b, tag)
	if err == nil && len(rest) != 0 {
		return Object{}, ErrTrailing
	}
	return o, err
}

// Sequence reads b as exactly these objects in this order, nothing between
// and nothing after.
func Sequence(b []byte, tags ...Tag) ([]Object, error) {
	objects := make([]Object, 0, len(tags))
	for _, tag := range tags {
		o, rest, err := Expect(b, tag)
		if err != nil {
			return nil, err
		}
		objects, b = append(objects, o), rest
	}
	if len(b) != 0 {
		return nil, ErrTrailing
	}
	return objects, nil
}

// HeaderSize tells from the first bytes of a file how long its first object's
// tag and length are and how long its value is, in bytes: a reader of the card
// learns from it how much to read. At most 5 bytes are looked at.
func HeaderSize(b []byte) (header, value int, err error) {
	_, n, err := readTag(b)
	if err != nil {
		return 0, 0, err
	}
	length, m, err := readLength(b[n:])
	if err != nil {
		return 0, 0, err
	}
	return n + m, length, nil
}

func readTag(b []byte) (Tag, int, error) {
	switch {
	case len(b) == 0:
		return 0, 0, ErrTruncated
	case b[0] == 0: // padding, not an object
		return 0, 0, ErrTag
	case b[0]&0x1F != 0x1F:
		return Tag(b[0]), 1, nil
	case len(b) == 1:
		return 0, 0, ErrTruncated
	case b[1]&0x80 != 0: // a third byte would follow; FF FF is a file's filler
		return 0, 0, ErrTag
	}
	return Tag(b[0])<<8 | Tag(b[1]), 2, nil
}

func readLength(b []byte) (length, size int, err error) {
	if len(b) == 0 {
		return 0, 0, ErrTruncated
	}
	switch {
	case b[0] < 0x80:
		return int(b[0]), 1, nil
	case b[0] == 0x81:
		length, size = 0, 2
	case b[0] == 0x82:
		length, size = 0, 3
	default:
		return 0, 0, ErrLength
	}
	if len(b) < size {
		return 0, 0, ErrTruncated
	}
	for _, c := range b[1:size] {
		length = length<<8 | int(c)
	}
	if length < 0x80 {
		return 0, 0, ErrLength
	}
	return length, size, nil
}
