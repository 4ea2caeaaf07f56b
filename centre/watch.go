package centre

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"akashi/centre/channel"
	"akashi/centre/fleet"
	"akashi/centre/wire"
)

// MissedBeats is how many beats in a row a kiosk may miss; then what it said
// last is stale.
const MissedBeats = 3

// Kiosk is what the centre knows of one kiosk's devices.
type Kiosk struct {
	ID      fleet.ID     `json:"id"`
	Enabled bool         `json:"enabled"`
	Heard   bool         `json:"heard"`            // since this launcher began
	Age     int64        `json:"age"`              // seconds since its last beat
	Stale   bool         `json:"stale"`            // it missed three beats, or was never heard
	Serving wire.Code    `json:"serving"`          // as it said last
	Worst   wire.Health  `json:"worst"`            // of its devices, as it said last
	Report  *wire.Report `json:"report,omitempty"` // for the one kiosk that was asked for
}

// watched keeps the last report of each kiosk of the fleet, in memory only: a
// launcher that starts again has them all after one beat. Every launcher hears
// every beat, so any of them can tell.
type watched struct {
	now func() time.Time

	mu   sync.Mutex
	last map[fleet.Digest]heard
}

type heard struct {
	at     time.Time
	report wire.Report
}

// hear keeps a report.
func (w *watched) hear(k fleet.Digest, r wire.Report) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last[k] = heard{w.now(), r}
}

// overhear takes the report of a beat that any launcher may answer.
func (l *Launcher) overhear(_ context.Context, c call) (any, error) {
	b, err := wire.Decode[wire.Beat](c.Body, channel.DefaultMaxUp)
	if err != nil || b.Check() != nil || b.Report == nil {
		return nil, wire.Malformed
	}
	kiosk, ok := fleet.DigestOf(c.Kiosk)
	if !ok {
		return nil, wire.Malformed
	}
	if _, known := l.c.Fleet.Kiosk(kiosk); known { // bounds the map by the fleet
		l.watched.hear(kiosk, *b.Report)
	}
	return nil, nil
}

// tell gives every kiosk of the fleet, by id, and in full the one that is
// named.
func (w *watched) tell(all map[fleet.Digest]fleet.Kiosk, full fleet.ID) []Kiosk {
	w.mu.Lock()
	defer w.mu.Unlock()
	kiosks := make([]Kiosk, 0, len(all))
	for d, k := range all {
		v := Kiosk{ID: k.ID, Enabled: k.Enabled, Stale: true}
		if h, ok := w.last[d]; ok {
			age := w.now().Sub(h.at)
			v.Heard, v.Age, v.Stale = true, int64(age/time.Second), age > MissedBeats*time.Duration(h.report.Every)*time.Second
			v.Serving, v.Worst = h.report.Serving, worst(h.report)
			if k.ID == full {
				v.Report = &h.report
			}
		}
		kiosks = append(kiosks, v)
	}
	slices.SortFunc(kiosks, func(a, b Kiosk) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return kiosks
}

// worst gives how the device is that is worst.
func worst(r wire.Report) wire.Health {
	return max(r.Reader, r.Keypad, r.Printer, r.Payment, r.Audio, r.Screen)
}
