package kiosk

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"akashi/centre/channel"
	"akashi/centre/wire"
)

// Bounds of what is kept to be sent again. It is ciphertext and codes, kept in
// memory only: a settlement that is lost stays unheard, which VRS takes as
// unknown; that an alarm waits is also kept on the disk (Agent.raise).
const (
	DefaultOutbox     = 64             // letters; more means a line that is down for an hour of issuing
	DefaultOutboxKeep = 24 * time.Hour // then nobody asks for a settlement any more; an alarm is never too old
	firstResend       = time.Second    // doubled up to lastResend
	lastResend        = time.Minute
	sendWithin        = 45 * time.Second
)

// letter is one ask that must arrive though its session may be gone.
type letter struct {
	t      wire.Type
	body   any
	posted time.Time
	next   time.Time
	wait   time.Duration
}

func (l *letter) alarm() bool { return l.t == wire.TypeAlarm }

// outbox sends letters until each is confirmed, refused for good, or too old:
// settlements one after the other, and alarms beside them, for an alarm must not
// wait for an answer to something else.
type outbox struct {
	ask     func(context.Context, wire.Type, any) (wire.Frame, error)
	now     func() time.Time
	alarmed func() // the centre has confirmed an alarm; may be nil

	mu      sync.Mutex
	letters []*letter
	news    map[bool]chan struct{} // by whether it is an alarm
}

func newOutbox(ask func(context.Context, wire.Type, any) (wire.Frame, error), now func() time.Time) *outbox {
	return &outbox{ask: ask, now: now, news: map[bool]chan struct{}{
		false: make(chan struct{}, 1), true: make(chan struct{}, 1),
	}}
}

// post takes a letter. When there is no room, the oldest settlement goes.
func (o *outbox) post(t wire.Type, body any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	l := &letter{t: t, body: body, posted: o.now(), next: o.now(), wait: firstResend}
	if l.alarm() {
		o.letters = append([]*letter{l}, o.letters...)
	} else {
		o.letters = append(o.letters, l)
	}
	if len(o.letters) > DefaultOutbox {
		o.dropOldest()
	}
	select {
	case o.news[l.alarm()] <- struct{}{}:
	default:
	}
}

func (o *outbox) dropOldest() {
	for i, l := range o.letters {
		if !l.alarm() {
			o.letters = append(o.letters[:i], o.letters[i+1:]...)
			return
		}
	}
	o.letters = o.letters[:DefaultOutbox]
}

// waiting gives how many letters are not confirmed yet.
func (o *outbox) waiting() int { o.mu.Lock(); defer o.mu.Unlock(); return len(o.letters) }

// holds reports whether a letter of this type is not confirmed yet.
func (o *outbox) holds(t wire.Type) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.ContainsFunc(o.letters, func(l *letter) bool { return l.t == t })
}

// run delivers until ctx ends; connected gives a channel that is closed while
// the line is up.
func (o *outbox) run(ctx context.Context, connected func() <-chan struct{}) {
	var both sync.WaitGroup
	for _, alarms := range []bool{true, false} {
		both.Go(func() { o.work(ctx, connected, alarms) })
	}
	both.Wait()
}

// work delivers the alarms, or all but them.
func (o *outbox) work(ctx context.Context, connected func() <-chan struct{}, alarms bool) {
	for ctx.Err() == nil {
		l, wait := o.due(alarms)
		if l == nil {
			t := time.NewTimer(wait)
			select {
			case <-o.news[alarms]:
			case <-t.C:
			case <-ctx.Done():
			}
			t.Stop()
			continue
		}
		select {
		case <-connected():
			o.deliver(ctx, l)
		case <-ctx.Done():
		}
	}
}

// due gives the first letter of these whose time has come, or how long there is
// none.
func (o *outbox) due(alarms bool) (*letter, time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	wait := time.Hour
	for _, l := range o.letters {
		if l.alarm() != alarms {
			continue
		}
		if d := l.next.Sub(o.now()); d <= 0 {
			return l, 0
		} else if d < wait {
			wait = d
		}
	}
	return nil, wait
}

// deliver sends a letter once.
func (o *outbox) deliver(ctx context.Context, l *letter) {
	c, stop := context.WithTimeout(ctx, sendWithin)
	defer stop()
	_, err := o.ask(c, l.t, l.body)
	o.settle(l, err)
	if err == nil && l.alarm() && o.alarmed != nil {
		o.alarmed()
	}
}

// settle lets a letter go or puts it off. A refusal other than for lack of room
// or way is an answer: it would be the same the next time.
func (o *outbox) settle(l *letter, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	old := !l.alarm() && o.now().Sub(l.posted) > DefaultOutboxKeep
	if err == nil || final(err) || old {
		o.letters = slices.DeleteFunc(o.letters, func(x *letter) bool { return x == l })
		return
	}
	l.next, l.wait = o.now().Add(l.wait), min(2*l.wait, lastResend)
}

func final(err error) bool {
	var r *channel.Refused
	return errors.As(err, &r) && r.Code.Final()
}
