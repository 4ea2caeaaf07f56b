package release

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"

	"akashi/verifier/rule"
)

// Catalogue is what a kiosk's screen says by itself, by key and language. A
// release may replace any of it and add nothing: what no screen shows would be
// a message that nobody reads.
type Catalogue map[string]Local

// Hold refuses a release that replaces a text which the catalogue does not have
// (ErrKey), or leaves out or adds a place that the screen fills (ErrPlace).
func (c Catalogue) Hold(r *Release) error {
	for _, key := range slices.Sorted(maps.Keys(r.Texts)) {
		own, ok := c[key]
		if !ok {
			return in(ErrKey, key)
		}
		for _, language := range Languages {
			if !slices.Equal(Places(r.Texts[key][language]), Places(own[language])) {
				return in(ErrPlace, key+", "+language)
			}
		}
	}
	return nil
}

// Spoken are the languages that a kiosk has a voice for.
var Spoken = []string{"ja", "ja-easy", "en"}

// Unspoken gives the keys of the texts that a release replaces by others than
// the catalogue has, in a language that is spoken: nobody has recorded a sound of
// them, and the screen says so until one is. Of terms and notices, which the
// catalogue does not have, it says nothing.
func (c Catalogue) Unspoken(r *Release) []string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(r.Texts)) {
		if slices.ContainsFunc(Spoken, func(l string) bool { return r.Texts[key][l] != c[key][l] }) {
			all = append(all, key)
		}
	}
	return all
}

// ReadCatalogue reads what `kiosk texts` prints.
func ReadCatalogue(b []byte) (Catalogue, error) {
	var c Catalogue
	if err := strict(b, &c); err != nil {
		return nil, err
	}
	for key, l := range c {
		if err := l.check(key, true); err != nil {
			return nil, err
		}
	}
	return c, nil
}

var place = regexp.MustCompile(`\{\w+\}`)

// Places gives the places of a text that the screen fills, like {n}, sorted.
func Places(text string) []string {
	all := place.FindAllString(text, -1)
	slices.Sort(all)
	return all
}

func in(r *rule.Refusal, where string) error { return fmt.Errorf("%w (%s)", r, where) }

// strict decodes one JSON value without unknown members.
func strict(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("release: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("release: something follows the object; remove it")
	}
	return nil
}
