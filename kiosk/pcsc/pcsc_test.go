package pcsc

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"akashi/kiosk/reader"
)

const ours = "Reader A"

// bubble runs a test on a clock of its own; nothing sleeps.
func bubble(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, f)
}

func after(t *testing.T, d time.Duration, f func()) {
	t.Helper()
	go func() { time.Sleep(d); f() }()
}

func limited(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func wantFault(t *testing.T, err error, want reader.Fault) {
	t.Helper()
	if reader.FaultOf(err) != want || err != nil && want == 0 {
		t.Errorf("got %v, want %v", err, want)
	}
}

func TestSession(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService("Reader B", ours)
		d := s.device(ours)
		after(t, 3*time.Second, func() { s.lay(1, true, false) })
		wantFault(t, d.WaitCard(limited(t, time.Minute)), 0)
		r, err := d.Transmit(limited(t, time.Second), []byte{0, 0xA4, 4, 0})
		if err != nil || !bytes.Equal(r, []byte{0x90, 0}) {
			t.Errorf("%X, %v", r, err)
		}
		after(t, 2*time.Second, func() { s.lay(1, false, false) })
		wantFault(t, d.WaitRemoved(limited(t, time.Minute)), 0)
		s.power(t, 1, 1)
		wantFault(t, d.End(), 0)
		s.power(t, 1, 1)
	})
}

func TestWaitCardRefuses(t *testing.T) {
	for _, c := range []struct {
		name  string
		set   func(*service)
		want  reader.Fault
		after time.Duration // the least that must have passed
	}{
		{"no card", func(s *service) {}, reader.Deadline, 20 * time.Second},
		{"a card on the other reader only", func(s *service) { s.lay(1, true, false) }, reader.Deadline, 20 * time.Second},
		{"two cards", func(s *service) { s.lay(0, true, false); s.lay(1, true, false) }, reader.TwoCards, 0},
		{"a mute card", func(s *service) { s.lay(0, true, true) }, reader.Unanswering, 0},
		{"a card that answers in no protocol", func(s *service) { s.lay(0, true, false); s.connects = reader.Unanswering }, reader.Unanswering, 0},
		{"another process has it", func(s *service) { s.lay(0, true, false); s.connects = reader.Held }, reader.Held, 0},
		{"a card that leaves while it is taken", func(s *service) { s.lay(0, true, false); s.connects = errGone }, reader.Deadline, 20 * time.Second},
		{"no daemon", func(s *service) { s.up = false }, reader.Unavailable, DefaultServiceWait},
		{"our reader is not there", func(s *service) { s.slots = s.slots[1:] }, reader.Unavailable, DefaultServiceWait},
		{"no reader at all", func(s *service) { s.slots = nil }, reader.Unavailable, DefaultServiceWait},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newService(ours, "Reader B")
				c.set(s)
				d := s.device(ours)
				start := time.Now()
				wantFault(t, d.WaitCard(limited(t, 20*time.Second)), c.want)
				if got := time.Since(start); got < c.after || got > c.after+2*time.Second {
					t.Errorf("after %v, want %v", got, c.after)
				}
				_, err := d.Transmit(limited(t, time.Second), make([]byte, 4))
				wantFault(t, err, reader.NoCard)
				wantFault(t, d.End(), 0)
				s.power(t, 0, 0)
			})
		})
	}
}

// TestDaemonRestarts: the old context is of no use for ever; a new one is made,
// while waiting and between calls.
func TestDaemonRestarts(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(ours)
		d := s.device(ours)
		after(t, time.Second, func() { s.do(func() { s.up = false }) })
		after(t, 4*time.Second, func() { s.do(func() { s.up = true }) })
		after(t, 5*time.Second, func() { s.lay(0, true, false) })
		wantFault(t, d.WaitCard(limited(t, time.Minute)), 0)
		if s.dials < 3 {
			t.Errorf("%d contexts", s.dials)
		}
		s.do(func() { s.up = false })
		_, err := d.Transmit(limited(t, time.Second), make([]byte, 4))
		wantFault(t, err, reader.Unavailable)
		s.do(func() { s.up = true })
		wantFault(t, d.WaitCard(limited(t, time.Minute)), 0)
		if _, err := d.Transmit(limited(t, time.Second), make([]byte, 4)); err != nil {
			t.Error(err)
		}
		wantFault(t, d.End(), 0)
		s.power(t, 2, 1) // the daemon took the first card's power itself
	})
}

