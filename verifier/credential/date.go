package credential

import (
	"errors"
	"fmt"
	"time"
)

// Date is a calendar date whose day, or month and day, may be unknown (0), as
// residents' registers hold some birth dates.
type Date struct {
	Year  int // 1 to 9999
	Month int // 1 to 12, or 0 when unknown
	Day   int // 1 to 31, or 0 when unknown; 0 whenever Month is
}

// ErrDate says that a text is not a date of the form asked for.
var ErrDate = errors.New("credential: not a date: want YYYY-MM-DD, YYYY-MM or YYYY; correct the record")

// ParseDate reads YYYY-MM-DD, YYYY-MM or YYYY and refuses any other form and
// any day that the calendar does not have.
func ParseDate(s string) (Date, error) {
	var d Date
	switch len(s) {
	case 10:
		if s[4] != '-' || s[7] != '-' {
			return Date{}, ErrDate
		}
		d = Date{digits(s[:4]), digits(s[5:7]), digits(s[8:])}
		if d.Month == 0 || d.Day == 0 {
			return Date{}, ErrDate
		}
	case 7:
		if s[4] != '-' {
			return Date{}, ErrDate
		}
		d = Date{digits(s[:4]), digits(s[5:]), 0}
		if d.Month == 0 {
			return Date{}, ErrDate
		}
	case 4:
		d = Date{digits(s), 0, 0}
	default:
		return Date{}, ErrDate
	}
	if !d.Valid() {
		return Date{}, ErrDate
	}
	return d, nil
}

// ParseCompact reads the card's YYYYMMDD, in which 00 marks an unknown month
// or day (how real cards write those is not public).
func ParseCompact(s string) (Date, error) {
	if len(s) != 8 {
		return Date{}, ErrDate
	}
	d := Date{digits(s[:4]), digits(s[4:6]), digits(s[6:])}
	if !d.Valid() {
		return Date{}, ErrDate
	}
	return d, nil
}

func digits(s string) int {
	n := 0
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// Valid reports whether the calendar has the date, as far as it is known.
func (d Date) Valid() bool {
	switch {
	case d.Year < 1 || d.Year > 9999 || d.Month < 0 || d.Month > 12 || d.Day < 0:
		return false
	case d.Month == 0:
		return d.Day == 0
	case d.Day == 0:
		return true
	}
	return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC).Day() == d.Day
}

// Full reports whether year, month and day are all known.
func (d Date) Full() bool { return d.Valid() && d.Month != 0 && d.Day != 0 }

// String gives YYYY-MM-DD, YYYY-MM or YYYY, as far as the date is known.
func (d Date) String() string {
	switch {
	case d.Month == 0:
		return fmt.Sprintf("%04d", d.Year)
	case d.Day == 0:
		return fmt.Sprintf("%04d-%02d", d.Year, d.Month)
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// DateOf gives the date of an instant in the instant's own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, int(m), d}
}

// Before reports whether d is certainly before e; unknown parts are never
// certain.
func (d Date) Before(e Date) bool {
	if d.Year != e.Year {
		return d.Year < e.Year
	}
	if d.Month == 0 || e.Month == 0 {
		return false
	}
	if d.Month != e.Month {
		return d.Month < e.Month
	}
	return d.Day != 0 && e.Day != 0 && d.Day < e.Day
}
