package session

import (
	"context"

	"akashi/centre/channel"
	"akashi/centre/wire"
	"akashi/kiosk/face"
	"akashi/printer"
)

// leave is the way out of every step that failed: the kiosk is stopped if it
// must be, money is given back and the delivery is settled; then comes wipe,
// where the card loses its power.
func (r *run) leave(ctx context.Context, code wire.Code) {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), r.setup.Limits.End)
	defer stop()
	if code == wire.LastLook {
		r.dev.Centre.Ask(ctx, wire.TypeAlarm, wire.Alarm{Code: code})
	}
	r.event.Code = code
	if r.req != nil {
		r.why = r.req.refusal
		r.conclude(ctx, code)
		r.paid = r.req.paid
		r.req = nil
	}
}

// conclude ends the present request: money that is still held goes back, and
// a delivery is settled by what happened to its paper. It is called once: its caller lets go of the
// request.
func (r *run) conclude(ctx context.Context, code wire.Code) {
	q := r.req
	papers := printer.NotPrinted
	if q.outcome == Unknown {
		papers = printer.Unknown
	}
	r.settlePayment(ctx, papers) // what cannot be settled now, the agent settles later
	switch {
	case q.delivery == nil || q.outcome != None:
	case code == wire.LastLook:
		// The token may be another resident's, who perhaps holds the paper:
		// voiding it is for a person who has looked.
		q.outcome = Unknown
	default:
		q.outcome = Void // it never went to the printer
	}
	if q.delivery != nil {
		r.tellVRS(ctx, q)
	}
	e := &r.event.Requests[r.event.Made-1]
	e.Code, e.Outcome = code, q.outcome
	q.wipe()
}

// settlement is the plaintext that VRS opens (centre/vrs.Settlement).
type settlement struct {
	Token   []byte `json:"token"`
	Outcome string `json:"outcome"`
}

var said = map[Outcome]string{Delivered: "delivered", Void: "void", Unknown: "unknown"}

// tellVRS seals the outcome and hands it over for delivery. A token that
// cannot be sealed stays unheard, which VRS takes as unknown.
func (r *run) tellVRS(ctx context.Context, q *request) {
	s := wire.Encode(settlement{Token: q.delivery.SettleToken, Outcome: said[q.outcome]})
	sealed, err := channel.SealSettlement(q.delivery.SettleKey, q.header.Municipality, s)
	clear(s)
	if err == nil {
		r.dev.Centre.Ask(ctx, wire.TypeSettle, sealed)
	}
}

// wipe ends the session: what can be overwritten is, the rest goes with the
// process.
func (r *run) wipe(ctx context.Context) (turn, error) {
	r.dev.Reader.End()
	for _, b := range [][]byte{r.files.Number, r.files.Attributes, r.files.Integrity, r.files.Signer, r.files.APKey, r.signed, r.nonce} {
		clear(b)
	}
	r.files.Number, r.files.Attributes, r.files.Integrity, r.files.Signer, r.files.APKey = nil, nil, nil, nil, nil
	r.card, r.signed, r.nonce, r.record, r.req = nil, nil, nil, nil, nil
	t := face.Tell{
		Screen: face.End, Code: r.event.Code, Phone: r.why.phone, RetryAfter: r.why.retryAfter,
		Charged: r.paid.Charged, Right: string(r.paid.Right), Expires: r.paid.Expires,
	}
	if t.Code == wire.PrintUnknown && r.paid.Right != "" {
		t.Code = wire.RightGiven // the other words say that nothing was charged
	}
	if t.Code != wire.OK {
		t.Texts = r.setup.Edition.Texts(t.Code)
	}
	if r.event.Code == wire.PrintUnknown && r.event.Made > 0 {
		t.Texts = because(r.setup.Edition, t.Texts, r.event.Requests[r.event.Made-1].Printer)
	}
	if r.event.Code == wire.PINWrong {
		t.Tries = r.tries // the last word says how many are left for the next visit
	}
	r.dev.Face.Tell(ctx, r.shown(t))
	return on, nil
}

func (q *request) wipe() {
	if q.key != nil {
		q.key.Wipe()
	}
	if q.delivery != nil {
		clear(q.delivery.PDF)
	}
	for _, p := range q.pages {
		clear(p)
	}
	q.delivery, q.pages, q.paper = nil, nil, nil
}