// TestRestartsAreCountedOneByOne: a daemon that restarts now and then is not
// one that is away for long.
func TestRestartsAreCountedOneByOne(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(ours)
		d := s.device(ours)
		for i := range 5 {
			at := time.Duration(i) * 10 * time.Second
			after(t, at+time.Second, func() { s.do(func() { s.up = false }) })
			after(t, at+4*time.Second, func() { s.do(func() { s.up = true }) })
		}
		wantFault(t, d.WaitCard(limited(t, time.Minute)), reader.Deadline)
		d.End()
	})
}

func TestEmptyAnswer(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(ours)
		s.lay(0, true, false)
		d := s.device(ours)
		wantFault(t, d.WaitCard(limited(t, time.Minute)), 0)
		s.answer = func([]byte) ([]byte, error) { return []byte{0x90}, nil }
		_, err := d.Transmit(limited(t, time.Second), make([]byte, 4))
		wantFault(t, err, reader.Failed)
		s.power(t, 1, 1)
		d.End()
	})
}

func TestTransmitErrorsCutPower(t *testing.T) {
	for _, c := range []struct {
		err  error
		want reader.Fault
	}{
		{reader.Removed, reader.Removed}, {reader.Reset, reader.Reset}, {reader.Failed, reader.Failed},
		{errGone, reader.Removed}, {errService, reader.Unavailable},
	} {
		bubble(t, func(t *testing.T) {
			s := newService(ours)
			s.lay(0, true, false)
			d := s.device(ours)
			wantFault(t, d.WaitCard(limited(t, time.Minute)), 0)
			s.answer = func([]byte) ([]byte, error) { return nil, c.err }
			_, err := d.Transmit(limited(t, time.Second), make([]byte, 4))
			wantFault(t, err, c.want)
			s.power(t, 1, 1)
			_, err = d.Transmit(limited(t, time.Second), make([]byte, 4))
			wantFault(t, err, reader.NoCard)
			d.End()
		})
	}
}

// TestFailureThatWasARemoval: the exchange fails first and the daemon notices
// only then that the card has gone, or that another lies there.
func TestFailureThatWasARemoval(t *testing.T) {
	for _, c := range []struct {
		name string
		then func(*service)
		want reader.Fault
	}{
		{"gone", func(s *service) { s.lay(0, false, false) }, reader.Removed},
		{"gone and back", func(s *service) { s.lay(0, false, false); s.lay(0, true, false) }, reader.Removed},
		{"still there", func(s *service) {}, reader.Failed},
		{"the daemon goes", func(s *service) { s.do(func() { s.up = false }) }, reader.Failed},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newService(ours)
				s.lay(0, true, false)
				d := s.device(ours)
				wantFault(t, d.WaitCard(limited(t, time.Minute)), 0)
				s.answer = func([]byte) ([]byte, error) {
					go func() { time.Sleep(300 * time.Millisecond); c.then(s) }()
					return nil, reader.Failed
				}
				_, err := d.Transmit(limited(t, time.Second), make([]byte, 4))
				wantFault(t, err, c.want)
				if _, err = d.Transmit(limited(t, time.Second), make([]byte, 4)); err != reader.NoCard {
					t.Errorf("%v", err)
				}
				d.End()
			})
		})
	}
}

// TestHangingTransmit: the call is abandoned at its deadline; should it ever
// return, the card loses its power then.
func TestHangingTransmit(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(ours)
		s.lay(0, true, false)
		d := s.device(ours)
		wantFault(t, d.WaitCard(limited(t, time.Minute)), 0)
		hang := make(chan struct{})
		s.do(func() { s.hang = hang })
		start := time.Now()
		_, err := d.Transmit(limited(t, time.Second), make([]byte, 4))
		wantFault(t, err, reader.Deadline)
		if got := time.Since(start); got != time.Second+DefaultGrace {
			t.Errorf("after %v", got)
		}
		s.power(t, 1, 0)
		s.do(func() { s.hang = nil })
		close(hang)
		synctest.Wait()
		s.power(t, 1, 1)
		if s.released != 1 {
			t.Error("the abandoned context stays")
		}
		wantFault(t, d.WaitCard(limited(t, time.Minute)), 0)
		d.End()
		s.power(t, 2, 2)
	})
}

