package strictjson

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// text reads a string. Control characters must be escaped (RFC 8259
// section 7) and a surrogate must have its partner.
func (p *parser) text(out *string) error {
	p.at++ // the opening quote
	from := p.at
	for p.at < len(p.b) {
		switch c := p.b[p.at]; {
		case c == '"':
			*out = string(p.b[from:p.at])
			p.at++
			return nil
		case c == '\\':
			return p.escaped(from, out)
		case c < 0x20:
			return ErrSyntax
		}
		p.at++
	}
	return ErrSyntax
}

// escaped reads on from the first escape of a string that began at from.
func (p *parser) escaped(from int, out *string) error {
	var s strings.Builder
	s.Write(p.b[from:p.at])
	for p.at < len(p.b) {
		c := p.b[p.at]
		p.at++
		switch {
		case c == '"':
			*out = s.String()
			return nil
		case c < 0x20:
			return ErrSyntax
		case c != '\\':
			s.WriteByte(c)
		default:
			r, err := p.escape()
			if err != nil {
				return err
			}
			s.WriteRune(r)
		}
	}
	return ErrSyntax
}

const (
	escapes = `"\/bfnrt`
	meaning = "\"\\/\b\f\n\r\t"
)

func (p *parser) escape() (rune, error) {
	c := p.peek()
	p.at++
	if i := strings.IndexByte(escapes, c); i >= 0 {
		return rune(meaning[i]), nil
	}
	if c != 'u' {
		return 0, ErrSyntax
	}
	r, err := p.hex4()
	if err != nil || !utf16.IsSurrogate(r) {
		return r, err
	}
	if !strings.HasPrefix(string(p.b[p.at:min(p.at+2, len(p.b))]), `\u`) {
		return 0, ErrUTF8
	}
	p.at += 2
	low, err := p.hex4()
	if err != nil {
		return 0, err
	}
	if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
		return 0, ErrUTF8
	}
	return r, nil
}

func (p *parser) hex4() (rune, error) {
	if p.at+4 > len(p.b) {
		return 0, ErrSyntax
	}
	var r rune
	for _, c := range p.b[p.at : p.at+4] {
		i := strings.IndexByte("0123456789abcdef", c|0x20)
		if i < 0 || c < '0' {
			return 0, ErrSyntax
		}
		r = r<<4 | rune(i)
	}
	p.at += 4
	return r, nil
}

// number takes a number as RFC 8259 section 6 writes it, and keeps its text.
func (p *parser) number(v *Value) error {
	from := p.at
	if p.peek() == '-' {
		p.at++
	}
	if p.peek() == '0' {
		p.at++
	} else if !p.digits() {
		return ErrSyntax
	}
	if p.peek() == '.' {
		p.at++
		if !p.digits() {
			return ErrSyntax
		}
	}
	if p.peek()|0x20 == 'e' {
		p.at++
		if c := p.peek(); c == '+' || c == '-' {
			p.at++
		}
		if !p.digits() {
			return ErrSyntax
		}
	}
	v.Kind, v.Text = Number, string(p.b[from:p.at])
	return nil
}

func (p *parser) digits() bool {
	from := p.at
	for c := p.peek(); '0' <= c && c <= '9'; c = p.peek() {
		p.at++
	}
	return p.at > from
}

// Int gives a Number that is written as a plain integer of at most 15 digits,
// within which every reader of JSON agrees; ok is false for anything else.
func (v *Value) Int() (n int64, ok bool) {
	if v == nil || v.Kind != Number || len(v.Text) > 15 || v.Text == "-0" {
		return 0, false
	}
	n, err := strconv.ParseInt(v.Text, 10, 64)
	return n, err == nil
}
