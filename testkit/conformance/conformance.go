// Package conformance measures the certificates and their verifier: what the
// project promises of both, in figures, each made anew at every run.
package conformance

import (
	"context"
	"fmt"
	"io"
	"time"
)

// State says what came of a figure.
type State uint8

// The states; the zero State is none.
const (
	Met        State = iota + 1
	Missed           // it was measured, and is not what was asked for
	Unmeasured       // what it takes is not there: nothing is said of it
	Recorded         // it was measured, and no number was asked for
)

func (s State) String() string {
	return [...]string{"", "yes", "NO", "not measured", "recorded"}[s]
}

// Figure is one measured promise.
type Figure struct {
	Name   string
	State  State
	Told   string   // what was measured, or why nothing was
	Detail []string // lines below it: what was missed, what was recorded
}

// Options say what is measured, and with how much of it. The zero Options are
// the whole.
type Options struct {
	Root    string // the repository
	Dir     string // an empty folder for what comes up meanwhile
	One     int    // one of so many mutants; 0: every one
	Valid   int    // valid certificates; 0: DefaultValid
	Pixels  int    // mutants on paper; 0: DefaultPixels
	Printed int    // papers whose codes are scanned; 0: DefaultPrinted
}

// The sizes that the project promises.
const (
	DefaultValid   = 1000
	DefaultPixels  = 200
	DefaultPrinted = 4
	MinMutants     = 100_000
)

func (o *Options) fill() {
	for _, n := range []struct {
		to    *int
		usual int
	}{{&o.One, 1}, {&o.Valid, DefaultValid}, {&o.Pixels, DefaultPixels}, {&o.Printed, DefaultPrinted}} {
		if *n.to == 0 {
			*n.to = n.usual
		}
	}
}

// Run measures everything and prints each figure when it is there. It reports
// whether all were met and none was left unmeasured.
func Run(ctx context.Context, w io.Writer, o Options) (bool, error) {
	o.fill()
	good, from := true, time.Now()
	b := &bench{Options: o}
	defer b.close()
	for _, measure := range []func(context.Context) ([]Figure, error){
		b.published, b.own, b.mutants, b.valid, b.onPaper, b.printed, b.again,
	} {
		figures, err := measure(ctx)
		if err != nil {
			return false, err
		}
		for _, f := range figures {
			good = good && (f.State == Met || f.State == Recorded)
			fmt.Fprintf(w, " %-13s %-28s %s\n", f.State, f.Name, f.Told)
			for _, line := range f.Detail {
				fmt.Fprintf(w, " %-13s %-28s   %s\n", "", "", line)
			}
		}
	}
	fmt.Fprintf(w, " measured in %s\n", time.Since(from).Round(time.Second))
	return good, nil
}

// figure makes one that is met or missed; Detail holds at most ten lines of
// what was missed.
func figure(name string, met bool, missed []string, format string, args ...any) Figure {
	f := Figure{Name: name, State: Met, Told: fmt.Sprintf(format, args...), Detail: missed}
	if !met {
		f.State = Missed
	}
	if n := len(missed); n > 10 {
		f.Detail = append(missed[:10:10], fmt.Sprintf("… and %d more", n-10))
	}
	return f
}
