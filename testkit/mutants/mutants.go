// Package mutants changes valid certificates in every place and every way that
// it knows, as a forger would who has no key, and as an issuer would who writes
// them wrongly. A verifier must refuse every one.
package mutants

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"time"

	"akashi/testkit/forge"
	"akashi/verifier"
	"akashi/verifier/pdfsig"
	"akashi/verifier/rule"
	"akashi/verifier/trust"
)

// The formats of a Mutant.
const (
	SHC   = "SHC"
	VDSNC = "VDS-NC"
	PDF   = "PDF"
)

// Mutant is one changed certificate.
type Mutant struct {
	Format string
	Region string        // where it was changed: "bytes of the JWS", "claim vc.rid"
	What   string        // how
	input  func() []byte // made late: most mutants of a short run are never made; nil: it is the good one
	Codes  []string      // it must be refused with one of these; none: with any
	List   *trust.List
	At     time.Time
}

// judge gives the code of the refusal, "" when m is accepted; a panic is an
// error.
func (m *Mutant) judge(input []byte) (code string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s, %s, %s: panic: %v\n%s", m.Format, m.Region, m.What, p, debug.Stack())
		}
	}()
	if m.Format == PDF {
		_, err = pdfsig.Verify(input, m.List, m.At)
	} else {
		_, err = verifier.Verify(string(input), m.List, m.At)
	}
	var r *rule.Refusal
	switch {
	case err == nil:
		return "", nil
	case errors.As(err, &r):
		return r.Code, nil
	}
	return "", fmt.Errorf("%s, %s, %s: no refusal but %w", m.Format, m.Region, m.What, err)
}

// Tally is what came of many mutants.
type Tally struct {
	Judged   int            // different ones
	ByFormat map[string]int // of Judged
	Codes    map[string]int
	Regions  map[string]int
	Harmless map[string]int // accepted with a reason, by the reason; not in Judged
	Accepted []string       // accepted without one: each is a hole
	Wrong    []string       // refused with another code than the place allows
	Faults   []string       // panics, and errors that are no refusals
	MaxAlloc uint64         // bytes: the most that judging one of them allocated
}

// DefaultMaxAlloc bounds what judging one mutant may allocate in bytes: the
// largest decompressed payload, its JSON as values, and a certificate.
const DefaultMaxAlloc = 4 << 20

// Run judges mutants, each different one once.
func Run(all iter.Seq[Mutant]) *Tally {
	t := &Tally{ByFormat: map[string]int{}, Codes: map[string]int{}, Regions: map[string]int{}, Harmless: map[string]int{}}
	seen := map[[32]byte]bool{}
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	for m := range all {
		input := m.input()
		id := sha256.Sum256(fmt.Append(input, m.At.UnixNano(), m.Codes)) // the same input at another time is another question
		if seen[id] || input == nil {
			continue
		}
		seen[id] = true
		metrics.Read(sample)
		before := sample[0].Value.Uint64()
		code, err := m.judge(input)
		metrics.Read(sample)
		t.MaxAlloc = max(t.MaxAlloc, sample[0].Value.Uint64()-before)
		t.add(&m, code, err)
	}
	return t
}

func (t *Tally) add(m *Mutant, code string, err error) {
	name := m.Format + ", " + m.Region + ", " + m.What
	if reason := harmless(m); reason != "" && code == "" && err == nil {
		t.Harmless[reason]++
		return
	}
	t.Judged++
	t.ByFormat[m.Format]++
	t.Regions[m.Format+" "+m.Region]++
	switch {
	case err != nil:
		t.Faults = append(t.Faults, err.Error())
	case code == "":
		t.Accepted = append(t.Accepted, name)
	case m.Codes != nil && !slices.Contains(m.Codes, code):
		t.Wrong = append(t.Wrong, name+": "+code)
	default:
		t.Codes[code]++
	}
}

// Good reports whether all were refused as they must be, within memory.
func (t *Tally) Good() bool {
	return len(t.Accepted)+len(t.Wrong)+len(t.Faults) == 0 && t.MaxAlloc <= DefaultMaxAlloc
}

// All gives every mutant of every format.
func All(w *forge.World) iter.Seq[Mutant] {
	l := w.List()
	return func(yield func(Mutant) bool) {
		for _, s := range []iter.Seq[Mutant]{cardBytes(w), sealBytes(w), pdfBytes(w), claims(w), compressed(w), circumstances(w), twins(w)} {
			for m := range s {
				if m.List == nil {
					m.List = l
				}
				if m.At.IsZero() {
					m.At = forge.At
				}
				if !yield(m) {
					return
				}
			}
		}
	}
}

// Every gives one of n mutants, spread evenly.
func Every(n int, all iter.Seq[Mutant]) iter.Seq[Mutant] {
	return func(yield func(Mutant) bool) {
		i := 0
		for m := range all {
			if i++; i%n == 0 && !yield(m) {
				return
			}
		}
	}
}
