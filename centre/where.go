package centre

import (
	"context"

	"akashi/centre/channel"
	"akashi/centre/fleet"
	"akashi/centre/wire"
)

// place names a request whose worker a gateway looks for.
type place struct {
	Nonce   []byte `json:"nonce"`
	Counter uint8  `json:"counter"`
}

// whereabouts is the node that has it.
type whereabouts struct {
	Node fleet.ID `json:"node"`
}

// where tells a gateway which node has a request's worker.
func (l *Launcher) where(ctx context.Context, c call) (any, error) {
	p, err := wire.Decode[place](c.Body, maxEntry)
	if err != nil {
		return nil, err
	}
	node, err := l.sessions.user(ctx, p.Nonce, p.Counter)
	if err != nil {
		return nil, err
	}
	return whereabouts{node}, nil
}

// beat fails when a kiosk is stopped, or all are; a stopped node does not
// concern it, because another may serve it.
func (l *Launcher) beat(_ context.Context, c call) (any, error) {
	if _, err := wire.Decode[wire.Beat](c.Body, channel.DefaultMaxUp); err != nil {
		return nil, err
	}
	kiosk, ok := fleet.DigestOf(c.Kiosk)
	if !ok {
		return nil, wire.Malformed
	}
	k, known := l.c.Fleet.Kiosk(kiosk)
	if !known {
		return nil, wire.KioskDisabled
	}
	if err := l.stops.now().Check(k.ID, ""); err != nil {
		return nil, err
	}
	return l.announce(), nil
}
