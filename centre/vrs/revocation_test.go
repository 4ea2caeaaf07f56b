package vrs_test

import (
	"context"
	"strings"
	"testing"

	"akashi/centre/vrs"
	"akashi/centre/wire"
)

var kid = strings.Repeat("k", 43)

// feed gives a whole answer of n revocations after a number.
func feed(after uint64, n int, last uint64) vrs.Revocations {
	a := vrs.Revocations{Chain: vrs.FirstChain(), Revocations: []vrs.Revocation{}, Last: last}
	if after > 0 {
		a.Chain = make([]byte, 32)
	}
	for i := range n {
		a.Revocations = append(a.Revocations, vrs.Revocation{Sequence: after + 1 + uint64(i), KeyID: kid, Revocation: "AAAA"})
	}
	return a
}

func TestRevocationsAreExactlyWhatFollows(t *testing.T) {
	change := func(f func(*vrs.Revocations)) vrs.Revocations { a := feed(2, 2, 4); f(&a); return a }
	for name, c := range map[string]struct {
		after  uint64
		answer vrs.Revocations
		want   wire.Code
	}{
		"none yet":                     {0, feed(0, 0, 0), wire.OK},
		"none new":                     {4, feed(4, 0, 4), wire.OK},
		"two":                          {2, feed(2, 2, 4), wire.OK},
		"a full page":                  {1, feed(1, vrs.MaxRevocations, 5000), wire.OK},
		"VRS has gone back":            {9, vrs.Revocations{Revocations: []vrs.Revocation{}, Last: 4}, wire.OK},
		"gone back, with some":         {9, vrs.Revocations{Revocations: feed(9, 1, 4).Revocations, Last: 4}, wire.VRSAnswer},
		"gone back, but not":           {3, vrs.Revocations{Revocations: []vrs.Revocation{}, Last: 4}, wire.VRSAnswer},
		"gone back, with a chain":      {9, feed(9, 0, 4), wire.VRSAnswer},
		"one is missing":               {2, feed(2, 1, 4), wire.VRSAnswer},
		"one too many":                 {2, feed(2, 3, 4), wire.VRSAnswer},
		"a short page":                 {1, feed(1, vrs.MaxRevocations-1, 5000), wire.VRSAnswer},
		"others were asked for":        {1, feed(2, 3, 4), wire.VRSAnswer},
		"another beginning":            {0, vrs.Revocations{Chain: make([]byte, 32), Revocations: []vrs.Revocation{}}, wire.VRSAnswer},
		"a gap":                        {2, change(func(a *vrs.Revocations) { a.Revocations[1].Sequence++ }), wire.VRSAnswer},
		"a kid that is none":           {2, change(func(a *vrs.Revocations) { a.Revocations[0].KeyID = "../../etc/passwd" }), wire.VRSAnswer},
		"a kid of a path":              {2, change(func(a *vrs.Revocations) { a.Revocations[0].KeyID = strings.Repeat("k", 42) + "/" }), wire.VRSAnswer},
		"a rid that is none":           {2, change(func(a *vrs.Revocations) { a.Revocations[0].Revocation = "a.1" }), wire.VRSAnswer},
		"a chain of the wrong length":  {2, change(func(a *vrs.Revocations) { a.Chain = a.Chain[1:] }), wire.VRSAnswer},
		"no list where there is a one": {2, change(func(a *vrs.Revocations) { a.Revocations = nil }), wire.VRSAnswer},
	} {
		client := scripted(t, clientTLS, serverTLS, says(200, wire.Encode(c.answer)))
		a, err := client.Revocations(context.Background(), c.after)
		if code(err) != c.want || err == nil && a.Last != c.answer.Last {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestRevocationChainTellsHistoriesApart(t *testing.T) {
	seen := map[string]bool{string(vrs.FirstChain()): true}
	for _, r := range []vrs.Revocation{{KeyID: "ab", Revocation: "c"}, {KeyID: "a", Revocation: "bc"}, {KeyID: "ab", Revocation: "d"}} {
		for _, before := range [][]byte{vrs.FirstChain(), make([]byte, 32)} {
			c := string(vrs.RevocationChain(before, r))
			if len(c) != 32 || seen[c] {
				t.Errorf("%+v: a digest that another history has", r)
			}
			seen[c] = true
		}
	}
}

func FuzzRevocations(f *testing.F) {
	f.Add(wire.Encode(feed(0, 2, 2)), uint64(0))
	f.Add(wire.Encode(feed(2, 1, 3)), uint64(2))
	f.Add([]byte(`{"chain":null,"revocations":[],"last":3}`), uint64(9))
	f.Fuzz(func(t *testing.T, b []byte, after uint64) {
		a, err := vrs.ParseRevocations(b, after)
		if err == nil && string(wire.Encode(a)) != string(b) {
			t.Errorf("%q was read, and is written %q", b, wire.Encode(a))
		}
	})
}
