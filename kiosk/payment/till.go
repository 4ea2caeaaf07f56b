package payment

import (
	"context"
	"io"
	"sync"
	"time"

	"akashi/centre/wire"
	"akashi/kiosk/payment/unit"
)

// Bounds of a till's waiting.
const (
	DefaultPay      = 2 * time.Minute        // for coins or a card, when the session says nothing shorter
	DefaultCentre   = 3 * time.Second        // one ask about a right; the resident waits
	DefaultConclude = 5 * time.Second        // to charge, or to get a right; with DefaultUndo under a session's way out of 10 s
	DefaultUndo     = 3 * time.Second        // to give back
	DefaultPatience = 10 * time.Minute       // for a right after a loss of power; then the money goes back
	DefaultRetry    = 2 * time.Second        // between tries at what is open
	DefaultAgain    = 100 * time.Millisecond // between tries while a resident waits
)

// Config is one till.
type Config struct {
	Unit    *unit.Client // nil: no unit; only a fee of 0 can be paid
	Journal string       // folder that survives a loss of power
	Kiosk   string       // this kiosk's id, for receipts
	Place   func(municipality string) (ja, en string)
	Ask     func(ctx context.Context, t wire.Type, body any) (wire.Frame, error) // the centre
	Now     func() time.Time
	Rand    io.Reader

	Retry, Conclude, Undo time.Duration // 0: DefaultRetry, DefaultConclude, DefaultUndo
}

// Till is the money of one kiosk. It is safe for several goroutines; one
// payment is taken at a time.
type Till struct {
	c       Config
	journal journal

	work sync.Mutex // held by whoever drives a payment

	mu      sync.Mutex
	open    map[unit.ID]*entry
	now     *entry             // of the present session
	stop    context.CancelFunc // ends the waiting for its money
	charged int
	lost    int
	fault   wire.Code
	begun   time.Time
}

// Open reads the journal. Run settles what it says.
func Open(c Config) (*Till, error) {
	for _, d := range []struct {
		d *time.Duration
		v time.Duration
	}{{&c.Retry, DefaultRetry}, {&c.Conclude, DefaultConclude}, {&c.Undo, DefaultUndo}} {
		if *d.d <= 0 {
			*d.d = d.v
		}
	}
	t := &Till{c: c, journal: journal{c.Journal}, open: map[unit.ID]*entry{}, begun: c.Now()}
	all, err := t.journal.open()
	for _, e := range all {
		t.open[e.id()] = e
	}
	return t, err
}

// Charged gives the yen charged since the till was opened, refunds taken off.
func (t *Till) Charged() int { t.mu.Lock(); defer t.mu.Unlock(); return t.charged }

// Lost gives the yen of papers that came out and could not be charged: the
// unit had given the money back by then.
func (t *Till) Lost() int { t.mu.Lock(); defer t.mu.Unlock(); return t.lost }

// Pending gives how many payments are not settled yet.
func (t *Till) Pending() int { t.mu.Lock(); defer t.mu.Unlock(); return len(t.open) }

// Fault gives PaymentFault or PaymentChange while the unit says so or does not
// answer, else OK.
func (t *Till) Fault() wire.Code { t.mu.Lock(); defer t.mu.Unlock(); return t.fault }
