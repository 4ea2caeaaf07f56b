// Package places has real municipalities, for looking for one on the screen:
// names, readings and codes (全国地方公共団体コード) are public facts. Everything
// else of them in a specimen release is invented, and VRS has no records of
// theirs.
package places

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"akashi/centre/wire/release"
	"akashi/testkit/edition"
	"akashi/verifier/credential"
)

// table begins with its version, its day and its source. Then it has a line for
// each prefecture, its municipalities behind it, and the wards of a designated
// city behind the city: code without its check digit, name, reading, name in
// English.
//
//go:embed places.tsv
var table string

// Phone is the number of every municipality here: nobody's.
const Phone = "000-0000-0999"

// Add puts them all into a draft, open all day, some without overseas
// certificates and with other fees, and their table's source beside its own.
func Add(r *release.Release) error { return add(r, table) }

func add(r *release.Release, table string) error {
	first, table, _ := strings.Cut(table, "\n")
	if err := head(r, strings.Split(first, "\t")); err != nil {
		return err
	}
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

// head takes the table's first line.
func head(r *release.Release, f []string) error {
	if len(f) != 4 || f[0] != "#" || f[3] == "" {
		return fmt.Errorf("places: want a first line of #, version, day and source")
	}
	version, err := strconv.Atoi(f[1])
	if err != nil || version < 1 || strconv.Itoa(version) != f[1] {
		return fmt.Errorf("places: version %q: want 1 or more", f[1])
	}
	if d, err := credential.ParseDate(f[2]); err != nil || !d.Full() {
		return fmt.Errorf("places: day %q: want YYYY-MM-DD", f[2])
	}
	r.Source += fmt.Sprintf("; %s, version %d of %s", f[3], version, f[2])
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
