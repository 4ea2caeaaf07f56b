package release

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"akashi/verifier/credential"
)

// check holds a release's own content; what a kiosk's catalogue must say to it
// is Catalogue's.
func (r *Release) check() error {
	if r.Version < 1 || r.Version > 1<<31-1 {
		return content("version: want 1 or more")
	}
	for name, t := range map[string]time.Time{"issued": r.Issued, "not_before": r.NotBefore, "expires": r.Expires} {
		if !whole(t) {
			return content("%s: want a UTC time in whole seconds", name)
		}
	}
	if !r.NotBefore.Before(r.Expires) || !r.Issued.Before(r.Expires) {
		return content("expires: before the release is issued or in force")
	}
	if r.Texts == nil || r.Prefectures == nil || r.Municipalities == nil || r.Closed == nil || r.Maintenance == nil || r.Notices == nil {
		return content("a list that is not there; write it empty")
	}
	if !phone(r.Phone) {
		return content("phone: want digits, hyphens and plus")
	}
	for _, f := range []func() error{r.Terms.check, r.checkTexts, r.checkPlaces, r.checkTimes} {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

func (t *Terms) check() error {
	if len(t.Version) < 1 || len(t.Version) > 32 || strings.Trim(t.Version, versionDigits) != "" {
		return content("terms.version: want 1 to 32 of a-z, 0-9, dot and hyphen")
	}
	if len(t.Clauses) < 1 || len(t.Clauses) > DefaultMaxClauses {
		return content("terms.clauses: want 1 to %d", DefaultMaxClauses)
	}
	for _, l := range append([]Local{t.Purpose, t.Basis, t.Oneself, t.Representative}, t.Clauses...) {
		if err := l.check("terms", false); err != nil {
			return err
		}
	}
	return nil
}

const versionDigits = "abcdefghijklmnopqrstuvwxyz0123456789.-"

func (r *Release) checkTexts() error {
	if len(r.Texts) > DefaultMaxTexts || len(r.Notices) > DefaultMaxNotices {
		return content("too many texts or notices")
	}
	for k, l := range r.Texts {
		if err := l.check(k, true); err != nil {
			return err
		}
	}
	for _, n := range r.Notices {
		if err := n.Text.check("notices", false); err != nil {
			return err
		}
		if !whole(n.From) || !whole(n.Until) || !n.From.Before(n.Until) {
			return content("notices: from and until: want UTC times, one after the other")
		}
	}
	return nil
}

func (r *Release) checkPlaces() error {
	if !source(r.Source) {
		return content("source: say in 1 to %d bytes what the municipalities were taken from, and as of when", DefaultMaxSource)
	}
	if len(r.Municipalities) < 1 || len(r.Municipalities) > DefaultMaxMunicipalities || len(r.Prefectures) > 100 {
		return content("municipalities: want 1 to %d", DefaultMaxMunicipalities)
	}
	for i, p := range r.Prefectures {
		if len(p.Code) != 2 || !number(p.Code) || !name(p.NameJA) || !name(p.NameEN) {
			return content("prefecture number %d: want a code of 2 digits and both names", i+1)
		}
		if i > 0 && r.Prefectures[i-1].Code >= p.Code {
			return content("prefecture %s: there twice, or out of order", p.Code)
		}
	}
	for i := range r.Municipalities {
		m := &r.Municipalities[i]
		if err := m.check(); err != nil {
			return err
		}
		if i > 0 && r.Municipalities[i-1].Code >= m.Code {
			return content("municipality %s: there twice, or out of order", m.Code)
		}
		if r.Prefecture(m.Code) == (Prefecture{}) {
			return content("municipality %s: its prefecture %s is not there", m.Code, m.Code[:2])
		}
		if city := r.Find(m.City); m.City != "" && (city == nil || city.City != "") {
			return content("ward %s: its city %s is not there", m.Code, m.City)
		}
	}
	return nil
}

func source(s string) bool {
	return s != "" && len(s) <= DefaultMaxSource && utf8.ValidString(s) && strings.TrimSpace(s) == s && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) && r != '\u3000' })
}

func (m *Municipality) check() error {
	switch {
	case !ValidCode(m.Code):
		return content("municipality %q: code: want 6 digits with a right check digit", m.Code)
	case !name(m.NameJA) || !name(m.NameEN) || !kana(m.Kana):
		return content("municipality %s: want both names, and its reading in hiragana", m.Code)
	case m.Fee < 0 || m.Fee > DefaultMaxFee:
		return content("municipality %s: fee: want 0 to %d yen", m.Code, DefaultMaxFee)
	case m.Phone != "" && !phone(m.Phone), m.TakesPart && m.Phone == "":
		return content("municipality %s: phone: want digits, hyphens and plus; residents are sent there", m.Code)
	case m.City != "" && (m.TakesPart || m.Kinds != nil || m.Hours != nil || m.Fee != 0):
		return content("ward %s: a ward takes no part by itself: its city has kinds, hours and a fee", m.Code)
	case m.TakesPart && (len(m.Kinds) == 0 || m.Hours == nil):
		return content("municipality %s: it takes part, and has no kinds or no hours", m.Code)
	case !slices.IsSorted(m.Kinds) || len(slices.Compact(slices.Clone(m.Kinds))) != len(m.Kinds) ||
		slices.ContainsFunc(m.Kinds, func(k credential.Kind) bool { return k != credential.Domestic && k != credential.Overseas }):
		return content("municipality %s: kinds: want 1 (domestic), 2 (overseas) or both", m.Code)
	case m.Hours != nil && !m.Hours.valid():
		return content("municipality %s: hours: want opens before closes, on one day", m.Code)
	}
	if m.Notice != nil {
		return m.Notice.check("municipality "+m.Code, false)
	}
	return nil
}

// check holds one text: every language and no other, something in each, and
// nothing that cannot be seen. Places that the screen fills, and space at the
// ends to join by, are for those texts only that replace one of the screen's own.
func (l Local) check(what string, places bool) error {
	if len(l) != len(Languages) {
		return in(ErrLanguage, what)
	}
	for _, language := range Languages {
		t, ok := l[language]
		if !ok {
			return in(ErrLanguage, what+", "+language)
		}
		if !text(t, DefaultMaxText) || !places && (strings.ContainsAny(t, "{}") || strings.TrimSpace(t) != t) {
			return content("%s, %s: want 1 to %d bytes of visible text", what, language, DefaultMaxText)
		}
	}
	return nil
}

func text(s string, most int) bool {
	if strings.TrimSpace(s) == "" || len(s) > most || !utf8.ValidString(s) {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) && r != '\u3000' })
}

func name(s string) bool {
	return text(s, DefaultMaxName) && strings.TrimSpace(s) == s && !strings.ContainsAny(s, "{}")
}

func kana(s string) bool {
	return name(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.Is(unicode.Hiragana, r) && r != 'ー' })
}

func phone(s string) bool {
	return len(s) >= 1 && len(s) <= DefaultMaxPhone && strings.Trim(s, "0123456789-+") == ""
}

func number(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func whole(t time.Time) bool {
	return t.Location() == time.UTC && t.Nanosecond() == 0 && t.Year() >= 2000 && t.Year() <= 9999
}

// ValidCode checks a municipality code (全国地方公共団体コード): five digits and a
// check digit, (11 - weighted sum mod 11) mod 10 with weights 6 to 2.
func ValidCode(s string) bool {
	if len(s) != 6 || !number(s) {
		return false
	}
	sum := 0
	for i := range 5 {
		sum += int(s[i]-'0') * (6 - i)
	}
	return (11-sum%11)%10 == int(s[5]-'0')
}
