//go:build !linux || nofence

package canary

import (
	"errors"
	"testing"
)

// ErrNotPermitted says that this system gives no way to look.
var ErrNotPermitted = errors.New("canary: reading another process's memory needs Linux's /proc")

// Require skips the test; under CI=true nothing but Linux is used.
func Require(t testing.TB, pid int) { t.Skip(ErrNotPermitted) }

// Permitted: see the one for Linux.
func Permitted() error { return ErrNotPermitted }

// ScanPID needs Linux.
func (s *Set) ScanPID(pid int) ([]Finding, error) { return nil, ErrNotPermitted }
