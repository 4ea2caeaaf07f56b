package fleet

import (
	"cmp"
	"iter"
	"slices"
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
	}
	sorted := slices.SortedFunc(slices.Values(alarms), func(a, b Alarm) int { return cmp.Compare(a.At, b.At) })
	s.All = s.All || second(sorted)
	slices.Reverse(sorted)
	s.All = s.All || second(sorted)
	return s
}

// second reports whether, in one direction of time, the alarm of another kiosk
// that is next to one that stands is within the hour of it.
func second(sorted []Alarm) bool {
	var last, other Alarm // other: the last one of another kiosk than last's
	for _, a := range sorted {
		if a.Kiosk != last.Kiosk {
			other, last = last, a
		}
		if !a.Cleared && other.Kiosk != "" && within(a.At, other.At) {
			return true
		}
		last = a
	}
	return false
}

func within(a, b int64) bool {
	return time.Duration(max(a-b, b-a))*time.Second <= DefaultSecondKiosk
}

// Live gives the alarms that can still stop something at now (Unix seconds):
// those that stand, and of the cleared ones those that can be the first of
// two, now or for one that stands. What it leaves out changes no judgement.
func Live(alarms []Alarm, now int64) []Alarm {
	times := []int64{now}
	for _, a := range alarms {
		if !a.Cleared {
			times = append(times, a.At)
		}
	}
	slices.Sort(times)
	var live []Alarm
	for _, a := range alarms {
		i, _ := slices.BinarySearch(times, a.At)
		if !a.Cleared || i < len(times) && within(a.At, times[i]) || i > 0 && within(a.At, times[i-1]) {
			live = append(live, a)
		}
	}
	return live
}

// Standing gives the alarm of this kiosk and node that stands.
func Standing(alarms iter.Seq[Alarm], kiosk, node ID) (Alarm, bool) {
	for a := range alarms {
		if !a.Cleared && a.Kiosk == kiosk && a.Node == node {
			return a, true
		}
	}
	return Alarm{}, false
}

// Check fails with IssuingStopped when this kiosk or this node may not issue.
// An empty node asks for the kiosk alone.
func (s Stop) Check(kiosk, node ID) error {
	if s.All || s.Kiosks[kiosk] || s.Nodes[node] {
		return wire.IssuingStopped
	}
	return nil
}
