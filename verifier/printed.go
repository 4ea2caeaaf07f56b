package verifier

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"akashi/verifier/credential"
)

// checkPrinted holds the printed text against what a code says. The text comes
// in the order in which a certificate prints it: the person, the doses row by
// row, the rest. Dates are looked for as ISO 8601 writes them, which every
// certificate prints beside the Japanese form.
func (r *Result) checkPrinted(printed string) error {
	switch {
	case !finds(printed, r.Name):
		return ErrPrintedName
	case !finds(printed, r.Birth.String()):
		return ErrPrintedBirth
	case r.Passport != "" && !finds(printed, r.Passport):
		return ErrPrintedPassport
	case r.ID != "" && !finds(printed, r.ID):
		return ErrPrintedID
	case !r.printsDoses(printed):
		return ErrPrintedDose
	}
	return nil
}

// printsDoses reports whether the doses are printed, in their order, each date
// with its own lot (and product and country, where the code names them), and
// no other dose among or before them. Behind the last dose one date may stand,
// on every page: that of issue. No code holds it, so a printed row with that very
// date is told from it by the signature of the PDF only.
func (r *Result) printsDoses(printed string) bool {
	rows := r.rows(printed)
	if len(rows) < len(r.Doses) {
		return false
	}
	for i, d := range r.Doses {
		row := rows[i]
		if row.date != d.Date.String() || !row.holds(d) {
			return false
		}
	}
	rest := rows[len(r.Doses):]
	for _, row := range rest {
		if row.date != rest[0].date {
			return false
		}
	}
	return true
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

// rows parts a text at its full dates. What stands before the first is left
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
