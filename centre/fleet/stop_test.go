package fleet_test

import (
	"testing"

	"akashi/centre/fleet"
	"akashi/centre/wire"
)

func TestJudge(t *testing.T) {
	alarm := func(at int64, kiosk, node fleet.ID, cleared bool) fleet.Alarm {
		return fleet.Alarm{At: at, Kiosk: kiosk, Node: node, Code: wire.LastLook, Cleared: cleared}
	}
	type question struct{ kiosk, node fleet.ID }
	for name, c := range map[string]struct {
		alarms   []fleet.Alarm
		operator bool
		stopped  []question
		serving  []question
	}{
		"none": {serving: []question{{"a", "n1"}}},
		"one": {
			alarms:  []fleet.Alarm{alarm(0, "a", "n1", false)},
			stopped: []question{{"a", "n2"}, {"b", "n1"}, {"a", "n1"}, {"a", ""}},
			serving: []question{{"b", "n2"}, {"b", ""}},
		},
		"the same kiosk twice": {
			alarms:  []fleet.Alarm{alarm(0, "a", "n1", false), alarm(60, "a", "n1", false)},
			serving: []question{{"b", "n2"}},
		},
		"a second kiosk within the hour": {
			alarms:  []fleet.Alarm{alarm(0, "a", "n1", false), alarm(3600, "b", "n1", false)},
			stopped: []question{{"c", "n2"}, {"c", ""}},
		},
		"a second kiosk after the hour": {
			alarms:  []fleet.Alarm{alarm(0, "a", "n1", false), alarm(3601, "b", "n1", false)},
			stopped: []question{{"a", "n2"}, {"b", "n2"}},
			serving: []question{{"c", "n2"}},
		},
		"the second within the hour of one cleared": {
			alarms:  []fleet.Alarm{alarm(0, "a", "n1", true), alarm(10, "b", "n2", false)},
			stopped: []question{{"c", "n3"}},
		},
		"all cleared": {
			alarms:  []fleet.Alarm{alarm(0, "a", "n1", true), alarm(10, "b", "n2", true)},
			serving: []question{{"a", "n1"}},
		},
		"two after the hour of each other, one cleared between them": {
			alarms:  []fleet.Alarm{alarm(9000, "b", "n1", false), alarm(0, "a", "n1", false), alarm(1800, "b", "n1", true)},
			stopped: []question{{"c", "n2"}},
		},
		"another kiosk behind many of its own": {
			alarms:  []fleet.Alarm{alarm(0, "b", "n1", true), alarm(10, "a", "n1", true), alarm(20, "a", "n1", true), alarm(30, "a", "n1", false)},
			stopped: []question{{"c", "n2"}},
		},
		"an operator": {operator: true, stopped: []question{{"a", "n1"}}},
	} {
		s := fleet.Judge(c.alarms, c.operator)
		for _, q := range c.stopped {
			if err := s.Check(q.kiosk, q.node); err != wire.IssuingStopped {
				t.Errorf("%s: %v is served", name, q)
			}
		}
		for _, q := range c.serving {
			if err := s.Check(q.kiosk, q.node); err != nil {
				t.Errorf("%s: %v is stopped", name, q)
			}
		}
	}
}

func TestLiveLeavesOutWhatStopsNothing(t *testing.T) {
	const now, hour = 100000, 3600
	alarms := []fleet.Alarm{
		{ID: 1, At: 0, Kiosk: "a", Node: "n1"},
		{ID: 2, At: hour, Kiosk: "b", Node: "n1", Cleared: true},
		{ID: 3, At: hour + 1, Kiosk: "b", Node: "n1", Cleared: true},
		{ID: 4, At: now - hour - 1, Kiosk: "b", Node: "n1", Cleared: true},
		{ID: 5, At: now - hour, Kiosk: "b", Node: "n1", Cleared: true},
	}
	live := fleet.Live(alarms, now)
	if len(live) != 3 || live[0].ID != 1 || live[1].ID != 2 || live[2].ID != 5 {
		t.Errorf("got %+v", live)
	}
}
