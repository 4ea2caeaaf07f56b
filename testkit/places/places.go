// Package places has real municipalities, for looking for one on the screen:
// names, readings and codes (全国地方公共団体コード) are public facts. Everything
// else of them in a specimen release is invented, and VRS has no records of
// theirs.
package places

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"akashi/centre/wire/release"
	"akashi/testkit/edition"
	"akashi/verifier/credential"
)

// table has a line for each prefecture, its municipalities behind it, and the
// wards of a designated city behind the city: code without its check digit,
// name, reading, name in English.
//
//go:embed places.tsv
var table string

// Phone is the number of every municipality here: nobody's.
const Phone = "000-0000-0999"

// Add puts them all into a draft, open all day, some without overseas
// certificates and with other fees.
func Add(r *release.Release) error {
	var prefecture release.Prefecture
	city, n := "", 0
	for line := range strings.Lines(table) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if len(f) != 4 {
			return fmt.Errorf("places: %q: want four columns", line)
		}
		if len(f[0]) == 2 {
			prefecture = release.Prefecture{Code: f[0], NameJA: f[1], NameEN: f[3]}
			continue
		}
		m := release.Municipality{Code: coded(f[0]), NameJA: f[1], Kana: f[2], NameEN: f[3], Phone: Phone}
		if strings.Contains(f[3], " Ward, ") {
			m.City = city
		} else {
			city = m.Code
			n++
			offer(&m, n)
		}
		edition.Add(r, m, prefecture)
	}
	return nil
}

// offer says what a municipality issues; no two neighbours are quite alike.
func offer(m *release.Municipality, n int) {
	m.TakesPart, m.Hours = true, &release.Hours{}
	m.Fee = []int{120, 200, 0, 300}[n%4]
	m.Kinds = []credential.Kind{credential.Domestic, credential.Overseas}
	if n%5 == 0 {
		m.Kinds = slices.Clone(m.Kinds[:1])
	}
}

// coded completes a code by its check digit.
func coded(five string) string {
	for _, c := range "0123456789" {
		if code := five + string(c); release.ValidCode(code) {
			return code
		}
	}
	return five
}
