package screen

import (
	"encoding/json"
	"io"
	"slices"
	"strings"

	"akashi/centre/wire/release"
)

// catalogue is every text of the screen by key, for releases that replace some:
// the page's words under their own keys, the words for a code as
// code.<name>.what, .why and .next.
var catalogue = makeCatalogue()

// Catalogue gives it to whoever writes a release (`kiosk texts`).
func Catalogue() release.Catalogue { return catalogue }

// Print writes the catalogue as release.ReadCatalogue reads it.
func Print(out io.Writer) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(catalogue)
}

var parts = []string{"what", "why", "next"}

func makeCatalogue() release.Catalogue {
	c := release.Catalogue{}
	put := func(key, language, text string) {
		if c[key] == nil {
			c[key] = release.Local{}
		}
		c[key][language] = text
	}
	for _, l := range Languages {
		for key, text := range words.Words[l] {
			put(key, l, text)
		}
		for code, t := range catalogues[l] {
			for _, p := range parts {
				put("code."+code+"."+p, l, *t.part(p))
			}
		}
	}
	for key := range c { // the terms have a place of their own in a release
		if ofTerms(key) {
			delete(c, key)
		}
	}
	return c
}

// ofTerms reports whether a key is of the terms, which change with their
// version only.
func ofTerms(key string) bool {
	clause, ok := strings.CutPrefix(key, "terms.")
	return ok && strings.Trim(clause, "0123456789") == "" ||
		slices.Contains([]string{"purpose.use.text", "purpose.law.text", "purpose.oneself", "purpose.representative"}, key)
}

// codeKey takes code.<name>.<part> apart.
func codeKey(key string) (code, part string, ok bool) {
	rest, ok := strings.CutPrefix(key, "code.")
	if !ok {
		return "", "", false
	}
	i := strings.LastIndexByte(rest, '.')
	if i < 0 || !slices.Contains(parts, rest[i+1:]) {
		return "", "", false
	}
	return rest[:i], rest[i+1:], true
}

func (t *Text) part(name string) *string {
	switch name {
	case "what":
		return &t.What
	case "why":
		return &t.Why
	}
	return &t.Next
}
