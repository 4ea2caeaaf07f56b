package issue

import (
	"context"
	"io"
	"net"
	"time"

	"akashi/centre/channel"
	"akashi/centre/vaccines"
	"akashi/centre/vrs"
	"akashi/centre/wire"
)

// Deps is what the worker takes from its own binary.
type Deps struct {
	Now      func() time.Time // nil: time.Now
	Vaccines *vaccines.Set
}

// Run is the worker's whole life: it reads its setup from the launcher, does
// the one thing it was started for, says how it ended and returns. vrsConn is
// connected to VRS, keysConn is this worker's session with the key process.
// The error is for the exit code only: what happened is in the Event.
func Run(ctx context.Context, launcher io.ReadWriter, vrsConn, keysConn net.Conn, d Deps) error {
	s, err := receive[Setup](launcher, DefaultMaxSetup)
	if err != nil {
		return err
	}
	w, err := newWorker(s, launcher, vrsConn, keysConn, d)
	if err != nil {
		return err
	}
	var done Done
	switch s.Mode {
	case ModeIssue:
		if done, err = w.oneRequest(ctx); err != nil {
			return err
		}
	case ModeSettle:
		done = w.relay(ctx)
	case ModeVoid:
		done = w.voidOrder(ctx)
	default:
		return wire.Malformed
	}
	if err := send(launcher, Said{Done: &done}); err != nil {
		w.void(ctx) // the answer went nowhere
		return err
	}
	return nil
}

// oneRequest makes the worker's key, waits for the one request to it, and
// issues.
func (w *worker) oneRequest(ctx context.Context) (Done, error) {
	var err error
	if w.key, err = channel.NewWorkerKey(); err != nil {
		return Done{}, err
	}
	if err := send(w.launcher, Said{Key: w.key.Public()}); err != nil {
		return Done{}, err
	}
	request, err := receive[Go](w.launcher, DefaultMaxGo)
	if err != nil {
		return Done{}, err
	}
	if w.now().Unix() > request.Expires {
		return Done{Event: Event{Code: wire.TimedOut}}, nil
	}
	return w.issue(ctx, request.Sealed), nil
}

// relay hands a sealed settlement to VRS. Malformed says that VRS cannot use
// it, NonceUsed that its token was used: the issue already ended otherwise. Both
// are final (wire.Code.Final): there is no use in sending it again.
func (w *worker) relay(ctx context.Context) Done {
	if w.s.Settle == nil {
		return Done{Event: Event{Code: wire.Malformed}}
	}
	status, err := w.vrs.Settle(ctx, *w.s.Settle)
	return Done{Event: Event{Code: settleCode(status, err)}}
}

// voidOrder voids a reservation whose worker ended without an answer; codes as
// relay.
func (w *worker) voidOrder(ctx context.Context) Done {
	if w.s.Void == nil {
		return Done{Event: Event{Code: wire.Malformed}}
	}
	status, err := w.vrs.Void(ctx, *w.s.Void)
	e := Event{Code: settleCode(status, err), Reservation: VoidUnheard}
	if status == vrs.Settled {
		e.Reservation = Voided
	}
	return Done{Event: e}
}

func settleCode(status vrs.SettleStatus, err error) wire.Code {
	switch {
	case err != nil:
		return codeOf(QueryVRS, err)
	case status == vrs.Settled:
		return wire.OK
	case status == vrs.Refused:
		return wire.Malformed
	}
	return wire.NonceUsed
}
