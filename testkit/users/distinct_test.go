package users

import "testing"

func TestMaps(t *testing.T) {
	for m, want := range map[string]bool{
		"         0          0 4294967295\n": true,
		"0 100000 65536\n":                   true,
		"0 1000 1\n1 100000 65536\n":         true,
		"0 1000 1\n":                         false,
		"0 100000 60903\n":                   false, // some of them only
		"":                                   false,
		"garbage":                            false,
	} {
		if got := maps(m); got != want {
			t.Errorf("%q: %v, want %v", m, got, want)
		}
	}
}

func TestCapable(t *testing.T) {
	for status, want := range map[string]bool{
		"Name:\tx\nCapEff:\t000001ffffffffff\nSeccomp:\t0\n": true,
		"Name:\tx\nCapEff:\t00000000a80425fb\n":              true, // what containers commonly leave
		"Name:\tx\nCapEff:\t00000000a804253b\n":              false,
		"Name:\tx\nCapEff:\t0000000000000000\n":              false,
		"Name:\tx\n":                                         false,
	} {
		if got := capable(status); got != want {
			t.Errorf("%q: %v, want %v", status, got, want)
		}
	}
}
