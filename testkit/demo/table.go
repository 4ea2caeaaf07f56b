package demo

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"akashi/centre/audit"
	"akashi/centre/issue"
	"akashi/kiosk/session"
	"akashi/testkit/stack"
)

// timing is one session's named steps with their durations in microseconds; a
// step that was not done has none.
type timing struct {
	kiosk  [session.NumSteps]int64
	centre [issue.NumSteps]int64
}

// notDone marks a step that a session did not come to.
const notDone = -1

func timed(v stack.Visit, centre []audit.Ended) timing {
	var t timing
	for i := range t.kiosk {
		t.kiosk[i] = notDone
		if v.Event.Entered[i] > 0 {
			t.kiosk[i] = v.Event.Micros[i]
		}
	}
	for i := range t.centre {
		t.centre[i] = notDone
		for _, e := range centre {
			if e.Micros[i] > 0 || i <= int(e.At) {
				t.centre[i] = max(t.centre[i], 0) + int64(e.Micros[i])
			}
		}
	}
	return t
}

// total is the time of the whole session; the centre's steps lie within the
// kiosk's step "answer".
func (t timing) total() int64 {
	sum := int64(0)
	for _, n := range t.kiosk {
		sum += max(n, 0)
	}
	return sum
}

// slowest names the n steps that took longest.
func (t timing) slowest(n int) string {
	type step struct {
		name   string
		micros int64
	}
	var all []step
	for i, m := range t.kiosk {
		all = append(all, step{session.Steps[i], m})
	}
	slices.SortStableFunc(all, func(a, b step) int { return int(b.micros - a.micros) })
	var said []string
	for _, s := range all[:n] {
		said = append(said, s.name+" "+strings.TrimSpace(millis(s.micros))+" ms")
	}
	return strings.Join(said, ", ")
}

// millis writes a duration in milliseconds in five columns, as long as it is
// under 100 s.
func millis(micros int64) string {
	switch {
	case micros == notDone:
		return "    –"
	case micros < 99_950:
		return fmt.Sprintf("%5.1f", float64(micros)/1000)
	}
	return fmt.Sprintf("%5.0f", float64(micros)/1000)
}

// table prints every named step of kiosk and centre with its duration for each
// session, 80 columns wide with the nine of All.
func table(w io.Writer, sessions []timing) {
	fmt.Fprintf(w, "\nevery named step, in milliseconds; the columns are the numbers above\n%-35s", "kiosk")
	for i := range sessions {
		fmt.Fprintf(w, "%5d", i+1)
	}
	fmt.Fprintln(w)
	row := func(name string, of func(timing) int64) {
		fmt.Fprintf(w, "%-35s", name)
		for _, t := range sessions {
			fmt.Fprint(w, millis(of(t)))
		}
		fmt.Fprintln(w)
	}
	for i, name := range session.Steps {
		row("  "+name, func(t timing) int64 { return t.kiosk[i] })
		if session.Step(i) != session.Answer {
			continue
		}
		fmt.Fprintln(w, "  centre, while the kiosk waits")
		for j, step := range issue.Steps() {
			row("    "+step, func(t timing) int64 { return t.centre[j] })
		}
	}
	row("the whole session", timing.total)
}
