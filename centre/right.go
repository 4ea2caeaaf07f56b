package centre

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"

	"akashi/centre/channel"
	"akashi/centre/fleet"
	"akashi/centre/rights"
	"akashi/centre/wire"
)

// errNobody says that no launcher listens: it is starting again.
var errNobody = busy()

func rightsAt(home uint8) string { return fmt.Sprintf("%s.%02d", subjectRight, home) }

func rightsOf(node fleet.ID) string { return rightsAt(rights.Home(node)) }

// homeOf is where the keeper of a node's rights says that it is there;
// no node's name has an underscore.
func homeOf(node fleet.ID) string { return fmt.Sprintf("akashi.here.home_%02d", rights.Home(node)) }

// right passes an ask about a reprint right to the launcher that keeps it; a
// new one to any. A number whose home does not listen may be good all the same.
func (g *Gateway) right(ctx context.Context, p channel.Peer, body json.RawMessage) (any, error) {
	r, err := wire.Decode[wire.Right](body, channel.DefaultMaxUp)
	if err != nil {
		return nil, err
	}
	if err := r.Check(); err != nil {
		return nil, err
	}
	if r.Number == "" {
		return g.ask(ctx, subjectRight, p, body, 4*DefaultState)
	}
	b, err := g.ask(ctx, rightsAt(r.Number.Home()), p, body, 4*DefaultState)
	if errors.Is(err, errNobody) {
		return nil, wire.RightElsewhere
	}
	return b, err
}

// right does what a kiosk asks about a reprint right. A stopped centre and a
// disabled kiosk do so too: what is owed is owed.
func (l *Launcher) right(_ context.Context, c call) (any, error) {
	r, err := wire.Decode[wire.Right](c.Body, channel.DefaultMaxUp)
	if err != nil {
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
	righted, err := l.rights.Do(k.ID, r)
	if errors.Is(err, wire.RightsTooMany) {
		return nil, &channel.Refused{Code: wire.RightsTooMany, RetryAfter: int(rights.DefaultWrongIn.Seconds())}
	}
	if err != nil {
		return nil, err
	}
	return righted, nil
}

// homeAlone makes sure that no other node's rights begin with this one's
// digits: one's would be unknown to the other.
func (l *Launcher) homeAlone(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, DefaultState)
	defer cancel()
	_, err := l.nc.RequestWithContext(ctx, homeOf(l.c.Node), nil)
	if errors.Is(err, nats.ErrNoResponders) {
		return nil
	}
	return rights.ErrHome
}
