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
