package release

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"akashi/centre/wire"
)

// Japan is the time zone of opening hours; it has had no summer time since
// 1951, so it needs no zone file.
var Japan = time.FixedZone("JST", 9*60*60)

// DefaultAhead is how many days ahead the next opening is looked for: a place
// that is closed for longer does not say when it opens.
const DefaultAhead = 60

// Clock is a time of day in minutes from midnight, 0 to 1440; in JSON HH:MM.
type Clock int

// Hours are on one day, from Opens to before Closes; equal: around the clock.
type Hours struct {
	Opens  Clock `json:"opens"`
	Closes Clock `json:"closes"`
}

// Day is a day in Japan, as 2026-12-31.
type Day string

// Window is a time in which nothing begins.
type Window struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
}

// ParseClock reads HH:MM, 00:00 to 24:00.
func ParseClock(s string) (Clock, bool) {
	if len(s) != 5 || s[2] != ':' || !number(s[:2]+s[3:]) {
		return 0, false
	}
	h, m := int(s[0]-'0')*10+int(s[1]-'0'), int(s[3]-'0')*10+int(s[4]-'0')
	if m > 59 || h*60+m > 24*60 {
		return 0, false
	}
	return Clock(h*60 + m), true
}

// String gives HH:MM.
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// MarshalJSON gives HH:MM.
func (c Clock) MarshalJSON() ([]byte, error) { return json.Marshal(c.String()) }

// UnmarshalJSON reads HH:MM.
func (c *Clock) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	v, ok := ParseClock(s)
	if !ok {
		return errors.New("release: want HH:MM, 00:00 to 24:00")
	}
	*c = v
	return nil
}

func (h Hours) valid() bool { return h.Opens >= 0 && h.Opens <= h.Closes && h.Closes <= 24*60 }

// span gives the hours of a day as minutes.
func (h Hours) span() (from, to Clock) {
	if h.Opens == h.Closes {
		return 0, 24 * 60
	}
	return h.Opens, h.Closes
}

func (r *Release) checkTimes() error {
	if !r.Hours.valid() || len(r.Closed) > DefaultMaxClosed || len(r.Maintenance) > DefaultMaxWindows {
		return content("hours, closed, maintenance: out of their bounds")
	}
	for i, d := range r.Closed {
		t, err := time.Parse(time.DateOnly, string(d))
		if err != nil || t.Format(time.DateOnly) != string(d) || i > 0 && r.Closed[i-1] >= d {
			return content("closed: want days as 2026-12-31, ascending")
		}
	}
	for _, w := range r.Maintenance {
		if !whole(w.From) || !whole(w.Until) || !w.From.Before(w.Until) {
			return content("maintenance: from and until: want UTC times, one after the other")
		}
	}
	return nil
}

// At tells whether a session or a request may begin at a time: OK, OutOfHours
// or Maintenance. m is the municipality that is asked; nil: the service alone.
func (r *Release) At(t time.Time, m *Municipality) wire.Code {
	if _, in := r.maintained(t); in {
		return wire.Maintenance
	}
	from, to, open := r.day(t, m)
	if !open || t.Before(from) || !t.Before(to) {
		return wire.OutOfHours
	}
	return wire.OK
}

// Serves tells whether a session may begin at a time: OK when there is a
// municipality that can be asked, otherwise OutOfHours or Maintenance, and when
// the next one opens (zero: nobody can say).
func (r *Release) Serves(t time.Time) (code wire.Code, opens time.Time) {
	code = wire.OutOfHours
	if _, in := r.maintained(t); in {
		code = wire.Maintenance
	}
	for i := range r.Municipalities {
		m := &r.Municipalities[i]
		if !m.TakesPart {
			continue
		}
		if r.At(t, m) == wire.OK {
			return wire.OK, t
		}
		if at, ok := r.Opens(t, m); ok && (opens.IsZero() || at.Before(opens)) {
			opens = at
		}
	}
	return code, opens
}

// Opens gives when something may begin next, from a time on: that time itself
// when it may now; false when it may not for DefaultAhead days.
func (r *Release) Opens(t time.Time, m *Municipality) (time.Time, bool) {
	for last := t.AddDate(0, 0, DefaultAhead); !t.After(last); {
		from, to, open := r.day(t, m)
		switch until, in := r.maintained(t); {
		case in:
			t = until
		case open && t.Before(from):
			t = from
		case open && t.Before(to):
			return t, true
		default:
			y, mo, d := t.In(Japan).Date()
			t = time.Date(y, mo, d+1, 0, 0, 0, 0, Japan)
		}
	}
	return t, false
}

// day gives from when to when it is open on the day of t; open is false on a
// closed day.
func (r *Release) day(t time.Time, m *Municipality) (from, to time.Time, open bool) {
	opens, closes := r.Hours.span()
	if m != nil && m.Hours != nil {
		o, c := m.Hours.span()
		opens, closes = max(opens, o), min(closes, c)
	}
	y, mo, d := t.In(Japan).Date()
	midnight := time.Date(y, mo, d, 0, 0, 0, 0, Japan)
	from, to = midnight.Add(time.Duration(opens)*time.Minute), midnight.Add(time.Duration(closes)*time.Minute)
	day := Day(midnight.Format(time.DateOnly))
	for _, c := range r.Closed {
		if c == day {
			return from, to, false
		}
	}
	return from, to, from.Before(to)
}

// maintained tells whether t is in a window, and when that ends.
func (r *Release) maintained(t time.Time) (until time.Time, in bool) {
	for _, w := range r.Maintenance {
		if !t.Before(w.From) && t.Before(w.Until) {
			return w.Until, true
		}
	}
	return t, false
}
