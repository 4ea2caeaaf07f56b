package kiosk

import (
	"errors"
	"os"

	"akashi/centre/wire"
	"akashi/kiosk/watch"
)

// Plugged gives what reads the file of the headset's socket; nil if there is none.
// It is plugged in while the file begins with 1; a file that cannot be read is
// none, so that nothing private is said because of a fault.
func (s Screen) Plugged() func() bool {
	if s.Headset == "" {
		return nil
	}
	return func() bool { return watch.Sense(s.Headset) == wire.Present }
}

// loudspeaker gives what switches the loudspeaker by its file; nil if there is
// none. The file must be there: what only looks like a switch silences nothing.
func (s Screen) loudspeaker() func(on bool) error {
	if s.Loudspeaker == "" {
		return nil
	}
	return func(on bool) error {
		f, err := os.OpenFile(s.Loudspeaker, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		says := "0\n"
		if on {
			says = "1\n"
		}
		_, err = f.WriteString(says)
		return errors.Join(err, f.Close())
	}
}
