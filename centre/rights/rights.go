// Package rights keeps the reprint rights (再印刷の権利) of one launcher: what a
// resident is owed who was charged for a paper that may not have come out.
//
// A right has an amount, a municipality, a kind, copies and an expiry, and
// nothing of a person. Its number is the bearer's; here and in the audit only
// a slow hash of it is kept. Each right has one home, the launcher that gave it
// out, so that two kiosks which redeem it at the same instant meet at one lock:
// with the home down, nobody can use the right, and nobody twice. What is kept
// are the audit's events and nothing else; a restart reads them again.
package rights

import (
	"encoding/binary"
	"errors"
	"io"
	"sync"
	"time"

	"akashi/centre/audit"
	"akashi/centre/fleet"
	"akashi/centre/wire"
)

// Bounds of a book of rights.
const (
	// DefaultLife is how long a right is good for: a season, as travellers come
	// back. It ends with a day, in Japan.
	DefaultLife = 90 * 24 * time.Hour
	// DefaultKeep is how long it is remembered after that, to say "expired" and
	// not "unknown".
	DefaultKeep = 90 * 24 * time.Hour
	// DefaultMax bounds the rights that are remembered, at some 300 bytes each.
	// One print in a thousand of a million a day is a tenth of it in 90 days.
	DefaultMax = 1_000_000
	// DefaultWrong is how many wrong numbers one kiosk may bring in
	// DefaultWrongIn: a person with a creased receipt needs two or three; at
	// this rate a number is found in some 10^5 years of one kiosk.
	DefaultWrong   = 5
	DefaultWrongIn = 10 * time.Minute
	// DefaultGives is how many rights one kiosk may be given in DefaultGivesIn: a
	// printer that leaves so many papers in doubt is out of order, and a kiosk
	// that somebody has taken over does not turn into a purse.
	DefaultGives   = 30
	DefaultGivesIn = 24 * time.Hour
)

// ID names a payment.
type ID [wire.PaymentIDLength]byte

// Config is one book. Zero bounds take the Default constants.
type Config struct {
	Node    fleet.ID
	Now     func() time.Time
	Rand    io.Reader
	Record  func(audit.Event) error // returns when the event is on disk
	Stretch int
	Life    time.Duration
	Max     int
}

// Book is the rights of one launcher. Its methods may be called concurrently.
type Book struct {
	c Config

	mu     sync.Mutex // held over the write to disk too: one change of any right at a time
	rights map[key]*right
	issued map[ID]key          // the last one that was given for a payment
	wrong  map[fleet.ID]*count // of wrong numbers, by kiosk
	gives  map[fleet.ID]*count // of rights given
}

// New makes an empty book; Learn fills it from the audit.
func New(c Config) *Book {
	if c.Stretch <= 0 {
		c.Stretch = DefaultStretch
	}
	if c.Life <= 0 {
		c.Life = DefaultLife
	}
	if c.Max <= 0 {
		c.Max = DefaultMax
	}
	return &Book{c: c, rights: map[key]*right{}, issued: map[ID]key{}, wrong: map[fleet.ID]*count{}, gives: map[fleet.ID]*count{}}
}

// Do does what a kiosk asks, once for each payment. It fails with one of the
// wire.Right codes, RightsTooMany, Busy when the book is full, or
// Record's error: then nothing has changed.
func (b *Book) Do(kiosk fleet.ID, r wire.Right) (wire.Righted, error) {
	if err := r.Check(); err != nil {
		return wire.Righted{}, err
	}
	var k key
	if r.Number != "" {
		done, err := b.try(kiosk)
		if err != nil {
			return wire.Righted{}, err
		}
		if k, err = keyOf(b.c.Node, r.Number, b.c.Stretch); err != nil {
			return wire.Righted{}, err
		}
		defer func() { done(b.known(k)) }()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if r.Do == wire.RightIssue {
		return b.issue(kiosk, k, r)
	}
	v, ok := b.rights[k]
	if !ok {
		return wire.Righted{}, wire.RightUnknown
	}
	change, err := v.may(r, b.c.Now().Unix())
	if err != nil {
		return wire.Righted{}, err
	}
	if change != 0 {
		if err := b.write(kiosk, k, v, change, ID(r.Payment), nil); err != nil {
			return wire.Righted{}, err
		}
	}
	return wire.Righted{Number: r.Number, Bill: v.bill, Expires: v.expires}, nil
}

func (b *Book) known(k key) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, ok := b.rights[k]
	return ok
}

