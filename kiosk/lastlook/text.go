package lastlook

import (
	"fmt"
	"strings"

	"akashi/centre/wire"
	"akashi/verifier/credential"
)

// The form's captions, as they stand in a page's text, each on a line of its
// own with its value on the lines after it.
const (
	captionName    = "氏名 Name"
	captionBirth   = "生年月日 Date of birth"
	captionRoman   = "ローマ字氏名 Name in Roman letters"
	captionNation  = "国籍・地域 Nationality / Region"
	captionPass    = "旅券番号 Passport number"
	captionID      = "証明書ID Certificate ID"
	captionSession = "照合コード Session code "
	lastHeading    = "Lot number" // of the table of doses, domestic
	lastOverseas   = "Country"
)

// text holds every page's words against card, session and codes.
func (s *sight) text() error {
	h := s.in.Header
	code := string(wire.CodeFor(h.SessionDigest(), h.Counter))
	id := ""
	for i, p := range s.pages {
		l := lines(p.Text)
		switch {
		case !l.says(captionName, captionBirth, s.in.Attributes.Name):
			return &Mismatch{PrintedName}
		case !l.birth(s.in.Attributes.Birth):
			return &Mismatch{PrintedBirth}
		case !l.foot(code, i+1, len(s.pages)):
			return &Mismatch{PrintedSession}
		}
		got, ok := l.after(captionID)
		if !ok || !credential.ID(got).Valid() || id != "" && got != id || s.seal != nil && got != s.seal.UVCI {
			return &Mismatch{PrintedID}
		}
		id = got
		if s.seal != nil && !s.travel(l) {
			return &Mismatch{PrintedTravel}
		}
	}
	return nil
}

// travel holds the printed passport data against the code's.
func (s *sight) travel(l page) bool {
	name, ok := l.between(captionRoman, captionNation)
	passport, found := l.after(captionPass)
	return ok && found && spaced(strings.Join(name, " ")) == spaced(s.seal.Name) && passport == s.seal.Passport
}

// doses holds the dates in the table of doses, over all pages, against the
// codes: a page of another paper would bear others.
func (s *sight) doses() error {
	last := lastHeading
	if s.seal != nil {
		last = lastOverseas
	}
	var printed []credential.Date
	for _, p := range s.pages {
		table, ok := lines(p.Text).between(last, captionID)
		if !ok {
			return &Mismatch{PrintedDoses}
		}
		for _, line := range table {
			if d, err := credential.ParseDate(line); err == nil && d.Full() {
				printed = append(printed, d)
			}
		}
	}
	if len(printed) != len(s.card.Doses) {
		return &Mismatch{PrintedDoses}
	}
	for i, d := range s.card.Doses {
		if printed[i] != d.Date {
			return &Mismatch{PrintedDoses}
		}
	}
	return nil
}

// page is a page's text, line by line.
type page []string

func lines(text string) page { return strings.Split(text, "\n") }

// between gives the lines between two captions, each of which must stand
// there exactly once.
func (p page) between(from, to string) ([]string, bool) {
	a, b := p.only(from), p.only(to)
	if a < 0 || b <= a {
		return nil, false
	}
	return p[a+1 : b], true
}

// after gives the line after a caption that stands there exactly once.
func (p page) after(caption string) (string, bool) {
	i := p.only(caption)
	if i < 0 || i+1 >= len(p) {
		return "", false
	}
	return p[i+1], true
}

func (p page) only(caption string) int {
	at := -1
	for i, line := range p {
		if line == caption {
			if at >= 0 {
				return -1
			}
			at = i
		}
	}
	return at
}

// says reports whether the value between two captions, which may be broken
// over lines, is exactly want.
func (p page) says(from, to, want string) bool {
	value, ok := p.between(from, to)
	return ok && strings.Join(value, "") == want
}

// birth holds both spellings of the printed birth date against the card's.
func (p page) birth(d credential.Date) bool {
	i := p.only(captionBirth)
	return i >= 0 && i+2 < len(p) && p[i+1] == japanese(d) && p[i+2] == forAll(d)
}

// japanese and forAll are the two spellings of a date on the form.
func japanese(d credential.Date) string {
	switch {
	case d.Month == 0:
		return fmt.Sprintf("%d年 月日不明", d.Year)
	case d.Day == 0:
		return fmt.Sprintf("%d年%d月 日不明", d.Year, d.Month)
	}
	return fmt.Sprintf("%d年%d月%d日", d.Year, d.Month, d.Day)
}

func forAll(d credential.Date) string {
	switch {
	case d.Month == 0:
		return d.String() + " (month and day unknown)"
	case d.Day == 0:
		return d.String() + " (day unknown)"
	}
	return d.String()
}

// foot holds a page's foot against this session's code and the page's place.
func (p page) foot(code string, n, of int) bool {
	found := 0
	for _, line := range p {
		rest, ok := strings.CutPrefix(line, captionSession)
		if !ok {
			continue
		}
		found++
		got, place, _ := strings.Cut(rest, " ")
		if got != code || spaced(place) != fmt.Sprintf("%d / %d ページ Page %d of %d", n, of, n, of) {
			return false
		}
	}
	return found == 1
}
