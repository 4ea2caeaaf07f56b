package session

import (
	"context"
	"errors"
	"slices"

	"akashi/centre/channel"
	"akashi/centre/wire"
	"akashi/kiosk/face"
	"akashi/kiosk/lastlook"
	"akashi/kiosk/payment"
	"akashi/printer"
)

// afterPaper shortens the wait for another choice: whoever has their paper goes,
// and the next one in front must not find their session.
const afterPaper = 4

// choose begins a request: a municipality, a kind and copies that are on the
// menu; nothing is preselected from the card. After a paper it does not wait
// long, and silence is no.
func (r *run) choose(ctx context.Context) (turn, error) {
	t := face.Tell{Screen: face.Choose, Again: r.event.Made > 0, Menu: r.setup.Menu, MaxCopies: r.setup.MaxCopies}
	wait := r.setup.Limits.Resident
	if r.taken {
		wait /= afterPaper
	}
	act, err := r.askFor(ctx, wait, t, face.Pick, face.Finish)
	switch {
	case r.taken && errors.Is(err, wire.TimedOut):
		return finish, nil
	case err != nil:
		return on, err
	case act.Do == face.Finish && r.event.Made == 0:
		return on, wire.Malformed
	case act.Do == face.Finish:
		return finish, nil
	}
	i := slices.IndexFunc(r.setup.Menu, func(o face.Offer) bool { return o.Code == act.Municipality })
	if i < 0 || !slices.Contains(r.setup.Menu[i].Kinds, act.Kind) || act.Copies < 1 || act.Copies > r.setup.MaxCopies {
		return on, wire.Malformed
	}
	r.taken = false
	r.req = &request{offer: r.setup.Menu[i], copies: act.Copies, header: r.header()}
	r.event.Made++
	r.req.header.Counter, r.req.header.Municipality, r.req.header.Kind = r.event.Made, act.Municipality, act.Kind
	return on, nil
}

// request seals the card's evidence, but only to a worker key that is vouched
// for under the pinned centre root for this very header.
func (r *run) request(ctx context.Context) (turn, error) {
	r.tell(ctx, face.Tell{Screen: face.Working})
	h := r.req.header
	a, err := asked[wire.Attested](r, ctx, wire.TypeBegin, h, wire.TypeAttested)
	if err != nil {
		return r.refused(err)
	}
	if err := channel.CheckAttested(r.setup.CentreRoot, h, a, r.setup.Now()); err != nil {
		return on, err
	}
	r.req.sealed, r.req.key, err = channel.SealRequest(a, wire.Request{Header: h, Files: r.files, Challenge: r.signed})
	return on, err
}

// answer sends what request has sealed and opens the one answer to it.
func (r *run) answer(ctx context.Context) (turn, error) {
	r.tell(ctx, face.Tell{Screen: face.Working})
	s, err := asked[wire.Sealed](r, ctx, wire.TypeRequest, r.req.sealed, wire.TypeAnswer)
	if err != nil {
		return r.refused(err)
	}
	a, err := r.req.key.Open(s)
	if err != nil {
		return on, err
	}
	if a.Code != wire.OK || a.Delivery == nil {
		if !a.Code.Known() || a.Code == wire.OK {
			a.Code = wire.Internal
		}
		return r.drop(a.Code, refusal{phone: a.Phone, retryAfter: a.RetryAfter})
	}
	r.req.delivery = a.Delivery
	r.bound(r.setup.Limits.Session*afterAnswer, wire.TimedOut)
	return on, nil
}

// lastLook makes the one paper that print takes; nothing else does.
func (r *run) lastLook(ctx context.Context) (turn, error) {
	r.tell(ctx, face.Tell{Screen: face.Working})
	in := lastlook.Input{
		Header: r.req.header, CardDigest: r.files.Digest(), Attributes: r.record.Attributes(), Delivery: *r.req.delivery,
	}
	err := call(ctx, r.setup.Limits.Look, func(c context.Context) (err error) {
		r.req.pages, err = r.dev.Looker.Look(c, in)
		return err
	})
	if err != nil {
		r.event.Requests[r.event.Made-1].Reason = lastlook.ReasonOf(err)
		return on, err
	}
	r.req.paper = &paper{pdf: r.req.delivery.PDF}
	return on, nil
}

func (r *run) preview(ctx context.Context) (turn, error) {
	act, err := r.ask(ctx, face.Tell{
		Screen: face.Preview, Pages: r.req.pages, Aloud: r.setup.Edition.Aloud(r.setup.Sounds, r.req.delivery.Certificate), Fee: r.fee(),
	}, face.Yes, face.Back)
	if err != nil {
		return on, err
	}
	if act.Do == face.Back {
		r.req.code = wire.Cancelled
		return drop, nil
	}
	r.req.right = act.Right
	return on, nil
}

// authorise has the resident pay, with money or with the number of a reprint
// right. Whoever is refused may go back to the preview and pay another way.
func (r *run) authorise(ctx context.Context) (turn, error) {
	b := payment.Bill{Bill: r.bill(), Right: r.req.right, Wait: int(max(1, r.setup.Limits.Resident.Milliseconds()))}
	if b.Right == "" {
		r.tell(ctx, face.Tell{Screen: face.Pay, Fee: r.fee()})
	} else {
		r.tell(ctx, face.Tell{Screen: face.Working})
	}
	r.req.held = true // until it is known that it is not
	// The till ends the wait and says that nobody paid; it is given time to say so.
	err := call(ctx, r.setup.Limits.Resident+r.setup.Limits.Centre, func(c context.Context) error { return r.dev.Payment.Authorise(c, b) })
	if err == nil {
		return on, nil
	}
	code, why := refusalOf(err)
	if code == wire.Internal {
		code = wire.PaymentRefused
	}
	if !payable(code) {
		return on, code
	}
	r.settlePayment(ctx, printer.NotPrinted)
	return back, r.again(ctx, code, why)
}

