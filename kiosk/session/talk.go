package session

import (
	"context"
	"errors"
	"slices"
	"time"

	"akashi/centre/channel"
	"akashi/centre/wire"
	"akashi/kiosk/face"
	"akashi/kiosk/lastlook"
	"akashi/kiosk/mynumber"
	"akashi/kiosk/reader"
	"akashi/verifier/cardrecord"
)

// japan is the time zone in which a card's last day is counted.
var japan = time.FixedZone("JST", 9*60*60)

// tell shows a screen. A face that is gone is noticed by the resident's
// context, not here.
func (r *run) tell(ctx context.Context, t face.Tell) { r.dev.Face.Tell(ctx, r.shown(t)) }

// patience bounds one wait for a person in any case: the face gives up sooner,
// unless the resident says again and again that they are still there.
func (r *run) patience() time.Duration {
	return r.setup.Limits.Resident * (face.DefaultMaxStays + 1)
}

// patient lets the face give up when the time that a person has is over.
func (r *run) patient(t face.Tell) face.Tell {
	t.Wait = int(r.setup.Limits.Resident.Milliseconds())
	return t
}

// ask shows a screen and waits for one of the answers, in the time a person
// has. Whatever face is in front, another answer than these takes no step.
func (r *run) ask(ctx context.Context, t face.Tell, answers ...face.Do) (face.Act, error) {
	return r.askFor(ctx, r.setup.Limits.Resident, t, answers...)
}

// askFor is ask with another time, each time that the resident asks for more.
func (r *run) askFor(ctx context.Context, wait time.Duration, t face.Tell, answers ...face.Do) (face.Act, error) {
	c, stop := within(ctx, wait*(face.DefaultMaxStays+1))
	defer stop()
	t.Wait = int(wait.Milliseconds())
	act, err := r.dev.Face.Ask(c, r.shown(t))
	if err != nil && c.Err() != nil {
		return face.Act{}, context.Cause(c)
	}
	if err == nil && !slices.Contains(answers, act.Do) {
		return face.Act{}, wire.Malformed
	}
	return act, err
}

// askAs asks with the words of a code.
func (r *run) askAs(ctx context.Context, t face.Tell, code wire.Code, why refusal) (face.Act, error) {
	t.Code, t.Texts, t.Phone, t.RetryAfter = code, r.setup.Edition.Texts(code), why.phone, why.retryAfter
	t.Opens = why.opens
	return r.ask(ctx, t, face.Again, face.Finish)
}

// again asks whether to try again after a code; no is the code itself.
func (r *run) again(ctx context.Context, code wire.Code, why refusal) error {
	act, err := r.askAs(ctx, face.Tell{Screen: face.Trouble, Again: true}, code, why)
	if err != nil {
		return err
	}
	if act.Do != face.Again {
		r.why = why
		return code
	}
	return nil
}

// asked asks the centre and decodes the one answer that fits.
func asked[T any](r *run, ctx context.Context, t wire.Type, body any, want wire.Type) (T, error) {
	var f wire.Frame
	var zero T
	err := call(ctx, r.setup.Limits.Centre, func(c context.Context) (err error) {
		f, err = r.dev.Centre.Ask(c, t, body)
		return err
	})
	if err != nil {
		return zero, err
	}
	if f.Type != want {
		return zero, wire.FrameUnexpected
	}
	return wire.Decode[T](f.Body, wire.DefaultMaxFrame)
}

// call bounds a call; when its time or the resident is over, that is the
// reason, whatever the device says about it.
func call(ctx context.Context, d time.Duration, f func(context.Context) error) error {
	c, stop := within(ctx, d)
	defer stop()
	err := f(c)
	if err != nil && c.Err() != nil {
		return context.Cause(c)
	}
	return err
}

// survives reports whether the session goes on after the centre's code: the
// resident may choose again without another look at the card.
func survives(c wire.Code) bool {
	switch c {
	case wire.MunicipalityOut, wire.KindOut, wire.OutOfHours, wire.Maintenance, wire.Busy,
		wire.NoRecord, wire.RecordNeedsCheck, wire.NameDiffers, wire.BirthDiffers,
		wire.NoOverseasIssue, wire.PassportChanged, wire.BirthDayUnknown, wire.GlyphMissing,
		wire.VRSDown, wire.VRSBusy, wire.KeyRefused, wire.LintRefused:
		return true
	}
	return false
}

// payable reports whether a resident whose payment was refused may pay in
// another way: nothing was taken, and the certificate is still there.
func payable(c wire.Code) bool {
	switch c {
	case wire.PaymentRefused, wire.PaymentChange, wire.PaymentTimeout, wire.PaymentFault, wire.PaymentBalance,
		wire.RightMistyped, wire.RightUnknown, wire.RightUsed, wire.RightExpired, wire.RightElsewhere, wire.RightMismatch,
		wire.RightsTooMany, wire.RightVoid:
		return true
	}
	return false
}

func refusalOf(err error) (wire.Code, refusal) {
	var r *channel.Refused
	if errors.As(err, &r) {
		return codeOf(r.Code), refusal{retryAfter: r.RetryAfter}
	}
	return codeOf(err), refusal{}
}

// codeOf is the one place where this kiosk's errors become codes.
func codeOf(err error) wire.Code {
	var code wire.Code
	var mismatch *lastlook.Mismatch
	switch {
	case errors.As(err, &code):
		if code == wire.OK || !code.Known() {
			return wire.Internal
		}
		return code
	case errors.As(err, &mismatch):
		return wire.LastLook
	case errors.Is(err, context.DeadlineExceeded):
		return wire.TimedOut
	case errors.Is(err, mynumber.ErrLocked):
		return wire.PINLocked
	case reader.FaultOf(err) != 0:
		return readerCodes[reader.FaultOf(err)]
	case errors.Is(err, mynumber.ErrNotMyNumber), errors.Is(err, mynumber.ErrAnswer), errors.Is(err, mynumber.ErrTryUnknown):
		return wire.CardUnknown
	case cardrecord.FaultOf(err) != 0:
		return recordCodes[cardrecord.FaultOf(err)]
	}
	return wire.Internal
}

var readerCodes = map[reader.Fault]wire.Code{
	reader.Removed: wire.CardRemoved, reader.TwoCards: wire.TwoCards, reader.Unanswering: wire.CardUnknown,
	reader.Unavailable: wire.ReaderFault, reader.Held: wire.ReaderFault, reader.Reset: wire.ReaderFault,
	reader.Deadline: wire.TimedOut, reader.Failed: wire.CardUnknown, reader.Malformed: wire.ReaderFault,
	reader.NoCard: wire.CardRemoved, reader.Closed: wire.ReaderFault,
}

var recordCodes = map[cardrecord.Fault]wire.Code{
	cardrecord.Malformed: wire.CardMalformed, cardrecord.UnknownAuthority: wire.CardAuthority,
	cardrecord.BadSignature: wire.CardSignature, cardrecord.WrongDigest: wire.CardDigest, cardrecord.NotLive: wire.CardNotLive,
}
