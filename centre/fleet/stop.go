package fleet

import (
	"time"

	"akashi/centre/wire"
)

// DefaultSecondKiosk is how close together alarms of two kiosks stop all
// issuing (DESIGN: the last look).
const DefaultSecondKiosk = time.Hour

// Alarm is one last look that failed, as the centre keeps it. It stays after
// it was cleared, so that the hour still counts.
type Alarm struct {
	ID      uint64    `json:"id"` // random; what a person names to clear it
	At      int64     `json:"at"` // Unix seconds, the centre's clock
	Kiosk   ID        `json:"kiosk"`
	Node    ID        `json:"node"` // that issued to this kiosk last
	Code    wire.Code `json:"code"`
	Cleared bool      `json:"cleared"` // by a person
}

// Stop is what may not issue now.
type Stop struct {
	All    bool
	Kiosks map[ID]bool
	Nodes  map[ID]bool
}

// Judge gives what the alarms stop: each its kiosk and its node, two kiosks
// within an hour everything, and an operator everything. A cleared alarm stops
// nothing by itself, but counts as the first of two.
func Judge(alarms []Alarm, operator bool) Stop {
	s := Stop{All: operator, Kiosks: map[ID]bool{}, Nodes: map[ID]bool{}}
	for _, a := range alarms {
		if a.Cleared {
			continue
		}
		s.Kiosks[a.Kiosk], s.Nodes[a.Node] = true, true
		for _, b := range alarms {
			if a.Kiosk != b.Kiosk && time.Duration(abs(a.At-b.At))*time.Second <= DefaultSecondKiosk {
				s.All = true
			}
		}
	}
	return s
}

func abs(n int64) int64 { return max(n, -n) }

// Check fails with IssuingStopped when this kiosk or this node may not issue.
// An empty node asks for the kiosk alone.
func (s Stop) Check(kiosk, node ID) error {
	if s.All || s.Kiosks[kiosk] || s.Nodes[node] {
		return wire.IssuingStopped
	}
	return nil
}
