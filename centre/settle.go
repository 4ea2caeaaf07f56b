package centre

import (
	"context"
	"time"

	"akashi/centre/audit"
	"akashi/centre/channel"
	"akashi/centre/fleet"
	"akashi/centre/issue"
	"akashi/centre/vrs"
	"akashi/centre/wire"
)

// settle relays a sealed settlement to VRS through a worker. A stopped centre
// and a disabled kiosk still settle: what was issued must be told.
func (l *Launcher) settle(ctx context.Context, c call) (any, error) {
	s, err := wire.Decode[wire.Settle](c.Body, channel.DefaultMaxUp)
	if err != nil {
		return nil, err
	}
	kiosk, ok := fleet.DigestOf(c.Kiosk)
	if !ok || audit.MunicipalityOf(s.Municipality) == 0 {
		return nil, wire.Malformed
	}
	k, known := l.c.Fleet.Kiosk(kiosk)
	if !known {
		return nil, wire.KioskDisabled
	}
	code, err := l.relay(ctx, issue.Setup{Mode: issue.ModeSettle, Settle: &s})
	if err != nil {
		return nil, err
	}
	if err := l.record(audit.Event{Settled: &audit.Settled{
		Node: l.c.Node, Kiosk: k.ID, Municipality: audit.MunicipalityOf(s.Municipality), Code: code,
	}}); err != nil {
		return nil, err
	}
	if code != wire.OK {
		return nil, code
	}
	return nil, nil
}

// relay runs one worker that only speaks to VRS, and gives how it went; an
// error when none could be started now.
func (l *Launcher) relay(ctx context.Context, s issue.Setup) (wire.Code, error) {
	select {
	case l.settlers <- struct{}{}:
		defer func() { <-l.settlers }()
	case <-time.After(DefaultState):
		return 0, busy()
	}
	common := l.c.Setup
	common.Mode, common.Settle, common.Void = s.Mode, s.Settle, s.Void
	w, err := l.start(ctx, common, true)
	if err != nil {
		return codeOf(err), nil
	}
	defer w.end()
	done, err := w.talk.Wait()
	if err != nil || !done.Event.Code.Known() {
		return wire.Internal, nil
	}
	return done.Event.Code, nil
}

// Voiding: a worker that ended without an answer handed nothing over, so its
// reservation is void; VRS is told some times, and after that it stays unknown
// there, which is true as well.
const (
	DefaultVoidTries = 5
	DefaultVoidPause = 2 * time.Second
)

// voidLater voids a reservation in the background; nil tokens need nothing.
func (l *Launcher) voidLater(token []byte, a admitted) {
	if token == nil {
		return
	}
	l.hands.Add(1)
	go func() {
		defer l.hands.Done()
		order := issue.Setup{Mode: issue.ModeVoid, Void: &vrs.VoidOrder{Municipality: a.header.Municipality, Token: token}}
		code := wire.Internal
		for try := range DefaultVoidTries {
			if try > 0 {
				time.Sleep(DefaultVoidPause)
			}
			c, err := l.relay(context.Background(), order)
			if err == nil {
				code = c
			}
			if code == wire.OK || code.Final() {
				break
			}
		}
		// A log that is down has stopped the issuing already.
		_ = l.record(audit.Event{Voided: &audit.Voided{Node: l.c.Node, Municipality: a.request.Municipality, Code: code}})
	}()
}
