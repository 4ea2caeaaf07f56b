// Package canary looks for what must not have stayed: it searches the memory
// of processes, files and byte strings for known values in every encoding in
// which the system could have held them, compressed streams included.
//
// A finding says where and which value, never the value. Finding nothing means
// something only beside a control that is found: package leak is one.
//
// What it cannot see: pages that the kernel has taken back, buffers of sockets
// and pipes, memory made unreadable (memfd_secret), encrypted copies, glyph
// numbers of a font, and raw deflate streams of the fixed code that hold
// anything but UTF-8.
package canary

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// Bounds of a value, in bytes: a shorter one occurs by chance, a longer one is
// cut into pieces, so that a part that stayed is found too.
const (
	DefaultShortest = 7
	DefaultPiece    = 64
)

// DefaultMaxFindings bounds the answer of one scan: a process that leaks at
// all often leaks thousands of times, and one finding is enough to fail.
const DefaultMaxFindings = 1000

// ErrTooShort says that a value would be found where it never was.
var ErrTooShort = errors.New("canary: a value of fewer than 7 bytes occurs by chance; give it with what stands around it")

// Value is one canary: a text, which is looked for in every encoding of text,
// or bytes.
type Value struct {
	Label string // stands in findings, e.g. "r17 name"
	Text  string
	Bytes []byte
}

// Finding is one place where a canary still is.
type Finding struct {
	Where    string // process and mapping, or file
	Offset   uint64 // address, or place in the file; of the stream for a compressed one
	Label    string
	Encoding string // e.g. "utf-16le", "base64+1", "zlib > utf-8"
}

// String gives the finding on one line, without the value.
func (f Finding) String() string {
	return fmt.Sprintf("%s at %#x: %s as %s", f.Where, f.Offset, f.Label, f.Encoding)
}

// Set is a compiled set of canaries. It may be used by several goroutines.
type Set struct {
	patterns []pattern
	groups   []*group
	scanned  atomic.Uint64
	files    sync.Map // parts of files that processes map, searched already
}

// pattern is one form of one value.
type pattern struct {
	bytes           []byte
	label, encoding string
}

// New compiles the values. It refuses a value that is too short to be unique.
func New(values []Value) (*Set, error) {
	s := &Set{}
	seen := map[string]bool{}
	for _, v := range values {
		for _, p := range pieces(v) {
			if len(p.Text)+len(p.Bytes) < DefaultShortest {
				return nil, fmt.Errorf("%w: %s", ErrTooShort, v.Label)
			}
			for _, f := range forms(p) {
				if !seen[string(f.bytes)] {
					seen[string(f.bytes)] = true
					s.patterns = append(s.patterns, f)
				}
			}
		}
	}
	if len(s.patterns) == 0 {
		return nil, errors.New("canary: no values; a scan for nothing finds nothing")
	}
	s.groups = compile(s.patterns)
	return s, nil
}

// Scanned gives how many bytes have been searched so far; a test of "nothing
// found" should see that it is not 0.
func (s *Set) Scanned() uint64 { return s.scanned.Load() }

// ScanBytes searches b; where names it in findings.
func (s *Set) ScanBytes(where string, b []byte) []Finding {
	c := s.newScan(where)
	c.search(b, len(b), 0)
	return c.findings
}

// scan is one search, through as many buffers as it takes.
type scan struct {
	set      *Set
	where    string
	findings []Finding
	inflater inflater
}

func (s *Set) newScan(where string) *scan { return &scan{set: s, where: where} }

// full reports whether there are findings enough.
func (c *scan) full() bool { return len(c.findings) >= DefaultMaxFindings }

func (c *scan) found(p pattern, offset uint64, via string) {
	if !c.full() {
		c.findings = append(c.findings, Finding{c.where, offset, p.label, via + p.encoding})
	}
}

// search looks for what begins in the first limit bytes of b; the rest is
// there for what reaches beyond. base is the address of b.
func (c *scan) search(b []byte, limit int, base uint64) {
	c.set.scanned.Add(uint64(limit))
	nonzero(b, limit, func(from, end int) {
		c.plain(b[from:], end-from, func(p pattern, at int) { c.found(p, base+uint64(from+at), "") })
		c.streams(b[from:], end-from, base+uint64(from), "", 0)
	})
}

// nonzero visits what begins in the first limit bytes of b but the zeros.
func nonzero(b []byte, limit int, visit func(from, end int)) {
	for at := 0; at < limit; {
		if at += zeros(b[at:limit]); at >= limit {
			return
		}
		from := max(0, at-lead)
		for at < limit && !zeroBlock(b[at:limit]) {
			at += zeroRun
		}
		visit(from, min(at, limit))
	}
}

// Most memory is zero. Runs of zeros are passed over, but for a lead, since a
// pattern may begin with some.
const (
	zeroRun = 4096
	lead    = 16
)

var noughts [zeroRun]byte

func zeroBlock(b []byte) bool { return len(b) >= zeroRun && bytes.Equal(b[:zeroRun], noughts[:]) }

// zeros gives how much of b is passed over: whole blocks of zeros at its start.
func zeros(b []byte) int {
	n := 0
	for zeroBlock(b[n:]) {
		n += zeroRun
	}
	return n
}

func (c *scan) plain(b []byte, limit int, found func(p pattern, at int)) {
	for _, g := range c.set.groups {
		g.search(b, limit, func(i, at int) { found(c.set.patterns[i], at) })
	}
}
