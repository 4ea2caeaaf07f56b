package centre

import (
	"context"
	"encoding/binary"
	"io"
	"maps"
	"slices"
	"time"

	"akashi/centre/audit"
	"akashi/centre/channel"
	"akashi/centre/fleet"
	"akashi/centre/wire"
)

// alarm takes a kiosk's word that something must never have happened: it stops
// that kiosk and the node that served it, and the second kiosk within an hour
// stops all issuing (fleet.Judge). The stop holds here before it is written
// anywhere, so that a full disk does not keep it away. While the alarm stands,
// the kiosk can say it as often as it likes: it is kept and written once.
func (l *Launcher) alarm(ctx context.Context, c call) (any, error) {
	body, err := wire.Decode[wire.Alarm](c.Body, channel.DefaultMaxUp)
	if err != nil || !body.Code.Known() || body.Code == wire.OK {
		return nil, wire.Malformed
	}
	kiosk, ok := fleet.DigestOf(c.Kiosk)
	if !ok {
		return nil, wire.Malformed
	}
	k, known := l.c.Fleet.Kiosk(kiosk)
	if !known {
		return nil, wire.KioskDisabled
	}
	node, err := l.sessions.server(ctx, kiosk)
	if err != nil { // nobody knows who served it: better one node too many
		node = l.c.Node
	}
	var id [8]byte
	if _, err := io.ReadFull(l.c.Rand, id[:]); err != nil {
		return nil, wire.Internal
	}
	short := binary.BigEndian.Uint64(id[:]) >> 11 // 53 bits: every JSON reader keeps them
	a := l.stops.raise(fleet.Alarm{ID: short, At: l.c.Now().Unix(), Kiosk: k.ID, Node: node, Code: body.Code})
	return nil, l.stops.tell(ctx, a, func() error {
		return l.record(audit.Event{Alarmed: &audit.Alarmed{Alarm: a}})
	})
}

// past is what the audit tells of stops.
type past struct {
	alarms  map[uint64]fleet.Alarm
	stopped bool
}

func newPast() *past { return &past{alarms: map[uint64]fleet.Alarm{}} }

func (p *past) learn(r audit.Record) {
	switch e := r.Event; {
	case e.Alarmed != nil:
		p.alarms[e.Alarmed.Alarm.ID] = e.Alarmed.Alarm
	case e.Cleared != nil:
		if a, ok := p.alarms[e.Cleared.Alarm]; ok {
			a.Cleared = true
			p.alarms[a.ID] = a
		}
	case e.Switched != nil:
		p.stopped = !e.Switched.Issuing
	}
}

// restore stops again what was stopped: a restart clears nothing. Alarms that
// can stop nothing any more stay in the audit.
func (p *past) restore(ctx context.Context, s *stops, now time.Time) error {
	s.replaying()
	defer s.replayed()
	for _, a := range fleet.Live(slices.Collect(maps.Values(p.alarms)), now.Unix()) {
		if err := s.restore(ctx, alarmKey(a.ID), a); err != nil {
			return err
		}
	}
	if p.stopped {
		return s.restore(ctx, switchKey, operatorSwitch{Stopped: true})
	}
	return nil
}