// write brings a change to disk and then makes it.
func (b *Book) write(kiosk fleet.ID, k key, v *right, c audit.RightChange, p ID, instead *audit.Mark) error {
	e := &audit.Right{
		Node: b.c.Node, Kiosk: kiosk, Change: c, Key: audit.Mark(k), Payment: audit.Mark(p), Instead: instead, Amount: uint32(v.bill.Amount),
		Municipality: audit.MunicipalityOf(v.bill.Municipality), Kind: v.bill.Kind, Copies: uint8(v.bill.Copies), Expires: v.expires,
	}
	if err := b.c.Record(audit.Event{Right: e}); err != nil {
		return err
	}
	v.become(c, p)
	return nil
}

// issue gives a right for a payment. A kiosk that asks again did not hear the
// answer: the right that it did not hear of is withdrawn, so there is one. With
// a number, the payment must be the one that used that right up.
func (b *Book) issue(kiosk fleet.ID, from key, r wire.Right) (wire.Righted, error) {
	id := ID(r.Payment)
	if err := b.unheard(kiosk, id); err != nil {
		return wire.Righted{}, err
	}
	bill, instead := *r.Bill, (*audit.Mark)(nil)
	gives := of(b.gives, kiosk, b.c.Now(), DefaultGivesIn)
	if r.Number == "" && gives.n >= DefaultGives {
		return wire.Righted{}, wire.RightsTooMany
	}
	if r.Number != "" {
		old, ok := b.rights[from]
		switch {
		case !ok:
			return wire.Righted{}, wire.RightUnknown
		case old.state != redeemed || old.by != id:
			return wire.Righted{}, wire.RightUsed
		}
		bill, instead = old.bill, (*audit.Mark)(&from)
	}
	if len(b.rights) >= b.c.Max && !b.sweep() {
		return wire.Righted{}, wire.Busy
	}
	n, k, err := b.draw()
	if err != nil {
		return wire.Righted{}, err
	}
	v := &right{bill: bill, expires: endOfDay(b.c.Now().Add(b.c.Life))}
	if err := b.write(kiosk, k, v, audit.RightIssued, id, instead); err != nil {
		return wire.Righted{}, err
	}
	b.rights[k], b.issued[id] = v, k
	if instead == nil {
		gives.n++
	}
	return wire.Righted{Number: n, Bill: v.bill, Expires: v.expires}, nil
}

func (b *Book) unheard(kiosk fleet.ID, id ID) error {
	k, ok := b.issued[id]
	if !ok {
		return nil
	}
	switch v := b.rights[k]; v.state {
	case whole:
		return b.write(kiosk, k, v, audit.RightWithdrawn, id, nil)
	case withdrawn:
		return nil
	}
	return wire.RightUsed
}

// draw gives a number that is not in use.
func (b *Book) draw() (wire.RightNumber, key, error) {
	for {
		var c [8]byte
		if _, err := io.ReadFull(b.c.Rand, c[:]); err != nil {
			return "", key{}, wire.Internal
		}
		n := wire.NewRightNumber(Home(b.c.Node), binary.BigEndian.Uint64(c[:]))
		k, err := keyOf(b.c.Node, n, b.c.Stretch)
		if err != nil {
			return "", key{}, err
		}
		if _, taken := b.rights[k]; !taken {
			return n, k, nil
		}
	}
}

// sweep forgets what is long over, and reports whether that made room.
func (b *Book) sweep() bool {
	now := b.c.Now()
	for k, v := range b.rights {
		if now.Sub(time.Unix(v.expires, 0)) > DefaultKeep {
			b.forget(k, v)
		}
	}
	return len(b.rights) < b.c.Max
}

func (b *Book) forget(k key, v *right) {
	delete(b.rights, k)
	if b.issued[v.payment] == k {
		delete(b.issued, v.payment)
	}
}

// Learn takes one record of this node's audit; call it for each, in order,
// before the first Do.
func (b *Book) Learn(r audit.Record) {
	e := r.Event.Right
	if e == nil || e.Node != b.c.Node {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	k, id := key(e.Key), ID(e.Payment)
	if e.Change == audit.RightIssued {
		v := &right{bill: billOf(e), expires: e.Expires}
		v.become(e.Change, id)
		b.rights[k], b.issued[id] = v, k
		if at := time.UnixMilli(r.At); e.Instead == nil && b.c.Now().Sub(at) < DefaultGivesIn {
			of(b.gives, e.Kiosk, at, DefaultGivesIn).n++
		}
		return
	}
	if v, ok := b.rights[k]; ok {
		v.become(e.Change, id)
	}
}

// Owed gives the number and the yen of the rights that can still be used, for
// the reconciliation of fees and papers.
func (b *Book) Owed() (n, yen int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, v := range b.rights {
		if v.state == whole && b.c.Now().Unix() < v.expires {
			n, yen = n+1, yen+v.bill.Amount
		}
	}
	return n, yen
}

// ErrHome says that another node's rights begin with the same digits.
var ErrHome = errors.New("rights: another node's reprint numbers begin with the same two digits: give this node another name")
