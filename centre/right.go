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

// right does what a kiosk asks about a reprint right, at a stopped centre too:
// what is owed is owed. A new one it gives only for a bill that may be.
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
	if r.Do == wire.RightIssue && r.Number == "" {
		if err := l.billed(k, *r.Bill); err != nil {
			return nil, err
		}
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

// billed refuses a right that is worth money which no resident was charged: of
// a kiosk that is out of service, or over what its municipality takes. Whom a
// right is refused, the kiosk does not charge.
func (l *Launcher) billed(k fleet.Kiosk, b wire.Bill) error {
	if !k.Enabled {
		return wire.KioskDisabled
	}
	r := l.release.Look().Release
	if r == nil {
		return wire.CentreRelease
	}
	if m := r.Find(b.Municipality); m == nil || !m.Offers(b.Kind) || b.Amount > m.Fee*b.Copies {
		return wire.RightMismatch
	}
	return nil
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
