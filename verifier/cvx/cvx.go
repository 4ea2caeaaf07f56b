// Package cvx says what known CVX codes of vaccines mean, for a person who
// reads a SMART Health Card: it carries the code only.
package cvx

import (
	_ "embed"
	"strings"
)

// names has one code a line, a tab, and the short description of CDC's list of
// CVX codes with the manufacturer where the code is one's alone. Codes up to
// 302, 519 and 520 were taken from the copy of the list in KDE's
// khealthcertificate, 308 to 312 from those in FHIR guides of 2024. A code
// that is not here is shown as it is: nothing is guessed.
//
//go:embed names.txt
var names string

var byCode = load(names)

// Name gives what a code means, "" for one that is not known.
func Name(code string) string { return byCode[code] }

func load(text string) map[string]string {
	m := map[string]string{}
	for line := range strings.Lines(text) {
		code, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok || m[code] != "" {
			panic("cvx: names.txt: " + line) // a defect of the build, found by any test
		}
		m[code] = name
	}
	return m
}
