// Package canary looks for what must not have stayed: it searches the memory
// of processes, files and byte strings for known values in every encoding in
// which the system could have held them, compressed streams included.
//
// A finding says where and which value, never the value.
package canary

import "errors"

// Value is one canary.
type Value struct {
	Label string // stands in findings, e.g. "r17 name"
	Text  string
}

// Finding is one place where a canary still is.
type Finding struct {
	Where    string // process and mapping, or file
	Offset   uint64
	Label    string
	Encoding string // e.g. "utf-16le", "base64+1", "zlib > utf-8"
}

// Set is a compiled set of canaries.
type Set struct{}

// New compiles the values. It refuses one that is too short to be unique.
func New(values []Value) (*Set, error) { return nil, errors.ErrUnsupported }

// ScanPID searches every readable mapping of a process.
func (s *Set) ScanPID(pid int) ([]Finding, error) { return nil, errors.ErrUnsupported }

// ScanTree searches every regular file under dir and the files' names, but not
// below the paths in skip.
func (s *Set) ScanTree(dir string, skip ...string) ([]Finding, error) {
	return nil, errors.ErrUnsupported
}

// ScanBytes searches b; where names it in findings.
func (s *Set) ScanBytes(where string, b []byte) []Finding { return nil }