// TestLateAnswer: what comes within the grace is an answer; a PIN try that was
// counted must not look like one that was not.
func TestLateAnswer(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(ours)
		s.lay(0, true, false)
		d := s.device(ours)
		wantFault(t, d.WaitCard(limited(t, time.Minute)), 0)
		s.answer = func([]byte) ([]byte, error) { time.Sleep(1500 * time.Millisecond); return []byte{0x63, 0xC2}, nil }
		r, err := d.Transmit(limited(t, time.Second), make([]byte, 4))
		if err != nil || !bytes.Equal(r, []byte{0x63, 0xC2}) {
			t.Errorf("%X, %v", r, err)
		}
		d.End()
	})
}

// TestHangingConnect: another process inside a transaction blocks a connect
// without end; a card that is then had after all is given back without power.
func TestHangingConnect(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(ours)
		s.lay(0, true, false)
		hang := make(chan struct{})
		s.hang = hang
		d := s.device(ours)
		wantFault(t, d.WaitCard(limited(t, 2*time.Second)), reader.Deadline)
		s.do(func() { s.hang = nil })
		close(hang)
		synctest.Wait()
		s.power(t, 1, 1)
		d.End()
	})
}

func TestCancelledWait(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(ours)
		d := s.device(ours)
		ctx, cancel := context.WithCancel(t.Context())
		after(t, 1500*time.Millisecond, cancel)
		start := time.Now()
		wantFault(t, d.WaitCard(ctx), reader.Deadline)
		if got := time.Since(start); got > 1600*time.Millisecond {
			t.Errorf("after %v: the wait was not cancelled", got)
		}
		s.lay(0, true, false)
		wantFault(t, d.WaitCard(limited(t, time.Second)), 0)
		d.End()
	})
}

// TestSwappedCard: a card taken and another laid down between two looks is a
// removal, seen by the event counter.
func TestSwappedCard(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(ours)
		s.lay(0, true, false)
		d := s.device(ours)
		wantFault(t, d.WaitCard(limited(t, time.Minute)), 0)
		after(t, time.Second, func() { s.lay(0, false, false); s.lay(0, true, false) })
		wantFault(t, d.WaitRemoved(limited(t, time.Minute)), 0)
		d.End()
	})
}

func TestWaitRemovedRefuses(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(ours)
		s.lay(0, true, false)
		d := s.device(ours)
		wantFault(t, d.WaitCard(limited(t, time.Minute)), 0)
		wantFault(t, d.WaitRemoved(limited(t, 3*time.Second)), reader.Deadline)
		s.power(t, 1, 1) // off at once, not when it leaves
		s.do(func() { s.up = false })
		wantFault(t, d.WaitRemoved(limited(t, time.Minute)), reader.Unavailable)
		d.End()
	})
}

// TestEndCannotReach: nobody could be asked to take the power away, and End
// says so.
func TestEndCannotReach(t *testing.T) {
	for _, e := range []error{errService, reader.Failed} {
		bubble(t, func(t *testing.T) {
			s := newService(ours)
			s.lay(0, true, false)
			d := s.device(ours)
			wantFault(t, d.WaitCard(limited(t, time.Minute)), 0)
			s.offErr = e
			wantFault(t, d.End(), reader.Unavailable)
		})
	}
	bubble(t, func(t *testing.T) {
		s := newService(ours)
		s.lay(0, true, false)
		d := s.device(ours)
		wantFault(t, d.WaitCard(limited(t, time.Minute)), 0)
		s.offErr = errGone // the card has left: there is no power to take
		wantFault(t, d.End(), 0)
	})
}

// TestCommandIsWiped: the device's own copy of a command, which may hold a
// PIN, does not outlive the call.
func TestCommandIsWiped(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(ours)
		s.lay(0, true, false)
		var kept []byte
		s.answer = func(c []byte) ([]byte, error) { kept = c; return []byte{0x90, 0}, nil }
		d := s.device(ours)
		wantFault(t, d.WaitCard(limited(t, time.Minute)), 0)
		if _, err := d.Transmit(limited(t, time.Second), []byte("\x00\x20\x00\x80\x041234")); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(kept, make([]byte, 9)) {
			t.Errorf("kept %q", kept)
		}
		d.End()
	})
}

func TestOutward(t *testing.T) {
	other := errors.New("x")
	if outward(other) != other || outward(nil) != nil {
		t.Error("an error was changed")
	}
}

// TestOpen says what is missing, or wants a name.
func TestOpen(t *testing.T) {
	_, err := Open("")
	if err == nil || !strings.HasPrefix(err.Error(), "pcsc: ") {
		t.Errorf("%v", err)
	}
}
