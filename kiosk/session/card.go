package session

import (
	"context"
	"errors"
	"slices"

	"akashi/centre/wire"
	"akashi/kiosk/face"
	"akashi/kiosk/mynumber"
	"akashi/verifier/cardrecord"
	"akashi/verifier/credential"
)

// consent: nothing is read before the resident agrees.
func (r *run) consent(ctx context.Context) (turn, error) {
	_, err := r.ask(ctx, face.Tell{Screen: face.Consent, Terms: r.setup.Terms}, face.Yes)
	if errors.Is(err, wire.Cancelled) {
		return on, wire.TermsRefused
	}
	return on, err
}

func (r *run) cardPresent(ctx context.Context) (turn, error) {
	for {
		t, err := r.awaitCard(ctx)
		if err == nil {
			return t, nil
		}
		if err := r.relay(ctx, err); err != nil {
			return on, err
		}
	}
}

// awaitCard waits for a card, or for a resident who would rather read the terms
// again: whichever comes first ends the other wait.
func (r *run) awaitCard(ctx context.Context) (turn, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	asked := make(chan error, 1)
	go func() {
		_, err := r.ask(ctx, face.Tell{Screen: face.InsertCard}, face.Back)
		if err == nil {
			err = face.ErrBack
		}
		stop(err)
		asked <- err
	}()
	err := call(ctx, r.patience(), r.dev.Reader.WaitCard)
	stop(errCard)
	if said := <-asked; errors.Is(said, face.ErrBack) {
		return back, nil
	}
	return on, err
}

// errCard ends the wait for a resident when the card has come.
var errCard = errors.New("session: a card is there")

// cardChecked asks for expiry and tries left, which spends none.
func (r *run) cardChecked(ctx context.Context) (turn, error) {
	r.tell(ctx, face.Tell{Screen: face.Checking})
	var st mynumber.Status
	err := call(ctx, r.setup.Limits.Card, func(c context.Context) (err error) {
		st, err = r.dev.Reader.Check(c)
		return err
	})
	if err != nil {
		return anew, r.relay(ctx, err)
	}
	switch {
	case st.Expires.Full() && st.Expires.Before(credential.DateOf(r.setup.Now().In(japan))):
		return on, wire.CardExpired
	case st.TriesLeft == 0:
		return on, wire.PINLocked
	}
	r.tries = max(st.TriesLeft, 0)
	return on, nil
}

// relay lets the resident lay the card down again after a fault that spent no
// PIN try; any other error, and a resident who does not want to, ends it.
func (r *run) relay(ctx context.Context, err error) error {
	code := codeOf(err)
	if !slices.Contains([]wire.Code{wire.CardUnknown, wire.CardRemoved, wire.TwoCards}, code) || ctx.Err() != nil {
		return err
	}
	r.dev.Reader.End()
	return r.again(ctx, code, refusal{})
}

// pin presents a PIN only when the resident has just typed it, and again only
// by their choice; before the last try they are warned.
func (r *run) pin(ctx context.Context) (turn, error) {
	for {
		if r.tries == 1 {
			act, err := r.ask(ctx, face.Tell{Screen: face.PINLast, Tries: 1}, face.Yes, face.Back)
			if err != nil || act.Do == face.Back {
				return r.goBack(err)
			}
		}
		err := r.present(ctx)
		if errors.Is(err, face.ErrBack) {
			return r.goBack(nil)
		}
		var wrong *mynumber.PINError
		if !errors.As(err, &wrong) || wrong.Left == 0 {
			return on, err
		}
		r.tries = wrong.Left
		_, err = r.ask(ctx, face.Tell{Screen: face.PINAgain, Tries: r.tries, Code: wire.PINWrong, Texts: r.setup.Edition.Texts(wire.PINWrong)}, face.Again)
		if errors.Is(err, wire.Cancelled) {
			return on, wire.PINWrong
		}
		if err != nil {
			return on, err
		}
	}
}

// goBack leads to the terms again. The card loses its power: it is checked
// anew when the resident comes back to it.
func (r *run) goBack(err error) (turn, error) {
	if err != nil {
		return on, err
	}
	return back, r.dev.Reader.End()
}

// present takes the digits from the face to the card and wipes them.
func (r *run) present(ctx context.Context) error {
	c, stop := within(ctx, r.patience())
	defer stop()
	digits, err := r.dev.Face.PIN(c, r.shown(r.patient(face.Tell{Screen: face.PIN, Tries: r.tries})))
	if err != nil {
		return err
	}
	pin, err := mynumber.NewPIN(digits)
	clear(digits)
	if err != nil {
		return err
	}
	defer pin.Wipe()
	return call(ctx, r.setup.Limits.Card, func(c context.Context) (err error) {
		r.card, err = r.dev.Reader.Verify(c, pin)
		return err
	})
}

// open gets this session's nonce. A busy centre is asked again only by the
// resident's choice.
func (r *run) open(ctx context.Context) (turn, error) {
	for {
		r.tell(ctx, face.Tell{Screen: face.Reading})
		opened, err := asked[wire.Opened](r, ctx, wire.TypeOpen, wire.Open{Terms: r.setup.Terms}, wire.TypeOpened)
		if err == nil {
			r.nonce = opened.Nonce
			r.bound(r.setup.Limits.Session, wire.NonceUnknown)
			r.until = r.due
			if len(r.nonce) != 32 {
				return on, wire.Malformed
			}
			return on, nil
		}
		code, why := refusalOf(err)
		if !survives(code) {
			return on, err
		}
		if err := r.again(ctx, code, why); err != nil {
			return on, err
		}
	}
}

func (r *run) read(ctx context.Context) (turn, error) {
	return on, call(ctx, r.setup.Limits.Card, func(c context.Context) (err error) {
		r.files, err = r.card.Read(c)
		return err
	})
}

// challenge has the card sign the session digest: a live card, here, now.
func (r *run) challenge(ctx context.Context) (turn, error) {
	return on, call(ctx, r.setup.Limits.Card, func(c context.Context) (err error) {
		r.signed, err = r.card.Sign(c, r.header().SessionDigest())
		return err
	})
}

// verifyRecords holds the card's evidence against the authorities before any
// of it leaves the kiosk.
func (r *run) verifyRecords(context.Context) (turn, error) {
	rec, err := cardrecord.Parse(r.files)
	if err != nil {
		return on, err
	}
	if err := rec.Verify(r.setup.Authorities); err != nil {
		return on, err
	}
	if err := rec.VerifyChallenge(r.header().SessionDigest(), r.signed); err != nil {
		return on, err
	}
	r.record = rec
	return on, nil
}

// cardRemoved takes the power from the card and waits until it is taken; it
// is not read again.
func (r *run) cardRemoved(ctx context.Context) (turn, error) {
	r.card = nil
	if err := r.dev.Reader.End(); err != nil {
		return on, err
	}
	r.tell(ctx, face.Tell{Screen: face.TakeCard})
	return on, call(ctx, r.setup.Limits.Resident, r.dev.Reader.WaitRemoved)
}

// header is this session's header without a request in it.
func (r *run) header() wire.Header {
	return wire.Header{Version: wire.Version, Nonce: r.nonce, Kiosk: r.setup.Kiosk[:], Disease: r.setup.Disease, Terms: r.setup.Terms}
}
