package verifier

import (
	"strings"
	"testing"

	"akashi/verifier/credential"
)

// FuzzRows: whatever a page says, each row has a real date that stands on the
// page, and the rows together hold no more than the page.
func FuzzRows(f *testing.F) {
	for _, s := range []string{"1980-02-03\n1 2021-07-01 FA0001", "2021-07-\n01 x 2021-02-30 2021-07-010", "\xff2021-07-01\xff", "-2021-07-01", "2021-07-01"} {
		f.Add(s)
	}
	r := &Result{Birth: credential.Date{Year: 1980, Month: 2, Day: 3}}
	f.Fuzz(func(t *testing.T, printed string) {
		total := 0
		for _, row := range r.rows(printed) {
			if d, err := credential.ParseDate(row.date); err != nil || !d.Full() || d == r.Birth || !finds(printed, row.date) {
				t.Fatalf("%q has no date %q", printed, row.date)
			}
			total += len(row.date) + len(row.text)
		}
		if total > len(printed) {
			t.Fatalf("%d bytes in the rows of a page of %d", total, len(printed))
		}
	})
}

func TestRows(t *testing.T) {
	r := &Result{Birth: credential.Date{Year: 1980, Month: 2, Day: 3}}
	var got []string
	for _, row := range r.rows("a 1980-02-03 b 2021-07-01 c\n2021-07-\n22 d 2021-02-30 2021-07-221 x2021-07-22 2021-07-22x -2021-07-22 1980-02-03") {
		got = append(got, row.date+":"+strings.TrimSpace(row.text))
	}
	want := "2021-07-01:c|2021-07-22:d 2021-02-30 2021-07-221 x2021-07-22 2021-07-22x -2021-07-22"
	if strings.Join(got, "|") != want {
		t.Errorf("%q", got)
	}
}

// The doses go on from page to page, each page's last behind which the date of
// issue may stand; nothing else may be left out, moved or added.
func TestDosesOnTwoPages(t *testing.T) {
	date := func(day int) credential.Date { return credential.Date{Year: 2021, Month: 7, Day: day} }
	r := &Result{Birth: credential.Date{Year: 1980, Month: 2, Day: 3}, Doses: []Dose{{Date: date(1), Lot: "FA0001"}, {Date: date(22), Lot: "FA0002"}, {Date: date(23), Lot: "FA0003"}}}
	const one, two, three, issue, head = "\n1 2021-07-01 FA0001", "\n2 2021-07-22 FA0002", "\n3 2021-07-23 FA0003", "\nissued 2022-01-05", "born 1980-02-03"
	for name, c := range map[string]struct {
		pages []string
		good  bool
	}{
		"on one page":                      {[]string{head + one + two + three + issue}, true},
		"on two":                           {[]string{head + one + two + issue, head + three + issue}, true},
		"on three, issued on the last":     {[]string{head + one, head + two, head + three + issue}, true},
		"a page of none":                   {[]string{head + one + two + three + issue, head + issue}, true},
		"none at all":                      {nil, false},
		"the second page is missing":       {[]string{head + one + two + issue}, false},
		"the pages are exchanged":          {[]string{head + three + issue, head + one + two + issue}, false},
		"a dose is on both":                {[]string{head + one + two + issue, head + two + three + issue}, false},
		"a dose behind the date of issue":  {[]string{head + one + issue + two + issue, head + three + issue}, false},
		"two dates of issue":               {[]string{head + one + two + issue, head + three + "\nissued 2022-01-06"}, false},
		"another dose on the second page":  {[]string{head + one + two + issue, head + three + "\n4 2021-08-23 FA0004" + issue}, false},
		"another dose on the first page":   {[]string{head + one + two + "\n3 2021-08-23 FA0004" + issue, head + three + issue}, false},
		"another lot on the second page":   {[]string{head + one + two + issue, head + "\n3 2021-07-23 FA0009" + issue}, false},
		"vaccinated and issued on one day": {[]string{head + one + two + "\nissued 2021-07-23", head + three + "\nissued 2021-07-23"}, true},
	} {
		if got := r.printsDoses(c.pages); got != c.good {
			t.Errorf("%s: %v", name, got)
		}
	}
	r.Birth = date(23) // born on the day of the third dose: both stand on the second page
	born := "born 2021-07-23"
	if !r.printsDoses([]string{born + one + two + issue, born + three + issue}) || r.printsDoses([]string{born + one + two + issue, born + issue}) {
		t.Error("a dose on the day of birth")
	}
}