func (r *run) bill() wire.Bill {
	h := r.req.header
	return wire.Bill{Amount: r.fee(), Municipality: h.Municipality, Kind: h.Kind, Copies: r.req.copies}
}

// settlePayment ends the present payment, if there is one, by what became of
// its papers.
func (r *run) settlePayment(ctx context.Context, p payment.Papers) error {
	if !r.req.held {
		return nil
	}
	r.req.held = false
	var err error
	r.req.paid, err = r.dev.Payment.Conclude(ctx, p)
	return err
}

// print sends the very bytes of the last look, once.
func (r *run) print(ctx context.Context) (turn, error) {
	if ctx.Err() != nil {
		return on, context.Cause(ctx)
	}
	pdf := r.req.paper.take()
	if pdf == nil || !r.req.held {
		return on, wire.Internal
	}
	r.bound(r.setup.Limits.Print+r.setup.Limits.Session, wire.TimedOut) // a print is not cut short
	r.tell(ctx, face.Tell{Screen: face.Printing})
	c, stop := within(ctx, r.setup.Limits.Print)
	defer stop()
	r.req.outcome = Unknown
	out, err := r.dev.Printer.Print(c, printer.Job{PDF: pdf, Copies: r.req.copies})
	if out == printer.Printed {
		r.req.outcome = Delivered
		return on, nil
	}
	fault := faultOf(err)
	r.event.Requests[r.event.Made-1].Printer = fault
	if out != printer.NotPrinted {
		return on, wire.PrintUnknown
	}
	r.req.outcome = Void
	if code := PrinterCode(fault); code != wire.OK {
		return on, code
	}
	return on, wire.PrinterFault
}

// capture charges for what was printed. Paper is in the tray by now, so a unit
// that fails here costs the shop, never the resident.
func (r *run) capture(ctx context.Context) (turn, error) {
	if r.settlePayment(ctx, printer.Printed) != nil {
		r.req.code = wire.PaymentRefused
	}
	return on, nil
}

// settle tells VRS how the request ended and lets go of it.
func (r *run) settle(ctx context.Context) (turn, error) {
	q := r.req
	r.conclude(ctx, q.code)
	r.req = nil
	if q.outcome == Delivered {
		return r.handOver(q.paid), nil
	}
	if q.code == wire.Cancelled {
		if !r.rest() {
			return on, wire.NonceUnknown // who went back can choose nothing any more
		}
		return r.more(), nil
	}
	r.event.Code = q.code
	act, err := r.askAs(r.resident, face.Tell{Screen: face.Trouble, Again: r.more() == on}, q.code, q.refusal)
	switch {
	case err != nil:
		return on, err
	case act.Do == face.Finish:
		return finish, nil
	}
	r.event.Code = wire.OK
	return r.more(), nil
}

// more is the way after a request: another one, as long as the session may and
// has time for it.
func (r *run) more() turn {
	if r.event.Made >= wire.MaxRequests || !r.rest() {
		return finish
	}
	return on
}

// handOver shows that the paper waits, until it is taken by the sensor's word or
// the resident's. Only then may they choose once more: whoever does neither has
// gone with it, unless the sensor knows that it still lies there.
func (r *run) handOver(paid payment.Concluded) turn {
	c, stop := within(r.resident, r.setup.Limits.Resident)
	defer stop()
	sensed := make(chan error, 1)
	if r.dev.Tray == nil {
		sensed <- wire.FrameUnexpected
	} else {
		go func() {
			err := r.dev.Tray.Taken(c)
			if err == nil {
				stop()
			}
			sensed <- err
		}()
	}
	_, err := r.dev.Face.Ask(c, r.shown(face.Tell{Screen: face.TakePaper, Charged: paid.Charged}))
	over := context.Cause(c)
	stop()
	lies := <-sensed
	switch {
	case err == nil || lies == nil:
		r.taken = true
		return r.more()
	case errors.Is(over, wire.TimedOut) && errors.Is(lies, over):
		r.event.Code = wire.PaperLeft // whoever comes next must not find it
	}
	return finish
}

// refused turns a code that the session survives into the end of this request.
func (r *run) refused(err error) (turn, error) {
	code, why := refusalOf(err)
	if !survives(code) {
		return on, err
	}
	return r.drop(code, why)
}

func (r *run) drop(code wire.Code, why refusal) (turn, error) {
	if !survives(code) {
		r.req.refusal = why
		return on, code
	}
	if code == wire.OutOfHours || code == wire.Maintenance {
		why.opens = r.setup.Edition.Opens(r.setup.Now(), r.setup.Edition.Find(r.req.offer.Code))
	}
	r.req.code, r.req.refusal = code, why
	return drop, nil
}

// fee is what all copies of the present request cost, in yen.
func (r *run) fee() int { return r.req.offer.Fee * r.req.copies }
