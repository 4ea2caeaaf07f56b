package centre

import (
	"context"

	"akashi/centre/audit"
	"akashi/centre/channel"
	"akashi/centre/issue"
	"akashi/centre/wire"
)

// request hands a sealed request to its worker and gives the sealed answer,
// once the event of it is on disk.
func (l *Launcher) request(ctx context.Context, c call) (any, error) {
	s, err := wire.Decode[wire.Sealed](c.Body, channel.DefaultMaxUp)
	if err != nil {
		return nil, err
	}
	w, err := l.seated(s, c.Kiosk)
	if err != nil {
		return nil, err
	}
	done, err := l.work(w, s)
	if err != nil {
		l.voidLater(w.talk.Token(), w.request) // no answer leaves
		return nil, err
	}
	if done.Event.Reservation == issue.VoidUnheard { // no paper of it exists, and VRS has not heard so
		l.voidLater(w.talk.Token(), w.request)
	}
	if done.Answer == nil {
		return nil, codeOf(done.Event.Code)
	}
	return done.Answer, nil
}

// work has the worker answer, and writes how that ended. A stop that came
// meanwhile keeps the answer here: it is the very one that may be wrong.
func (l *Launcher) work(w *worker, s wire.Sealed) (issue.Done, error) {
	defer l.dismiss(w)
	if err := l.mayIssue(w.request.request.Kiosk); err != nil {
		return issue.Done{}, l.ended(w.request, w.event(issue.Event{Code: codeOf(err)}), err)
	}
	done, err := w.talk.Ask(s, w.expires)
	if err != nil {
		return done, l.ended(w.request, w.event(issue.Event{Code: wire.Internal}), wire.Internal)
	}
	if err := l.mayIssue(w.request.request.Kiosk); err != nil {
		done.Event.Code = codeOf(err)
		return done, l.ended(w.request, w.event(done.Event), err)
	}
	return done, l.ended(w.request, w.event(done.Event), nil)
}

// seated unseats the worker that a sealed request is for. Another kiosk's
// request finds nothing, and takes nothing away. Whose worker ended too early
// is told to come back.
func (l *Launcher) seated(s wire.Sealed, kiosk []byte) (*worker, error) {
	if len(s.Nonce) != 32 {
		return nil, wire.Malformed
	}
	at := seat{[32]byte(s.Nonce), s.Counter}
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.live[at]
	if x, ok := l.lost[at]; ok && string(x.kiosk[:]) == string(kiosk) {
		return nil, busy()
	}
	if w == nil {
		return nil, wire.NonceUsed
	}
	if string(w.request.kiosk[:]) != string(kiosk) {
		return nil, wire.NonceUnknown
	}
	delete(l.live, at)
	return w, nil
}

// dismiss ends a worker that has said its last word, and waits until it is
// gone: nothing that held cleartext outlives its answer, and the kiosk's next
// request finds the slot free.
func (l *Launcher) dismiss(w *worker) {
	w.process.Kill()
	<-w.gone
	w.pipe.Close()
}

// ended writes how a request ended. It gives AuditDown when that is not on
// disk, otherwise err.
func (l *Launcher) ended(a admitted, e issue.Event, err error) error {
	if !e.Code.Known() || e.At >= issue.Step(issue.NumSteps) {
		e.Code, e.At = wire.Internal, issue.Admit
	}
	if down := l.record(audit.Event{Ended: &audit.Ended{
		Request: a.request, Code: e.Code, At: uint8(e.At), Reservation: uint8(e.Reservation), Micros: e.Micros,
	}}); down != nil {
		return down
	}
	return err
}
