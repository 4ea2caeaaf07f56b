package watch

import (
	"sync"
	"time"

	"akashi/centre/wire"
)

// Bounds of the measurement.
const (
	DefaultSamples = 8                      // beats of which the one with the quickest way counts, as in NTP (RFC 5905 §10)
	DefaultJump    = 250 * time.Millisecond // two samples that differ by more than they can: a clock was set
)

// Clock holds this kiosk's clock against the centre's, by the beats. It is safe
// for several goroutines.
type Clock struct {
	mu      sync.Mutex
	samples []sample // the newest last
}

// sample is one beat's measurement.
type sample struct {
	ahead  time.Duration // this kiosk's clock less the centre's
	way    time.Duration // there and back
	within time.Duration // half of it: the centre's word was true at some moment of it
}

// Learn takes one beat: when it was sent and its answer received by this
// kiosk's clock, when the answer left by the centre's, and how long the centre
// had held it. It gives by how much the two clocks differ at least. Neither
// clock can make the way shorter than nothing.
func (c *Clock) Learn(sent, received, left time.Time, held time.Duration) (apart time.Duration) {
	way := max(0, received.Sub(sent)-max(0, held))
	s := sample{ahead: received.Sub(left) - way/2, way: way, within: way / 2}
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := len(c.samples); n > 0 {
		if last := c.samples[n-1]; (s.ahead - last.ahead).Abs() > s.within+last.within+DefaultJump {
			c.samples = nil // what was measured before is of another time
		}
	}
	c.samples = append(c.samples, s)
	c.samples = c.samples[max(0, len(c.samples)-DefaultSamples):]
	return max(0, s.ahead.Abs()-s.within)
}

// Wire gives the measurement as the centre is told it.
func (c *Clock) Wire() wire.Clock {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.samples) == 0 {
		return wire.Clock{}
	}
	best := c.samples[0]
	for _, s := range c.samples {
		if s.within <= best.within { // of two as good, the newer
			best = s
		}
	}
	within := min(best.within.Milliseconds()+1, wire.MaxWay)
	return wire.Clock{
		Known:  true,
		Offset: int32(min(max(best.ahead.Milliseconds(), -wire.MaxOffset), wire.MaxOffset)),
		Within: uint32(within), Line: uint32(min(best.way.Milliseconds(), wire.MaxWay)),
	}
}
