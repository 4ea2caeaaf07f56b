package canary

import (
	"bytes"
	"encoding/binary"
)

// Patterns are searched in groups of like length. A pattern of at least window
// bytes holds, wherever it lies, a whole gram at one of the places that are
// looked at, which are stride = window-gram+1 bytes apart. A Bloom filter of
// all those grams says for nearly every place that nothing begins near it.

// shape is how one group is searched.
type shape struct{ window, gram int }

// shapes by falling length. Few patterns are short, and only they need places
// that lie close together.
var shapes = [...]shape{{16, 8}, {8, 5}, {6, 4}}

// shortestForm is the shortest pattern: a number packed two digits to a byte.
const shortestForm = 6

// bitsPerGram is the filter's size: with two bits a gram, one place in a
// hundred or so is looked at twice.
const bitsPerGram = 16

// group is the patterns of one shape.
type group struct {
	shape
	stride   int
	mask     uint64
	filter   []uint64
	starts   map[uint64][]int // patterns by their first gram
	patterns []pattern
}

func compile(patterns []pattern) []*group {
	var groups []*group
	for i, s := range shapes {
		g := &group{shape: s, stride: s.window - s.gram + 1, mask: ^uint64(0) >> (64 - 8*s.gram), starts: map[uint64][]int{}, patterns: patterns}
		for n, p := range patterns {
			if len(p.bytes) >= s.window && (i == 0 || len(p.bytes) < shapes[i-1].window) {
				first := g.at(p.bytes)
				g.starts[first] = append(g.starts[first], n)
			}
		}
		if len(g.starts) > 0 {
			g.fill()
			groups = append(groups, g)
		}
	}
	return groups
}

// fill makes the filter of every gram that a place can fall on.
func (g *group) fill() {
	words := 64
	for words*64 < len(g.starts)*g.stride*bitsPerGram {
		words *= 2
	}
	g.filter = make([]uint64, words)
	for _, list := range g.starts {
		for _, n := range list {
			for at := range g.stride {
				word, bits := g.place(g.at(g.patterns[n].bytes[at:]))
				g.filter[word] |= bits
			}
		}
	}
}

// at gives the gram at the start of b, which must be that long.
func (g *group) at(b []byte) uint64 {
	if len(b) >= 8 {
		return binary.LittleEndian.Uint64(b) & g.mask
	}
	var last [8]byte
	copy(last[:], b)
	return binary.LittleEndian.Uint64(last[:]) & g.mask
}

// place gives a gram's word in the filter and its two bits there.
func (g *group) place(gram uint64) (word int, bits uint64) {
	h := gram * 0x9E3779B97F4A7C15
	return int(h >> 32 & uint64(len(g.filter)-1)), 1<<(h>>58) | 1<<(h>>20&63)
}

// search calls found for every pattern that begins before limit.
func (g *group) search(b []byte, limit int, found func(pattern, at int)) {
	end := min(limit+g.window, len(b)) - g.gram
	for at := g.stride - 1; at <= end; at += g.stride {
		word, bits := g.place(g.at(b[at:]))
		if g.filter[word]&bits == bits {
			g.near(b, at, limit, found)
		}
	}
}

// near looks for patterns that begin at most a stride before at.
func (g *group) near(b []byte, at, limit int, found func(pattern, at int)) {
	for from := at - g.stride + 1; from <= at && from < limit; from++ {
		for _, n := range g.starts[g.at(b[from:])] {
			if bytes.HasPrefix(b[from:], g.patterns[n].bytes) {
				found(n, from)
			}
		}
	}
}
