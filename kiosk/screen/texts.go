// Package screen holds the words of the resident's screen: for every code that
// can end or interrupt a session what happened, why, and what to do next, in
// each language.
package screen

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io"

	"akashi/centre/wire"
	"akashi/centre/wire/release"
	"akashi/kiosk/face"
)

// Languages are the catalogues in the order in which they are shown (BCP 47, and
// ja-easy for やさしい日本語).
var Languages = release.Languages[:]

// Text is one language's words for one code. No part is ever empty.
type Text struct {
	What string `json:"what"`
	Why  string `json:"why"`
	Next string `json:"next"`
}

//go:embed texts/*.json
var files embed.FS

var catalogues = load()

// For gives the words for a code in a language. A code of a newer version has
// the words of wire.Internal; an unknown language has those of the first one.
func For(language string, c wire.Code) Text {
	words, ok := catalogues[language]
	if !ok {
		words = catalogues[Languages[0]]
	}
	if t, ok := words[c.Name()]; ok {
		return t
	}
	return words[wire.Internal.Name()]
}

// Texts gives a code's words in every language without a release.
func Texts(c wire.Code) []face.Text { return plain.Texts(c) }

// load reads the embedded catalogues. A broken one is a broken build, found
// by any test that starts.
func load() map[string]map[string]Text {
	all := make(map[string]map[string]Text)
	for _, l := range Languages {
		b, err := files.ReadFile("texts/" + l + ".json")
		if err != nil {
			panic(fmt.Sprintf("screen: catalogue %s is missing: %v", l, err))
		}
		d := json.NewDecoder(bytes.NewReader(b))
		d.DisallowUnknownFields()
		var words map[string]Text
		if err := d.Decode(&words); err != nil {
			panic(fmt.Sprintf("screen: catalogue %s: %v", l, err))
		}
		if _, err := d.Token(); err != io.EOF {
			panic(fmt.Sprintf("screen: catalogue %s: something follows it", l))
		}
		all[l] = words
	}
	return all
}
