package strictjson

import "unicode/utf8"

// Parse reads one value that fills b.
func Parse(b []byte, lim Limits) (*Value, error) {
	if !utf8.Valid(b) {
		return nil, ErrUTF8
	}
	p := parser{b: b, lim: lim, left: lim.Values}
	var v Value
	if err := p.space(); err != nil {
		return nil, err
	}
	if err := p.value(&v, lim.Depth); err != nil {
		return nil, err
	}
	if err := p.space(); err != nil {
		return nil, err
	}
	if p.at != len(b) {
		return nil, ErrTrailing
	}
	return &v, nil
}

type parser struct {
	b    []byte
	at   int
	lim  Limits
	left int
}

func (p *parser) peek() byte {
	if p.at < len(p.b) {
		return p.b[p.at]
	}
	return 0
}

func (p *parser) space() error {
	for ; p.at < len(p.b); p.at++ {
		switch p.b[p.at] {
		case ' ', '\t', '\n', '\r':
			if !p.lim.Space {
				return ErrSpace
			}
		default:
			return nil
		}
	}
	return nil
}

func (p *parser) value(v *Value, depth int) error {
	if p.left--; p.left < 0 {
		return ErrLimit
	}
	switch c := p.peek(); {
	case c == '{' || c == '[':
		if depth == 0 {
			return ErrLimit
		}
		p.at++
		if c == '{' {
			return p.object(v, depth-1)
		}
		return p.array(v, depth-1)
	case c == '"':
		v.Kind = String
		return p.text(&v.Text)
	case c == '-' || '0' <= c && c <= '9':
		return p.number(v)
	}
	return p.word(v)
}

func (p *parser) word(v *Value) error {
	for _, w := range [...]struct {
		text string
		kind Kind
	}{{"true", Bool}, {"false", Bool}, {"null", Null}} {
		if end := p.at + len(w.text); end <= len(p.b) && string(p.b[p.at:end]) == w.text {
			v.Kind, v.Text, p.at = w.kind, w.text, end
			return nil
		}
	}
	return ErrSyntax
}

// next takes the separator between elements: more is true behind a comma and
// false behind the closing byte.
func (p *parser) next(closing byte) (more bool, err error) {
	if err := p.space(); err != nil {
		return false, err
	}
	c := p.peek()
	p.at++
	if c != ',' {
		if c != closing {
			return false, ErrSyntax
		}
		return false, nil
	}
	return true, p.space()
}

// empty takes the closing byte when it comes at once.
func (p *parser) empty(closing byte) (bool, error) {
	if err := p.space(); err != nil {
		return false, err
	}
	if p.peek() != closing {
		return false, nil
	}
	p.at++
	return true, nil
}

func (p *parser) array(v *Value, depth int) error {
	v.Kind = Array
	done, err := p.empty(']')
	for more := !done; more && err == nil; {
		v.Items = append(v.Items, Value{})
		if err = p.value(&v.Items[len(v.Items)-1], depth); err == nil {
			more, err = p.next(']')
		}
	}
	return err
}

func (p *parser) object(v *Value, depth int) error {
	v.Kind = Object
	done, err := p.empty('}')
	for more := !done; more && err == nil; {
		if err = p.member(v, depth); err == nil {
			more, err = p.next('}')
		}
	}
	return err
}

func (p *parser) member(v *Value, depth int) error {
	var m Member
	if p.peek() != '"' {
		return ErrSyntax
	}
	if err := p.text(&m.Name); err != nil {
		return err
	}
	if len(v.Members) == DefaultMaxMembers {
		return ErrLimit
	}
	if v.Get(m.Name) != nil {
		return ErrDuplicate
	}
	if err := p.space(); err != nil {
		return err
	}
	if p.peek() != ':' {
		return ErrSyntax
	}
	p.at++
	if err := p.space(); err != nil {
		return err
	}
	if err := p.value(&m.Value, depth); err != nil {
		return err
	}
	v.Members = append(v.Members, m)
	return nil
}
