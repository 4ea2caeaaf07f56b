package screen

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"akashi/centre/wire"
	"akashi/centre/wire/release"
	"akashi/kiosk/face"
)

// Edition is all that the screen says under one screen release. It does not
// change; a session keeps the one that it began with.
type Edition struct {
	release *release.Release // nil: the catalogues alone
	words   pageWords
	texts   map[string]map[string]Text
}

// plain is what the screen says without a release.
var plain = &Edition{words: words, texts: catalogues}

// NewEdition holds a release against the catalogues and lays it over them. The
// error is a *rule.Refusal of package release, and names the text.
func NewEdition(r *release.Release) (*Edition, error) {
	if err := catalogue.Hold(r); err != nil {
		return nil, err
	}
	e := &Edition{release: r, words: pageWords{Release: r.Version, Languages: Languages, Words: map[string]Words{}}, texts: map[string]map[string]Text{}}
	for _, l := range Languages {
		e.words.Words[l], e.texts[l] = maps.Clone(words.Words[l]), maps.Clone(catalogues[l])
		e.lay(l)
	}
	return e, nil
}

// Hold reports whether a release can be shown here (NewEdition).
func Hold(r *release.Release) error { return catalogue.Hold(r) }

// lay lays the release over one language: its texts, then the terms, which
// have keys of the catalogue too, so that all is spoken and found by key.
func (e *Edition) lay(language string) {
	w, t := e.words.Words[language], e.texts[language]
	for key, text := range e.release.Texts {
		if code, part, ok := codeKey(key); ok {
			v := t[code]
			*v.part(part) = text[language]
			t[code] = v
		} else {
			w[key] = text[language]
		}
	}
	terms := e.release.Terms
	for key, text := range map[string]release.Local{
		"purpose.use.text": terms.Purpose, "purpose.law.text": terms.Basis,
		"purpose.oneself": terms.Oneself, "purpose.representative": terms.Representative,
	} {
		w[key] = text[language]
	}
	for i := 1; w[clauseKey(i)] != ""; i++ {
		delete(w, clauseKey(i))
	}
	for i, clause := range terms.Clauses {
		w[clauseKey(i+1)] = clause[language]
	}
}

func clauseKey(n int) string { return "terms." + strconv.Itoa(n) }

// Release gives the release; nil when there is none.
func (e *Edition) Release() *release.Release { return e.release }

// Texts gives a code's words in every language, as they are told to a face. A
// nil edition is that without a release.
func (e *Edition) Texts(c wire.Code) []face.Text {
	if e == nil {
		e = plain
	}
	all := make([]face.Text, len(Languages))
	for i, l := range Languages {
		t, ok := e.texts[l][c.Name()]
		if !ok {
			t = e.texts[l][wire.Internal.Name()]
		}
		all[i] = face.Text{Language: l, What: t.What, Why: t.Why, Next: t.Next}
	}
	return all
}

// Menu gives the municipalities that take part, in the release's order, as a
// session that begins now offers them.
func (e *Edition) Menu(now time.Time) []face.Offer {
	var menu []face.Offer
	for i := range e.release.Municipalities {
		m := &e.release.Municipalities[i]
		if !m.TakesPart {
			continue
		}
		p := e.release.Prefecture(m.Code)
		o := face.Offer{
			Code: m.Code, NameJA: m.NameJA, NameEN: m.NameEN, Phone: m.Phone, Kinds: slices.Clone(m.Kinds), Fee: m.Fee,
			Kana: m.Kana, PrefectureJA: p.NameJA, PrefectureEN: p.NameEN, Notice: m.Notice,
		}
		for _, w := range e.release.Wards(m.Code) {
			o.Wards = append(o.Wards, face.Ward{NameJA: w.NameJA, NameEN: w.NameEN, Kana: w.Kana})
		}
		if e.release.At(now, m) != wire.OK {
			o.Shut, o.Opens = true, e.Opens(now, m)
		}
		menu = append(menu, o)
	}
	return menu
}

// Opens gives when a municipality opens next, in Unix seconds; 0: nobody can
// say, as without a release.
func (e *Edition) Opens(now time.Time, m *release.Municipality) int64 {
	if e == nil || e.release == nil {
		return 0
	}
	if at, ok := e.release.Opens(now, m); ok {
		return at.Unix()
	}
	return 0
}

// Find gives a municipality of the release; nil for none.
func (e *Edition) Find(code string) *release.Municipality {
	if e == nil || e.release == nil {
		return nil
	}
	return e.release.Find(code)
}
