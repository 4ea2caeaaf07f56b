// Package conformance measures the certificates and their verifier: what the
// project promises of both, in figures, each made anew at every run.
package conformance

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
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
	Names   int    // one of so many names; 0: every one
	Doses   int    // one of so many numbers of doses on a sheet; 0: every one
	Only    string // names of Parts, by comma: these alone; empty: all
}

// The sizes that the project promises.
const (
	DefaultValid   = 1000
	DefaultPixels  = 200
	DefaultPrinted = 4
	MinMutants     = 100_000
	MinNames       = 2000
)

func (o *Options) fill() {
	for _, n := range []struct {
		to    *int
		usual int
	}{{&o.One, 1}, {&o.Valid, DefaultValid}, {&o.Pixels, DefaultPixels}, {&o.Printed, DefaultPrinted}, {&o.Names, 1}, {&o.Doses, 1}} {
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
	measures, err := b.parts(o.Only)
	if err != nil {
		return false, err
	}
	for _, measure := range measures {
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

// Parts names what Options.Only may choose.
const Parts = "published,own,mutants,valid,sheets,names,paper,printed,fuzz,speed"

// parts gives the measurements of these names, in the order of Parts.
func (b *bench) parts(only string) (out []func(context.Context) ([]Figure, error), err error) {
	chosen := strings.Split(cmp.Or(only, Parts), ",")
	for i, name := range strings.Split(Parts, ",") {
		if n := slices.Index(chosen, name); n >= 0 {
			chosen = slices.Delete(chosen, n, n+1)
			out = append(out, []func(context.Context) ([]Figure, error){b.published, b.own, b.mutants, b.valid, b.sheets, b.names, b.onPaper, b.printed, b.fuzz, b.speed}[i])
		}
	}
	if len(chosen) > 0 {
		return nil, fmt.Errorf("conformance: nothing is called %q; there are %s", chosen[0], Parts)
	}
	return out, nil
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
