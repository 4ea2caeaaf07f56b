package kiosk

import (
	"context"
	"time"

	"akashi/centre/wire"
	"akashi/kiosk/watch"
)

// Times at the tray's sensor.
const (
	DefaultTray = 200 * time.Millisecond // between two looks while a resident takes the paper
	// DefaultDrop is how long a paper takes from the printer's last word to the
	// sensor. One that was not seen by then had been taken before.
	DefaultDrop = 10 * time.Second
)

// Taken waits until the paper of the session's print is out of the tray, by its
// sensor; without one it is wire.FrameUnexpected, and a button has to do.
func (v *visit) Taken(ctx context.Context) error {
	path := v.agent.config.Devices.Tray
	if path == "" {
		return wire.FrameUnexpected
	}
	look := time.NewTicker(DefaultTray)
	defer look.Stop()
	drop := time.NewTimer(DefaultDrop)
	defer drop.Stop()
	seen, gone := false, 0
	for {
		if gone++; watch.Sense(path) == wire.Present {
			seen, gone = true, 0
		}
		if seen && gone > 1 { // one look may fall between two sheets
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-drop.C:
			seen = true
		case <-look.C:
		}
	}
}

// left reports whether a paper lies in the tray that is no present resident's:
// the next one must not find it.
func (a *Agent) left() bool {
	return !a.visiting.Load() && watch.Sense(a.config.Devices.Tray) == wire.Present
}
