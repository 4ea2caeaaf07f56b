package kiosk

import (
	"io"
	"os"
)

// Plugged gives what reads the file of the headset's socket; nil if there is none.
// It is plugged in while the file begins with 1; a file that cannot be read is
// none, so that nothing private is said because of a fault.
func (s Screen) Plugged() func() bool {
	if s.Headset == "" {
		return nil
	}
	return func() bool {
		f, err := os.Open(s.Headset)
		if err != nil {
			return false
		}
		defer f.Close()
		var b [1]byte
		_, err = io.ReadFull(f, b[:])
		return err == nil && b[0] == '1'
	}
}
