package screen

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
)

// Words are the page's words in one language, by key; {name} is a place that
// the page fills.
type Words map[string]string

//go:embed words/*.json
var wordFiles embed.FS

// words is every catalogue of the page; a member is not kept in the order of
// the file, so languages are listed beside.
var words = loadWords()

// pageWords is what the page is given.
type pageWords struct {
	Release   int              `json:"release"` // its version; 0: none
	Languages []string         `json:"languages"`
	Words     map[string]Words `json:"words"`
}

// loadWords reads the embedded catalogues. A broken one is a broken build,
// found by any test that starts.
func loadWords() pageWords {
	p := pageWords{Languages: Languages, Words: map[string]Words{}}
	for _, l := range Languages {
		b, err := fs.ReadFile(wordFiles, "words/"+l+".json")
		if err != nil {
			panic(fmt.Sprintf("screen: words in %s are missing: %v", l, err))
		}
		var w Words
		if err := json.Unmarshal(b, &w); err != nil {
			panic(fmt.Sprintf("screen: words in %s: %v", l, err))
		}
		p.Words[l] = w
	}
	return p
}

// Own gives the page's own text, without a release; "" for a key that it does
// not have.
func Own(language, key string) string { return words.Words[language][key] }
