package site

import (
	"strconv"
	"strings"

	"akashi/centre/vrs"
)

// Update reads the files again, as Run does from time to time.
func (s *Site) Update() error { return s.update() }

// Pause is how long Run waits after failures in a row.
var Pause = pause

// ParseMark reads the mark of how far VRS was followed.
func ParseMark(b []byte) (again []byte, ok bool) {
	m, ok := parseMark(b)
	return m.encode(), ok
}

// MarkOf writes a mark.
func MarkOf(after uint64, chain []byte, lists map[string]int) []byte {
	return mark{after, chain, lists}.encode()
}

// Lists are a site's revocation lists without a site.
type Lists struct{ l *lists }

// OpenLists opens the lists in a folder.
func OpenLists(dir string) (Lists, error) {
	l, err := openLists(dir)
	return Lists{l}, err
}

// Close lets another one open them.
func (x Lists) Close() error { return x.l.close() }

// key is the one that Take revokes for.
var key = strings.Repeat("k", 43)

// Take takes n revocations more, as VRS would tell them.
func (x Lists) Take(n int) error {
	a := vrs.Revocations{Chain: x.l.mark.Chain, Last: x.l.mark.After + uint64(n)}
	for i := x.l.mark.After + 1; i <= a.Last; i++ {
		a.Revocations = append(a.Revocations, vrs.Revocation{Sequence: i, KeyID: key, Revocation: strconv.FormatUint(i, 36)})
	}
	_, err := x.l.take(a)
	return err
}

// Shown gives the list's counter, and how many entries it has.
func (x Lists) Shown() (version, entries int) {
	all, _ := x.l.shown()
	return all[key].version, all[key].entries
}
