package release_test

import (
	"testing"
	"time"

	"akashi/centre/wire"
	"akashi/centre/wire/release"
)

func TestClock(t *testing.T) {
	for _, s := range []string{"00:00", "06:30", "24:00"} {
		if c, ok := release.ParseClock(s); !ok || c.String() != s {
			t.Errorf("%s became %s", s, c)
		}
	}
	for _, s := range []string{"6:30", "06:60", "24:01", "2a:00", "06-30", ""} {
		if _, ok := release.ParseClock(s); ok {
			t.Errorf("%q is a time", s)
		}
	}
}

// Hours of the service and of the municipality, a closed day and a maintenance
// window, and when it opens after each.
func TestOpening(t *testing.T) {
	at := func(d, h, m int) time.Time { return time.Date(2026, 12, d, h, m, 0, 0, release.Japan) }
	r := &release.Release{
		Hours: release.Hours{Opens: 6 * 60, Closes: 23 * 60}, Closed: []release.Day{"2026-12-31"},
		Maintenance: []release.Window{{From: at(10, 5, 0).UTC(), Until: at(10, 9, 30).UTC()}, {From: at(10, 9, 30).UTC(), Until: at(10, 10, 0).UTC()}},
		Municipalities: []release.Municipality{
			{Code: "992011", TakesPart: true, Hours: &release.Hours{Opens: 8*60 + 30, Closes: 20 * 60}},
			{Code: "994014"},
		},
	}
	m := &r.Municipalities[0]
	for name, c := range map[string]struct {
		at    time.Time
		want  wire.Code
		opens time.Time
	}{
		"at noon":                    {at(1, 12, 0), wire.OK, at(1, 12, 0)},
		"at opening":                 {at(1, 8, 30), wire.OK, at(1, 8, 30)},
		"before":                     {at(1, 8, 29), wire.OutOfHours, at(1, 8, 30)},
		"at closing":                 {at(1, 20, 0), wire.OutOfHours, at(2, 8, 30)},
		"after midnight":             {at(2, 0, 0), wire.OutOfHours, at(2, 8, 30)},
		"in maintenance":             {at(10, 9, 0), wire.Maintenance, at(10, 10, 0)},
		"before one over opening":    {at(10, 4, 0), wire.OutOfHours, at(10, 10, 0)},
		"a closed day":               {at(31, 12, 0), wire.OutOfHours, at(32, 8, 30)},
		"the night before one":       {at(30, 23, 0), wire.OutOfHours, at(32, 8, 30)},
		"the same moment, elsewhere": {at(1, 12, 0).UTC(), wire.OK, at(1, 12, 0)},
	} {
		if got := r.At(c.at, m); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		if got, ok := r.Opens(c.at, m); !ok || !got.Equal(c.opens) {
			t.Errorf("%s: opens %v, want %v", name, got, c.opens)
		}
		if code, opens := r.Serves(c.at); code != c.want || !opens.Equal(c.opens) {
			t.Errorf("%s: serves %v, %v", name, code, opens)
		}
	}
	r.Maintenance = []release.Window{{From: at(1, 0, 0).UTC(), Until: at(1, 0, 0).AddDate(1, 0, 0).UTC()}}
	if got, ok := r.Opens(at(1, 12, 0), m); ok {
		t.Errorf("closed for a year, and opens %v", got)
	}
	if code, opens := r.Serves(at(1, 12, 0)); code != wire.Maintenance || !opens.IsZero() {
		t.Errorf("closed for a year: %v, %v", code, opens)
	}
}
