package keys

import (
	"maps"
	"time"
)

// Defaults of Limits, each with its reason.
const (
	// DefaultMaxLife is twice what an issuing worker may live, so that only a
	// session that outlived its worker meets it.
	DefaultMaxLife = 60 * time.Second
	// DefaultMaxSessions is what one node's launcher runs at once, with room.
	DefaultMaxSessions = 256
	// DefaultRate is, in signatures a minute, 12 whole issues a second: eight
	// times the mean of a whole country's year. Whoever takes the launcher
	// over can have no more than this.
	DefaultRate = 6000
	// DefaultMaxControls bounds the launcher's questions under way at once.
	// Nobody else's take a place.
	DefaultMaxControls = 64
	// DefaultPatience bounds each exchange, against an end that hangs.
	DefaultPatience = 10 * time.Second
)

// DefaultPerSession is what one issue needs and nothing more: the attestation
// of its worker (asked for by the launcher), the receipt, the domestic and the
// overseas card, one seal, one paper, and two handshakes with VRS, because the
// first may be cut.
func DefaultPerSession() map[Purpose]int {
	return map[Purpose]int{
		PurposeAttest: 1, PurposeReceipt: 1, PurposeSHC: 2,
		PurposeVDSNC: 1, PurposePDF: 1, PurposeVRSTLS: 2,
	}
}

// Limits bound what the key process signs, and for whom. The zero value means
// the defaults, and nobody.
type Limits struct {
	Launchers   []int            // users (uid) that may open sessions; nil: none
	PerSession  map[Purpose]int  // signatures that a session may have; nil: DefaultPerSession
	MaxLife     time.Duration    // of a session; 0: DefaultMaxLife
	MaxSessions int              // open at once; 0: DefaultMaxSessions
	Rate        int              // signatures a minute over all sessions; 0: DefaultRate
	Now         func() time.Time // nil: time.Now
}

func (l Limits) withDefaults() Limits {
	if l.PerSession == nil {
		l.PerSession = DefaultPerSession()
	}
	l.PerSession = maps.Clone(l.PerSession)
	if l.MaxLife == 0 {
		l.MaxLife = DefaultMaxLife
	}
	if l.MaxSessions == 0 {
		l.MaxSessions = DefaultMaxSessions
	}
	if l.Rate == 0 {
		l.Rate = DefaultRate
	}
	if l.Now == nil {
		l.Now = time.Now
	}
	return l
}
