package voice

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// counted are the places that hold a number, digits those that hold a row of
// digits; every other one holds money, a date or a name.
var (
	counted = map[string]bool{"n": true, "m": true, "most": true, "seconds": true}
	digits  = map[string]bool{"phone": true, "code": true, "version": true}
)

// filled says the value of a place.
func (s *said) filled(t token) {
	v := s.values[t.place]
	switch {
	case v == "":
		s.unsaid = append(s.unsaid, "{"+t.place+"}")
	case digits[t.place]:
		s.digits(v)
	case t.place == "name":
		s.spell(v, Spell)
	case t.place == "passport":
		s.spell(v, spellCode)
	case t.place == "date" && yearAlone.MatchString(v):
		s.date(v, "", "")
	case counted[t.place] && s.count(v, t.counter):
	case s.number(v):
	default:
		s.name(v)
	}
}

func (s *said) count(v, counter string) bool {
	n, err := strconv.Atoi(strings.ReplaceAll(v, ",", ""))
	if err != nil || n < 0 || n > MaxNumber {
		return false
	}
	if s.voice == "ja" {
		return s.all(jaNumber(n, counter))
	}
	all := enNumber(n)
	if counter != "" {
		all = append(all, en(counter, counter))
	}
	return s.all(all)
}

// all takes every clip or none.
func (s *said) all(clips []Clip) bool {
	for _, c := range clips {
		if !s.book.Has(c.ID()) {
			return false
		}
	}
	for _, c := range clips {
		s.parts = append(s.parts, Part{c, pauseJoin})
	}
	return true
}

// digits says a row of digits one by one, with a rest where it is grouped.
func (s *said) digits(v string) {
	for _, r := range v {
		if r < '0' || r > '9' {
			s.rest(pauseGroup)
			continue
		}
		if !s.have(digit(s.voice, int(r-'0'))) {
			s.unsaid = append(s.unsaid, string(r))
			continue
		}
		s.rest(pauseDigit)
	}
}

func digit(voice string, n int) Clip {
	if voice == "ja" {
		return jaUnit(n, counterNamed(""))
	}
	return enSmall(n)
}

// spell says letter by letter what stands for a person, in a book of private
// speech only.
func (s *said) spell(v string, by func(voice, text string) ([]Part, bool)) {
	parts, ok := by(s.voice, v)
	for _, p := range parts {
		ok = ok && s.book.Has(p.Clip.ID())
	}
	if !ok || !s.book.Private {
		s.unsaid = append(s.unsaid, "{name}")
		return
	}
	s.parts = append(s.parts, parts...)
}

// numbers finds dates, money and counts in a text that is filled already.
var numbers = map[string]*regexp.Regexp{
	"ja": regexp.MustCompile(`\d{1,2}月\d{1,2}日\(.\) \d{1,2}:\d{2}|\d{4}年\d{1,2}月(?:\d{1,2}日)?|\d[\d,]*(?:` + counterWords() + `)?`),
	"en": regexp.MustCompile(`[A-Z][a-z]{2}, [A-Z][a-z]+ \d{1,2} at \d{1,2}:\d{2}[ \x{202f}\x{a0}][AP]M|(?:` + strings.Join(enMonths[1:], "|") + `) (?:\d{1,2}, )?\d{4}|¥?\d[\d,]*%?`),
}

func counterWords() string {
	var all []string
	for _, c := range counters {
		if c.written != "" {
			all = append(all, regexp.QuoteMeta(c.written))
		}
	}
	return strings.Join(all, "|")
}

var (
	jaDay     = regexp.MustCompile(`^(\d{4})年(\d{1,2})月(?:(\d{1,2})日)?$`)
	enDayOf   = regexp.MustCompile(`^([A-Z][a-z]+) (?:(\d{1,2}), )?(\d{4})$`)
	yearAlone = regexp.MustCompile(`^\d{4}$`)
	amount    = regexp.MustCompile(`^(¥?)(\d[\d,]*)(\D*)$`)
)

// number says a date, an amount of money or a count as it is written.
func (s *said) number(v string) bool {
	if m := jaDay.FindStringSubmatch(v); m != nil && s.voice == "ja" {
		return s.date(m[1], m[2], m[3])
	}
	if m := enDayOf.FindStringSubmatch(v); m != nil && s.voice == "en" {
		for i, name := range enMonths {
			if i > 0 && name == m[1] {
				return s.date(m[3], itoa(i), m[2])
			}
		}
	}
	if clips := moment(s.voice, v); clips != nil {
		return s.all(clips)
	}
	m := amount.FindStringSubmatch(v)
	if m == nil {
		return false
	}
	counter := strings.TrimSpace(m[3])
	switch {
	case s.voice == "ja" && counter == counterOf(counter):
	case s.voice == "en" && m[1] != "" && counter == "":
		counter = "yen"
	case s.voice == "en" && counter == "%":
		counter = "percent"
	case counter != "":
		return false
	}
	return s.count(m[2], counter)
}

// The moments of the page: 12月23日(水) 6:30, Wed, December 23 at 6:30 AM. Some
// browsers put a narrow space before AM.
var (
	jaMomentOf = regexp.MustCompile(`^(\d{1,2})月(\d{1,2})日\((.)\) (\d{1,2}):(\d{2})$`)
	enMomentOf = regexp.MustCompile(`^([A-Z][a-z]{2}), ([A-Z][a-z]+) (\d{1,2}) at (\d{1,2}):(\d{2})[ \x{202f}\x{a0}]([AP]M)$`)
)

// moment gives the pieces of a day and a time; nil for what is none.
func moment(voice, v string) []Clip {
	if m := jaMomentOf.FindStringSubmatch(v); m != nil && voice == "ja" && jaWeekdays[m[3]] != "" {
		month, day, hour, minute := whole(m[1]), whole(m[2]), whole(m[4]), whole(m[5])
		if sane(month, day, hour, minute) {
			return jaMoment(month, day, m[3], hour, minute)
		}
	}
	if m := enMomentOf.FindStringSubmatch(v); m != nil && voice == "en" && enWeekdays[m[1]] != "" {
		month, day, hour, minute := slices.Index(enMonths[:], m[2]), whole(m[3]), whole(m[4]), whole(m[5])
		if sane(month, day, hour, minute) {
			return enMoment(month, day, m[1], hour, minute, m[6])
		}
	}
	return nil
}

func sane(month, day, hour, minute int) bool {
	return month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour <= 23 && minute <= 59
}

// whole reads digits that an expression has found.
func whole(s string) int { n, _ := strconv.Atoi(s); return n }

func (s *said) date(year, month, day string) bool {
	y, m, d := whole(year), whole(month), whole(day)
	if month != "" && (m < 1 || m > 12) || d > 31 {
		return false
	}
	if s.voice == "ja" {
		return s.all(jaDate(y, m, d))
	}
	return s.all(enDate(y, m, d))
}
