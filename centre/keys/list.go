package keys

import (
	"fmt"
	"io"
	"time"

	"akashi/centre/keys/history"
)

// How long before the end of a key's time to sign it is said to be ending.
const (
	// DefaultWarning is as long as a card key must be shown before it signs:
	// the last day to begin its successor's rotation.
	DefaultWarning = DefaultPublishAhead
	// DefaultAlarm leaves a week, which is what a CA's answer may take.
	DefaultAlarm = 7 * 24 * time.Hour
)

// Urgency says how much time a folder's keys leave.
type Urgency int

// The urgencies.
const (
	Calm    Urgency = iota
	Warning         // a key that signs has DefaultWarning or less
	Alarm           // DefaultAlarm or less, or nothing, or no key signs for a purpose
)

// Days gives the whole days that a key may still sign; 0 on the last one and
// after it.
func (k Key) Days(now time.Time) int {
	return int(max(k.SignUntil().Sub(now), 0) / (24 * time.Hour))
}

// urgency looks at a key that signs.
func (k Key) urgency(now time.Time) Urgency {
	switch left := k.SignUntil().Sub(now); {
	case left <= DefaultAlarm:
		return Alarm
	case left <= DefaultWarning:
		return Warning
	}
	return Calm
}

// WriteDays writes one line for each purpose: the key that signs and the days
// that it may, and what to do where they run out. It gives the worst.
func (r *Ring) WriteDays(w io.Writer, now time.Time) (Urgency, error) {
	worst := Calm
	for _, p := range Purposes() {
		k, ok := r.Signing(p)
		if !ok {
			worst = Alarm
			if _, err := fmt.Fprintf(w, "%-8s no key signs: keys publish, then keys activate; or keys rotate -purpose %s\n", p, p); err != nil {
				return worst, err
			}
			continue
		}
		u := k.urgency(now)
		worst = max(worst, u)
		if _, err := fmt.Fprintf(w, "%-8s %-10s %5d days  to %s%s\n", p, k.Name, k.Days(now), day(k.SignUntil()), r.advice(k, u)); err != nil {
			return worst, err
		}
	}
	return worst, nil
}

// advice says what is next for a key whose time runs out.
func (r *Ring) advice(k Key, u Urgency) string {
	if u == Calm {
		return ""
	}
	for _, o := range r.keys {
		switch {
		case o.Purpose != k.Purpose:
		case o.State == history.Published:
			return fmt.Sprintf("  next: keys activate -key %s, from %s", o.Name, day(r.Due(o)))
		case o.State == history.Created:
			return fmt.Sprintf("  next: have %s.csr signed, then keys publish", o.Name)
		}
	}
	return fmt.Sprintf("  next: keys rotate -purpose %s", k.Purpose)
}

// WriteList writes one line for each key that there ever was.
func (r *Ring) WriteList(w io.Writer, now time.Time) error {
	if _, err := fmt.Fprintf(w, "%-10s %-9s %-10s %-10s %-10s %-10s %-5s %s\n",
		"KEY", "STATE", "SHOWN", "SIGNS FROM", "TO", "VERIFIES", "WHERE", "KEY ID"); err != nil {
		return err
	}
	for _, k := range r.keys {
		to, verifies := k.Retired, time.Time{}
		if to.IsZero() {
			to = k.SignUntil()
		}
		if len(k.Chain) > 0 && k.Purpose != PurposeSHC { // a card key's certificate does not end its cards
			verifies = k.Chain[0].NotAfter
		}
		where := "file"
		switch {
		case !k.Private():
			where = "gone"
		case k.Token != "":
			where = "token"
		}
		if _, err := fmt.Fprintf(w, "%-10s %-9s %-10s %-10s %-10s %-10s %-5s %s\n",
			k.Name, k.State, day(k.Published), day(k.Activated), day(to), day(verifies), where, k.ID); err != nil {
			return err
		}
	}
	return nil
}

func day(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.DateOnly)
}
