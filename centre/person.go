package centre

import (
	"context"
	"errors"
	"slices"

	"akashi/centre/audit"
	"akashi/centre/fleet"
	"akashi/centre/wire"
)

// Order is what a person tells the centre. With no member but Operator and Kiosk
// it only asks.
type Order struct {
	Operator uint32 `json:"operator"`         // the person's number, for the audit
	Clear    uint64 `json:"clear,omitempty"`  // the alarm to clear
	Stop     bool   `json:"stop,omitempty"`   // stop all issuing
	Resume   bool   `json:"resume,omitempty"` // take that stop away; alarms stay

	Kiosk fleet.ID `json:"kiosk,omitempty"` // tell all of this one's last report
}

// State is what is stopped, and why.
type State struct {
	Stopped  bool          `json:"stopped"`  // all issuing
	Operator bool          `json:"operator"` // by a person
	Alarms   []fleet.Alarm `json:"alarms"`   // in order of time
	List     audit.List    `json:"list"`     // the trust list, at the node that answered
	Refused  string        `json:"refused"`  // the rule that a newer file of it breaks; the list in use stays
	Kiosks   []Kiosk       `json:"kiosks"`   // of the fleet, by id
	// Release is the screen release, in the same way.
	Release        audit.List `json:"release"`
	ReleaseRefused string     `json:"release_refused"`
}

// person does what a person orders and tells the state. Only a connection with
// an operator's certificate can ask this.
func (l *Launcher) person(ctx context.Context, c call) (any, error) {
	o, err := wire.Decode[Order](c.Body, maxEntry)
	if err != nil || o.Operator == 0 || o.Kiosk != "" && !o.Kiosk.Valid() {
		return nil, wire.Malformed
	}
	if o.Clear != 0 {
		if err := l.clear(ctx, o); err != nil {
			return nil, err
		}
	}
	if o.Stop || o.Resume {
		if err := l.turn(ctx, o); err != nil {
			return nil, err
		}
	}
	alarms, operator := l.stops.list()
	slices.SortFunc(alarms, func(a, b fleet.Alarm) int { return int(a.At - b.At) })
	trust, screen := l.trust.Look(), l.release.Look()
	return State{
		Stopped: l.stops.now().All, Operator: operator, Alarms: alarms, List: list(l.c.Node, trust), Refused: trust.Refused(),
		Release: released(l.c.Node, screen), ReleaseRefused: screen.Refused(),
		Kiosks: l.watched.tell(l.c.Fleet.Kiosks(), o.Kiosk),
	}, nil
}

// clear clears one alarm; the audit has it before anything goes on.
func (l *Launcher) clear(ctx context.Context, o Order) error {
	alarms, _ := l.stops.list()
	i := slices.IndexFunc(alarms, func(a fleet.Alarm) bool { return a.ID == o.Clear })
	if i < 0 {
		return wire.Malformed
	}
	if err := l.record(audit.Event{Cleared: &audit.Cleared{Alarm: o.Clear, Operator: o.Operator}}); err != nil {
		return err
	}
	a := alarms[i]
	a.Cleared = true
	return l.stops.put(ctx, alarmKey(a.ID), a)
}

// turn stops all issuing, or takes that stop away. A stop holds at once, a
// resumption only when the audit has it.
func (l *Launcher) turn(ctx context.Context, o Order) error {
	if o.Stop && o.Resume {
		return wire.Malformed
	}
	event := audit.Event{Switched: &audit.Switched{Issuing: o.Resume, Operator: o.Operator}}
	if o.Stop {
		return errors.Join(l.stops.put(ctx, switchKey, operatorSwitch{true}), l.record(event))
	}
	if err := l.record(event); err != nil {
		return err
	}
	return l.stops.put(ctx, switchKey, operatorSwitch{false})
}

// Tell gives an order to the centre over the bus, with an operator's
// certificate, and tells the state after it.
func Tell(ctx context.Context, c DialConfig, o Order) (State, error) {
	nc, err := dial(ctx, c, wire.RoleOperator)
	if err != nil {
		return State{}, err
	}
	defer nc.Close()
	m, err := nc.RequestWithContext(ctx, subjectPerson, wire.Encode(call{Body: wire.Encode(o)}))
	if err != nil {
		return State{}, errors.New("centre: no launcher answers; is the node up?")
	}
	r, err := wire.Decode[result](m.Data, maxMessage)
	if err != nil {
		return State{}, err
	}
	if err := r.err(); err != nil {
		return State{}, err
	}
	return wire.Decode[State](r.Body, maxMessage)
}
