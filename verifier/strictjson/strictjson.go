// Package strictjson reads JSON in one way only: no repeated members, no
// trailing data, no lone surrogates, bounded; and writes the canonical form
// (RFC 8785) that some signatures are made over.
package strictjson

import (
	"errors"
	"slices"
)

// Kind says what a Value is.
type Kind uint8

// The kinds of JSON value (RFC 8259 section 3).
const (
	Null Kind = iota + 1
	Bool
	Number
	String
	Array
	Object
)

// Value is one JSON value.
type Value struct {
	Kind    Kind
	Text    string   // of a String, decoded; of a Number or Bool, as written
	Items   []Value  // of an Array
	Members []Member // of an Object, in the order written
}

// Member is one member of an object.
type Member struct {
	Name  string
	Value Value
}

// Limits bound what a text may make the reader hold.
type Limits struct {
	Depth  int  // nesting of arrays and objects
	Values int  // values of any kind
	Space  bool // white space between tokens is allowed; false: minified only
}

// DefaultMaxMembers bounds the members of one object: no format has more than
// 16, and each is held against all before it.
const DefaultMaxMembers = 64

// The ways in which a text is refused.
var (
	ErrSyntax    = errors.New("strictjson: not JSON: the text is damaged; get it anew from its issuer")
	ErrTrailing  = errors.New("strictjson: data after the value: remove it")
	ErrSpace     = errors.New("strictjson: white space where the minified form is required")
	ErrDuplicate = errors.New("strictjson: a member name stands twice: the text has two readings and is refused")
	ErrUTF8      = errors.New("strictjson: not valid Unicode text")
	ErrLimit     = errors.New("strictjson: deeper or longer than the format needs")
)

// Get gives the member of that name, or nil when v is nil, no object or has
// none; so a path is walked without a check at each step.
func (v *Value) Get(name string) *Value {
	if v == nil {
		return nil
	}
	for i := range v.Members {
		if v.Members[i].Name == name {
			return &v.Members[i].Value
		}
	}
	return nil
}

// Only reports whether v is an object whose member names are all among names.
func (v *Value) Only(names ...string) bool {
	if v == nil || v.Kind != Object {
		return false
	}
	for i := range v.Members {
		if !slices.Contains(names, v.Members[i].Name) {
			return false
		}
	}
	return true
}

// String gives the text of a String; ok is false for anything else, nil
// included.
func (v *Value) String() (text string, ok bool) {
	if v == nil || v.Kind != String {
		return "", false
	}
	return v.Text, true
}

// Is reports whether v is the string s.
func (v *Value) Is(s string) bool { return v != nil && v.Kind == String && v.Text == s }

// List gives the items of an Array with at least one and at most most items.
func (v *Value) List(most int) (items []Value, ok bool) {
	if v == nil || v.Kind != Array || len(v.Items) == 0 || len(v.Items) > most {
		return nil, false
	}
	return v.Items, true
}
