package pdfsig

import (
	"bytes"
	"encoding/hex"
	"strconv"
)

// Limits of the objects that are read.
const (
	maxDepth  = 16   // nesting of arrays and dictionaries
	maxTokens = 4096 // values inside one object
)

// The kinds of object (ISO 32000-1 section 7.3). Numbers with a fraction,
// booleans and null are read and kept as other, because nothing here asks for
// them.
type (
	name  string
	text  []byte // a literal or hexadecimal string, decoded
	ref   struct{ number, generation int }
	array []any
	dict  map[name]entry
	other struct{}
)

// entry is a value of a dictionary and where it stands.
type entry struct {
	value    any
	from, to int
}

// lexer reads objects at a place of the file.
type lexer struct {
	b    []byte
	at   int
	left int
}

func newLexer(b []byte, at int) *lexer { return &lexer{b, at, maxTokens} }

func white(c byte) bool {
	return c == 0 || c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' '
}

func delimiter(c byte) bool { return bytes.IndexByte([]byte("()<>[]{}/%"), c) >= 0 }

func (x *lexer) peek() byte {
	if x.at < len(x.b) {
		return x.b[x.at]
	}
	return 0
}

func (x *lexer) space() {
	for x.at < len(x.b) && white(x.b[x.at]) {
		x.at++
	}
}

// word takes white space and then a run of regular characters.
func (x *lexer) word() string {
	x.space()
	from := x.at
	for x.at < len(x.b) && !white(x.b[x.at]) && !delimiter(x.b[x.at]) {
		x.at++
	}
	return string(x.b[from:x.at])
}

// keyword takes a word and reports whether it is w.
func (x *lexer) keyword(w string) bool { return x.word() == w }

// number takes a non-negative integer of at most nine digits.
func (x *lexer) number() (int, bool) { return natural(x.word()) }

func natural(w string) (int, bool) {
	if len(w) > 9 {
		return 0, false
	}
	n, err := strconv.ParseUint(w, 10, 32)
	return int(n), err == nil
}

// object takes the next object; ok is false when there is none that this
// reader knows. Comments are not known: no certificate has one in an object.
func (x *lexer) object(depth int) (v any, ok bool) {
	if x.left--; x.left < 0 || depth > maxDepth {
		return nil, false
	}
	x.space()
	switch c := x.peek(); {
	case c == '/':
		return x.name()
	case c == '(':
		return x.literal()
	case c == '[':
		return x.array(depth)
	case bytes.HasPrefix(x.b[x.at:], []byte("<<")):
		return x.dict(depth)
	case c == '<':
		return x.hex()
	}
	return x.scalar()
}

// name takes a name; escapes (#xx) are refused, so that each has one spelling.
func (x *lexer) name() (any, bool) {
	x.at++
	w := x.word()
	return name(w), w != "" && !bytes.ContainsRune([]byte(w), '#')
}

// literal takes a string in parentheses, escapes left as they are.
func (x *lexer) literal() (any, bool) {
	from, open := x.at+1, 0
	for ; x.at < len(x.b); x.at++ {
		switch x.b[x.at] {
		case '\\':
			x.at++
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				x.at++
				return text(x.b[from : x.at-1]), true
			}
		}
	}
	return nil, false
}

// hex takes a hexadecimal string: an even number of lower-case digits with
// nothing between them, so that each string has one spelling.
func (x *lexer) hex() (any, bool) {
	n := bytes.IndexByte(x.b[x.at:], '>')
	if n < 0 {
		return nil, false
	}
	digits := x.b[x.at+1 : x.at+n]
	x.at += n + 1
	out := make([]byte, len(digits)/2)
	_, err := hex.Decode(out, digits)
	return text(out), err == nil && bytes.IndexFunc(digits, func(r rune) bool { return 'A' <= r && r <= 'F' }) < 0
}

func (x *lexer) array(depth int) (any, bool) {
	x.at++
	var a array
	for x.space(); x.peek() != ']'; x.space() {
		v, ok := x.object(depth + 1)
		if !ok {
			return nil, false
		}
		a = append(a, v)
	}
	x.at++
	return a, true
}

func (x *lexer) dict(depth int) (any, bool) {
	x.at += 2
	d := dict{}
	for x.space(); !bytes.HasPrefix(x.b[x.at:], []byte(">>")); x.space() {
		if x.peek() != '/' {
			return nil, false
		}
		k, ok := x.name()
		if _, twice := d[k.(name)]; twice || !ok {
			return nil, false
		}
		x.space()
		from := x.at
		v, ok := x.object(depth + 1)
		if !ok {
			return nil, false
		}
		d[k.(name)] = entry{v, from, x.at}
	}
	x.at += 2
	return d, true
}

// scalar takes a reference, an integer, or a word of no interest.
func (x *lexer) scalar() (any, bool) {
	w := x.word()
	n, ok := natural(w)
	if !ok {
		return other{}, w != ""
	}
	after := x.at
	if g, ok := x.number(); ok && x.keyword("R") {
		return ref{n, g}, true
	}
	x.at = after
	return n, true
}
