package kiosk

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"akashi/centre/channel"
	"akashi/centre/wire"
)

// post office: answers the n-th ask by the n-th error, then with nil.
type office struct {
	mu   sync.Mutex
	errs []error
	got  []wire.Type
	at   []time.Time
}

func (o *office) ask(_ context.Context, t wire.Type, _ any) (wire.Frame, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.got, o.at = append(o.got, t), append(o.at, time.Now())
	if len(o.errs) == 0 {
		return wire.Frame{}, nil
	}
	err := o.errs[0]
	o.errs = o.errs[1:]
	return wire.Frame{}, err
}

func up() <-chan struct{} { c := make(chan struct{}); close(c); return c }

// inBubble runs an outbox on a clock of its own.
func inBubble(t *testing.T, o *office, f func(*outbox)) {
	synctest.Test(t, func(t *testing.T) {
		box := newOutbox(o.ask, time.Now)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { box.run(ctx, up); close(done) }()
		f(box)
		cancel()
		<-done
	})
}

func TestSettlementIsSentUntilConfirmed(t *testing.T) {
	o := &office{errs: []error{wire.LineDown, wire.TimedOut, &channel.Refused{Code: wire.VRSDown, RetryAfter: 5}}}
	inBubble(t, o, func(box *outbox) {
		box.post(wire.TypeSettle, wire.Settle{})
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(o.got) != 4 || box.waiting() != 0 {
			t.Errorf("sent %d times, %d waiting", len(o.got), box.waiting())
		}
		for i := 1; i < len(o.at); i++ {
			if gap := o.at[i].Sub(o.at[i-1]); gap < firstResend<<(i-1) {
				t.Errorf("sent again after %v", gap)
			}
		}
	})
}

func TestRefusedForGoodIsNotSentAgain(t *testing.T) {
	o := &office{errs: []error{&channel.Refused{Code: wire.Malformed}}}
	inBubble(t, o, func(box *outbox) {
		box.post(wire.TypeSettle, wire.Settle{})
		time.Sleep(time.Hour)
		synctest.Wait()
		if len(o.got) != 1 || box.waiting() != 0 {
			t.Errorf("sent %d times, %d waiting", len(o.got), box.waiting())
		}
	})
}

// TestEveryCodeOfASettlement holds both ends together: what the centre gives as
// its last word is not sent again, and everything else is.
func TestEveryCodeOfASettlement(t *testing.T) {
	last := map[wire.Code]bool{
		wire.Malformed: true, wire.NonceUsed: true, // VRS cannot use it; the issue ended otherwise
		wire.TooLarge: true, wire.WrongVersion: true, wire.EnvelopeInvalid: true, wire.FrameUnexpected: true,
	}
	for _, code := range wire.Codes() {
		o := &office{errs: []error{&channel.Refused{Code: code}}}
		inBubble(t, o, func(box *outbox) {
			box.post(wire.TypeSettle, wire.Settle{})
			time.Sleep(time.Hour)
			synctest.Wait()
			if want := map[bool]int{true: 1, false: 2}[last[code]]; len(o.got) != want || box.waiting() != 0 {
				t.Errorf("%s: sent %d times, want %d; %d waiting", code.Name(), len(o.got), want, box.waiting())
			}
		})
	}
}

func TestTooOldIsGivenUp(t *testing.T) {
	o := &office{}
	for range 5000 {
		o.errs = append(o.errs, wire.LineDown)
	}
	inBubble(t, o, func(box *outbox) {
		box.post(wire.TypeSettle, wire.Settle{})
		time.Sleep(DefaultOutboxKeep + 2*lastResend)
		synctest.Wait()
		if box.waiting() != 0 {
			t.Error("a letter was kept for ever")
		}
	})
}

// The line may be down for longer than anybody asks for a settlement.
func TestAlarmIsNeverTooOld(t *testing.T) {
	o := &office{}
	for range 3000 {
		o.errs = append(o.errs, wire.LineDown)
	}
	inBubble(t, o, func(box *outbox) {
		box.post(wire.TypeAlarm, wire.Alarm{Code: wire.LastLook})
		time.Sleep(DefaultOutboxKeep + 2*lastResend)
		synctest.Wait()
		if box.waiting() != 1 {
			t.Error("an alarm was given up")
		}
	})
}

func TestOutboxIsBoundedAndAlarmsGoFirst(t *testing.T) {
	box := newOutbox(nil, time.Now)
	for i := range DefaultOutbox + 10 {
		box.post(wire.TypeSettle, i)
	}
	box.post(wire.TypeAlarm, wire.Alarm{Code: wire.LastLook})
	if box.waiting() != DefaultOutbox {
		t.Errorf("%d letters are kept", box.waiting())
	}
	if l, _ := box.due(true); l == nil || l != box.letters[0] {
		t.Error("the alarm is not kept")
	}
	if box.letters[1].body != 11 {
		t.Errorf("the oldest settlement kept is %v, want 11", box.letters[1].body)
	}
	for range DefaultOutbox + 1 {
		box.post(wire.TypeAlarm, wire.Alarm{})
	}
	if box.waiting() != DefaultOutbox {
		t.Errorf("%d letters are kept", box.waiting())
	}
}

// A settlement whose answer does not come holds no alarm up.
func TestAlarmDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var alarmed time.Duration
		begun := time.Now()
		box := newOutbox(func(ctx context.Context, t wire.Type, _ any) (wire.Frame, error) {
			if t == wire.TypeAlarm {
				alarmed = time.Since(begun)
				return wire.Frame{}, nil
			}
			<-ctx.Done()
			return wire.Frame{}, ctx.Err()
		}, time.Now)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { box.run(ctx, up); close(done) }()
		box.post(wire.TypeSettle, wire.Settle{})
		synctest.Wait()
		time.Sleep(time.Second)
		box.post(wire.TypeAlarm, wire.Alarm{Code: wire.LastLook})
		time.Sleep(time.Minute)
		cancel()
		<-done
		if alarmed != time.Second {
			t.Errorf("the alarm goes after %v", alarmed)
		}
	})
}
