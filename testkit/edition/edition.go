// Package edition makes screen releases for tests and demonstrations: the
// kiosk's own words for the terms, specimen fees and telephone numbers, signed
// by a throw-away world. It is a stand-in: what it signs is worth nothing
// elsewhere.
package edition

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"akashi/centre/wire/release"
	"akashi/kiosk/screen"
	"akashi/testkit/pki"
	"akashi/testkit/residents"
	"akashi/verifier/credential"
)

// Terms is the version of the terms that a draft has.
const Terms = "2026-11"

// Phone is the call centre's.
const Phone = "000-0000-0000"

// life is how long a draft is in force.
const life = 90 * 24 * time.Hour

// always are hours around the clock: a chain is shown at any hour.
var always = release.Hours{}

// Draft gives release 1 from now on, with these municipalities open all day.
// Those that do not take part are offered all the same, and both kinds
// everywhere: a centre must refuse what it has suspended though a kiosk offers
// it (Suspended of its fleet).
func Draft(all []residents.Municipality, now time.Time) *release.Release {
	now = now.UTC().Truncate(time.Second)
	r := &release.Release{
		Version: 1, Issued: now, NotBefore: now, Expires: now.Add(life), Terms: terms(), Texts: map[string]release.Local{},
		Source:      "Invented: no municipality has these codes or names",
		Prefectures: []release.Prefecture{}, Municipalities: []release.Municipality{},
		Closed: []release.Day{}, Maintenance: []release.Window{}, Notices: []release.Notice{}, Phone: Phone,
	}
	for _, m := range all {
		place := release.Municipality{Code: m.Code, NameJA: m.NameJA, NameEN: m.NameEN, Kana: m.Kana, City: m.City, Phone: m.Phone}
		if m.City == "" {
			hours := always
			place.TakesPart, place.Kinds, place.Fee, place.Hours = true, []credential.Kind{credential.Domestic, credential.Overseas}, m.Fee, &hours
		}
		Add(r, place, release.Prefecture{Code: m.Code[:2], NameJA: residents.PrefectureJA, NameEN: residents.PrefectureEN})
	}
	return r
}

// Add puts a municipality in its place, and its prefecture if that is new.
func Add(r *release.Release, m release.Municipality, p release.Prefecture) {
	i, _ := slices.BinarySearchFunc(r.Municipalities, m.Code, func(m release.Municipality, code string) int { return strings.Compare(m.Code, code) })
	r.Municipalities = slices.Insert(r.Municipalities, i, m)
	j, there := slices.BinarySearchFunc(r.Prefectures, p.Code, func(p release.Prefecture, code string) int { return strings.Compare(p.Code, code) })
	if !there {
		r.Prefectures = slices.Insert(r.Prefectures, j, p)
	}
}

// terms gives the words that the screen has without a release.
func terms() release.Terms {
	t := release.Terms{
		Version: Terms, Purpose: own("purpose.use.text"), Basis: own("purpose.law.text"),
		Oneself: own("purpose.oneself"), Representative: own("purpose.representative"),
	}
	for n := 1; own("terms." + strconv.Itoa(n))["ja"] != ""; n++ {
		t.Clauses = append(t.Clauses, own("terms."+strconv.Itoa(n)))
	}
	return t
}

func own(key string) release.Local {
	l := release.Local{}
	for _, language := range release.Languages {
		l[language] = screen.Own(language, key)
	}
	return l
}

// All says one text in every language, which no real release does.
func All(text string) release.Local {
	l := release.Local{}
	for _, language := range release.Languages {
		l[language] = text
	}
	return l
}

// Sign signs a release with the world's key for it.
func Sign(w *pki.World, r *release.Release) ([]byte, error) {
	return release.Sign(r, w.Release.DER(), w.Release.Key, w.Centre.Pool())
}

// Write signs a release and puts it in place as its file, by renaming.
func Write(w *pki.World, r *release.Release, path string) error {
	b, err := Sign(w, r)
	if err != nil {
		return err
	}
	next := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".next")
	if err := os.WriteFile(next, b, 0o644); err != nil {
		return err
	}
	return os.Rename(next, path)
}
