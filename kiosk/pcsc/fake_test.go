package pcsc

import (
	"sync"
	"testing"
	"time"
)

// service is a PC/SC daemon as the tests script it.
type service struct {
	mu       sync.Mutex
	up       bool
	slots    []slot
	connects error         // connect fails
	hang     chan struct{} // if set, connect and transmit wait for it
	answer   func(command []byte) ([]byte, error)
	offErr   error

	dials, released, powered, offs int
}

func newService(names ...string) *service {
	s := &service{up: true, answer: func([]byte) ([]byte, error) { return []byte{0x90, 0}, nil }}
	for _, n := range names {
		s.slots = append(s.slots, slot{name: n, state: 1})
	}
	return s
}

func (s *service) do(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

// lay puts a card on a reader, or takes it away; both count.
func (s *service) lay(i int, present, mute bool) {
	s.do(func() {
		s.slots[i].present, s.slots[i].mute = present, mute
		s.slots[i].state += 1 << 16
	})
}

func (s *service) device(name string) *Device {
	return &Device{name: name, dial: func() (link, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.dials++
		if !s.up {
			return nil, errService
		}
		return &fakeLink{service: s, epoch: s.dials, cancelled: make(chan struct{}, 8)}, nil
	}}
}

// fakeLink dies with its daemon, as a real context does.
type fakeLink struct {
	*service
	epoch     int
	dead      bool
	cancelled chan struct{}
}

func (l *fakeLink) alive() error {
	if l.dead = l.dead || !l.up; l.dead {
		return errService
	}
	return nil
}

func (l *fakeLink) readers() (names []string, err error) {
	l.do(func() {
		for _, s := range l.slots {
			names = append(names, s.name)
		}
		err = l.alive()
	})
	return names, err
}

func (l *fakeLink) change(slots []slot, limit time.Duration) error {
	end := time.Now().Add(limit)
	for {
		changed := false
		var err error
		l.do(func() {
			err = l.alive()
			for i := range slots {
				for _, now := range l.slots {
					if now.name == slots[i].name && now.state != slots[i].state {
						slots[i], changed = now, true
					}
				}
			}
		})
		if err != nil || changed || !time.Now().Before(end) {
			return err
		}
		select {
		case <-l.cancelled:
			return nil
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (l *fakeLink) wait() {
	var c chan struct{}
	l.do(func() { c = l.hang })
	if c != nil {
		<-c
	}
}

func (l *fakeLink) connect(string) (c chip, err error) {
	l.wait()
	l.do(func() {
		if err = l.alive(); err == nil {
			err = l.connects
		}
		if err == nil {
			l.powered++
			c = &fakeChip{l}
		}
	})
	return c, err
}

func (l *fakeLink) cancel()  { l.cancelled <- struct{}{} }
func (l *fakeLink) release() { l.do(func() { l.released++ }) }

type fakeChip struct{ *fakeLink }

func (c *fakeChip) transmit(command []byte) (r []byte, err error) {
	c.wait()
	c.do(func() { err = c.alive() })
	if err != nil {
		return nil, err
	}
	return c.answer(command)
}

func (c *fakeChip) off() (err error) {
	c.do(func() {
		if err = c.alive(); err == nil {
			err = c.offErr
		}
		if err == nil {
			c.offs++
		}
	})
	return err
}

// power reports how often the card got power and lost it.
func (s *service) power(t *testing.T, on, off int) {
	t.Helper()
	s.do(func() {
		if s.powered != on || s.offs != off {
			t.Errorf("the card got power %d times and lost it %d times; want %d, %d", s.powered, s.offs, on, off)
		}
	})
}
