package printer_test

import (
	"slices"
	"testing"

	"akashi/printer"
)

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		all   []printer.Fault
		worst printer.Fault
	}{
		{nil, printer.NoFault},
		{[]printer.Fault{printer.NoFault}, printer.NoFault},
		{[]printer.Fault{printer.TonerLow}, printer.TonerLow},
		{[]printer.Fault{printer.PaperOut, printer.CoverOpen, printer.TonerLow}, printer.CoverOpen},
		{[]printer.Fault{printer.Left}, printer.OtherFault},
	} {
		s := printer.FaultsOf(c.all...)
		if got := s.Worst(); got != c.worst {
			t.Errorf("%v: worst %v, want %v", c.all, got, c.worst)
		}
		want := slices.DeleteFunc(slices.Clone(c.all), func(f printer.Fault) bool { return f == printer.NoFault })
		slices.Sort(want)
		if got := s.List(); !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	}
	if got := printer.Faults(1 << 31).List(); got != nil {
		t.Errorf("faults of another release: %v", got)
	}
}
