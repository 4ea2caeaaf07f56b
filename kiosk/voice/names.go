package voice

import (
	"errors"
	"fmt"
	"strings"
)

// Bounds of a list of names.
const (
	DefaultMaxNames    = 16_000 // every municipality, ward and prefecture in two languages is under 4,000
	DefaultMaxNameFile = 2 << 20
)

// ErrNames says what a list of names looks like.
var ErrNames = errors.New("voice: a list of names has a line for each: ja, name and kana, or en, name and, where it is not read as it is written, how; with tabs between them")

// ParseNames reads a list of names, one a line: language, name and, for a
// Japanese one, its reading in hiragana, for an English one, if need be, what the
// engine is given instead, with tabs between them. Empty lines and
// lines that begin with # are left out.
func ParseNames(b []byte) ([]Name, error) {
	if len(b) > DefaultMaxNameFile {
		return nil, ErrNames
	}
	var all []Name
	seen := map[Name]bool{}
	for i, line := range strings.Split(string(b), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		f := strings.Split(line, "\t")
		var n Name
		switch {
		case f[0] == "ja" && len(f) == 3:
			n = Name{"ja", f[1], f[2]}
		case f[0] == "en" && len(f) == 2:
			n = Name{Voice: "en", Text: f[1]}
		case f[0] == "en" && len(f) == 3 && strings.TrimSpace(f[2]) != "":
			n = Name{"en", f[1], f[2]}
		}
		_, spelt := Spell("ja", n.Spoken)
		same := Name{Voice: n.Voice, Text: n.Text}
		if n.Text == "" || strings.TrimSpace(n.Text) != n.Text || n.Voice == "ja" && !spelt || seen[same] || len(all) == DefaultMaxNames {
			return nil, fmt.Errorf("%w: line %d", ErrNames, i+1)
		}
		seen[same] = true
		all = append(all, n)
	}
	return all, nil
}
