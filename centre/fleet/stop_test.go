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
