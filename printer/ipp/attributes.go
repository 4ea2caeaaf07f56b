package ipp

import "github.com/OpenPrinting/goipp"

// attributes is one group of an answer.
type attributes goipp.Attributes

// values gives an attribute's values; nil when the printer does not have it.
func (a attributes) values(name string) goipp.Values {
	for _, x := range a {
		if x.Name == name {
			return x.Values
		}
	}
	return nil
}

// integer gives a single integer or enum.
func (a attributes) integer(name string, tag goipp.Tag) (int, error) {
	v := a.values(name)
	if len(v) != 1 || v[0].T != tag {
		return 0, ErrAnswer
	}
	i, ok := v[0].V.(goipp.Integer)
	if !ok {
		return 0, ErrAnswer
	}
	return int(i), nil
}

// words gives all values of an attribute that has strings of one of the tags.
func (a attributes) words(name string, tags ...goipp.Tag) ([]string, error) {
	var all []string
	for _, v := range a.values(name) {
		s, ok := v.V.(goipp.String)
		if !ok || !contains(tags, v.T) {
			return nil, ErrAnswer
		}
		all = append(all, string(s))
	}
	return all, nil
}

func contains(tags []goipp.Tag, t goipp.Tag) bool {
	for _, x := range tags {
		if x == t {
			return true
		}
	}
	return false
}

// has reports whether an attribute has a word among its values, whatever else
// is there.
func (a attributes) has(name, word string) bool {
	for _, v := range a.values(name) {
		if s, ok := v.V.(goipp.String); ok && string(s) == word {
			return true
		}
	}
	return false
}

// covers reports whether an integer lies in an attribute's values.
func (a attributes) covers(name string, n int) bool {
	for _, v := range a.values(name) {
		switch x := v.V.(type) {
		case goipp.Range:
			if x.Within(n) {
				return true
			}
		case goipp.Integer:
			if int(x) == n {
				return true
			}
		}
	}
	return false
}

// none reports whether an attribute says, out of band, that it has no value
// (RFC 8011 §5.1.1).
func (a attributes) none(name string) bool {
	v := a.values(name)
	return len(v) == 1 && v[0].T == goipp.TagNoValue
}
