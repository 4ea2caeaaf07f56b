package verifier

import (
	"strings"
	"time"

	"akashi/verifier/strictjson"
	"akashi/verifier/trust"
)

// Limits of a .smart-health-card file.
const (
	DefaultMaxFile  = 64 << 10 // bytes: DefaultMaxCards of the longest cards, five times over
	DefaultMaxCards = 10       // credentials in one file
	fileExtension   = ".smart-health-card"
)

var fileLimits = strictjson.Limits{Depth: 2, Values: 2 + DefaultMaxCards, Space: true}

// VerifyFile judges the content of a text file of that name ("": none is
// known, as for a pipe). One line end may close a line of text, as editors
// write it; nothing may surround the JSON of a .smart-health-card file, whose
// name must end so (spec, "Downloading a .smart-health-card file").
func VerifyFile(name string, content []byte, l *trust.List, at time.Time) (*Result, error) {
	if len(content) > DefaultMaxFile {
		return nil, ErrTooLarge
	}
	text := string(content)
	isCard := strings.Contains(text, `"verifiableCredential"`)
	if isCard && name != "" && !strings.HasSuffix(name, fileExtension) {
		return nil, ErrFileName
	}
	if !isCard {
		text = strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")
	}
	return Verify(text, l, at)
}

// verifyFile judges every credential of a .smart-health-card file; one that is
// refused refuses the file.
func verifyFile(text string, l *trust.List, at time.Time) (*Result, error) {
	if strings.TrimSpace(text) != text || len(text) > DefaultMaxFile {
		return nil, ErrFile
	}
	v, err := strictjson.Parse([]byte(text), fileLimits)
	if err != nil || !v.Only("verifiableCredential") {
		return nil, ErrFile
	}
	cards, ok := v.Get("verifiableCredential").List(DefaultMaxCards)
	if !ok {
		return nil, ErrFile
	}
	var first *Result
	for i := range cards {
		jws, ok := cards[i].String()
		if !ok || strings.HasPrefix(jws, "shc:/") {
			return nil, ErrFile
		}
		r, err := verifySHC(jws, l, at)
		if err != nil {
			return nil, err
		}
		if first == nil {
			first = r
		} else {
			first.More = append(first.More, r)
		}
	}
	return first, nil
}
