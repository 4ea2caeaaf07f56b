package verifier

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"akashi/verifier/credential"
)

// checkPrinted holds the printed text of the pages against what a code says.
// The text comes in the order in which a certificate prints it: the person, the
// doses row by row, the rest. Dates are looked for as ISO 8601 writes them,
// which every certificate prints beside the Japanese form.
func (r *Result) checkPrinted(pages []string) error {
	printed := strings.Join(pages, "\n")
	switch {
	case !finds(printed, r.Name):
		return ErrPrintedName
	case !finds(printed, r.Birth.String()):
		return ErrPrintedBirth
	case r.Passport != "" && !finds(printed, r.Passport):
		return ErrPrintedPassport
	case r.ID != "" && !finds(printed, r.ID):
		return ErrPrintedID
	case !r.printsDoses(pages):
		return ErrPrintedDose
	}
	return nil
}

// printsDoses reports whether the doses are printed, in their order and going
// on from page to page, each date with its own lot (and product and country,
// where the code names them), and no other dose among or before them. Behind a
// page's last dose one date may stand, the same on every page: that of issue.
// No code holds it, so a printed row with that very date is told from it by the
// signature of the PDF only.
func (r *Result) printsDoses(pages []string) bool {
	next, issued := 0, ""
	for _, page := range pages {
		behind := false
		for _, row := range r.rows(page) {
			if !behind && next < len(r.Doses) && row.date == r.Doses[next].Date.String() && row.holds(r.Doses[next]) {
				next++
				continue
			}
			behind = true
			if issued == "" {
				issued = row.date
			}
			if row.date != issued {
				return false
			}
		}
	}
	return next == len(r.Doses)
}

// row is what is printed from one full date to the next.
type row struct{ date, text string }

// holds reports whether a row names the dose's lot, beside product and country
// where the code has them.
func (w row) holds(d Dose) bool {
	what := d.Lot
	if d.Product != "" {
		what = d.Product + " " + d.Lot + " " + d.Country
	}
	return what == "" || finds(w.text, what)
}

// rows parts a page's text at its full dates. What stands before the first is left
// out, and so is the date of birth: wherever it stands, or only once when
// somebody was vaccinated on that day.
func (r *Result) rows(printed string) (out []row) {
	atBirth := slices.ContainsFunc(r.Doses, func(d Dose) bool { return d.Date == r.Birth })
	before, births := ' ', 0
	var text []byte // of the last row
	ends := func() {
		if len(out) > 0 {
			out[len(out)-1].text = string(text)
		}
		text = text[:0]
	}
	defer ends()
	for at := 0; at < len(printed); {
		c, n := utf8.DecodeRuneInString(printed[at:])
		date, end := fullDate(printed[at:])
		if end > 0 && !wordly(before) {
			if date == r.Birth.String() {
				births++
			}
			if date != r.Birth.String() || atBirth && births > 1 {
				ends()
				out = append(out, row{date: date})
			}
			before, at = '0', at+end
			continue
		}
		if len(out) > 0 {
			text = append(text, printed[at:at+n]...)
		}
		before, at = c, at+n
	}
	return out
}

// fullDate takes a date from the front of s, which no letter, digit or hyphen
// may follow; white space inside it is skipped. end is 0 when there is none.
func fullDate(s string) (date string, end int) {
	const form = "dddd-dd-dd"
	for i, r := range s {
		switch {
		case len(date) == len(form) || r == utf8.RuneError:
			return checked(date, end, r)
		case unicode.IsSpace(r) && date != "":
		case form[len(date)] == 'd' && '0' <= r && r <= '9', form[len(date)] == '-' && r == '-':
			date += string(r)
			end = i + 1
		default:
			return "", 0
		}
	}
	return checked(date, end, ' ')
}

func checked(date string, end int, next rune) (string, int) {
	if d, err := credential.ParseDate(date); err != nil || !d.Full() || wordly(next) {
		return "", 0
	}
	return date, end
}
