package payment_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"akashi/centre/wire"
	"akashi/kiosk/payment"
	"akashi/kiosk/payment/unit"
	"akashi/printer"
	"akashi/testkit/payunit"
	"akashi/testkit/rightdesk"
)

// ledger is what the residents have seen happen, in yen.
type ledger struct {
	papers  int // that came out, or were paid for with a right
	refunds int // coins that were paid back
	slips   int // refund slips
	rights  map[wire.RightNumber]int
	copies  map[wire.RightNumber]int
	dead    []wire.RightNumber
}

// Whatever happens, in whatever order: charged = papers × fee − refunds, and
// every yen beyond that is owed as a right that is good once, or as a slip.
func TestEveryYenIsAccounted(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { t.Parallel(); random(t, rand.New(rand.NewPCG(seed, 7))) })
	}
}

func random(t *testing.T, r *rand.Rand) {
	desk := rightdesk.New()
	shops := []*shop{newShop(t, desk), newShop(t, desk)}
	shops[1].id = "k2"
	shops[1].open()
	l := &ledger{rights: map[wire.RightNumber]int{}, copies: map[wire.RightNumber]int{}}
	for range 30 {
		s := shops[r.IntN(2)]
		upset(r, s)
		if n, ok := l.any(r); ok && r.IntN(3) == 0 {
			l.refund(s, n)
		} else {
			l.session(r, s)
		}
		s.unit.Calm()
		desk.CutLine(rightdesk.Whole, 0)
		s.rest()
		l.holds(t, shops)
		if t.Failed() {
			t.FailNow()
		}
	}
	l.end(t, shops[0])
}

// upset has something go wrong, or nothing.
func upset(r *rand.Rand, s *shop) {
	hows := []payunit.How{payunit.Silent, payunit.Lost, payunit.Twice, payunit.Garbled, payunit.DieBefore, payunit.DieAfter, payunit.CannotPay, payunit.NoPaper, payunit.Refuse, payunit.NoChange}
	dos := []unit.Do{unit.Authorise, unit.Capture, unit.Release, unit.PayBack, unit.Receipt}
	for range r.IntN(3) {
		p := payunit.Play{How: hows[r.IntN(len(hows))], Times: 1 + r.IntN(2)}
		if p.How != payunit.CannotPay && p.How != payunit.NoPaper && p.How != payunit.Refuse && p.How != payunit.NoChange {
			p.Do = dos[r.IntN(len(dos))]
		}
		s.unit.Play(p)
	}
	if r.IntN(4) == 0 {
		s.desk.CutLine(rightdesk.Cut(1+r.IntN(2)), 1+r.IntN(3))
	}
}

func (l *ledger) any(r *rand.Rand) (wire.RightNumber, bool) {
	for n := range l.rights { // any order will do
		return n, r.IntN(2) == 0
	}
	return "", false
}

// session is one resident, with money or with a right, and perhaps a power
// failure at any step.
func (l *ledger) session(r *rand.Rand, s *shop) {
	copies := 1 + r.IntN(3)
	b := bill(copies)
	if n, ok := l.any(r); ok {
		b = with(n, l.copies[n])
	}
	seen := len(s.unit.Snapshot().Receipts)
	if s.till.Authorise(s.t.Context(), b) != nil {
		return
	}
	if r.IntN(6) == 0 {
		s.crash()
		return
	}
	if err := s.till.Printing(); err != nil {
		s.t.Fatal(err)
	}
	if r.IntN(6) == 0 { // the paper may have come out
		s.crash()
		l.unknown(s, b, seen)
		return
	}
	papers := []payment.Papers{printer.Printed, printer.NotPrinted, printer.Unknown}[r.IntN(3)]
	lost := s.till.Lost()
	c, err := s.till.Conclude(papers)
	if err != nil {
		s.t.Fatal(err)
	}
	if papers == printer.Printed && s.till.Lost() == lost {
		l.papers += b.Amount
		l.gone(b)
	}
	if papers == printer.Unknown && c.Right != "" && c.Right != wire.RightNumber(b.Right) {
		l.given(b, c.Right)
	}
}

// unknown reads the receipt that the till prints when the power is back: the
// resident knows of their right by it alone.
func (l *ledger) unknown(s *shop, b payment.Bill, seen int) {
	s.unit.Calm()
	s.desk.CutLine(rightdesk.Whole, 0)
	s.rest()
	for _, n := range s.onReceipts(seen) {
		l.given(b, n)
	}
}

func (l *ledger) gone(b payment.Bill) {
	if b.Right != "" {
		n := wire.RightNumber(b.Right)
		delete(l.rights, n)
		l.dead = append(l.dead, n)
	}
}

func (l *ledger) given(b payment.Bill, n wire.RightNumber) {
	l.gone(b)
	l.rights[n], l.copies[n] = b.Amount, b.Copies
}

func (l *ledger) refund(s *shop, n wire.RightNumber) {
	got, err := s.till.Refund(string(n))
	if err != nil {
		return
	}
	if got.Slip {
		l.slips += got.Amount
	} else {
		l.refunds += got.Amount
	}
	delete(l.rights, n)
	l.dead = append(l.dead, n)
}

// holds compares what the residents have seen with the units' books.
func (l *ledger) holds(t *testing.T, shops []*shop) {
	t.Helper()
	captured, back := 0, 0
	for _, s := range shops {
		m := s.unit.Snapshot()
		captured, back = captured+m.Captured, back+m.PaidBack
		if m.Held() != 0 || !m.Balanced() {
			t.Errorf("%s: held %d, balanced %v", s.id, m.Held(), m.Balanced())
		}
	}
	owed := l.slips
	for _, yen := range l.rights {
		owed += yen
	}
	if back != l.refunds || captured != l.papers+l.refunds+owed {
		t.Errorf("charged %d, paid back %d; papers %d, refunds %d, owed %d", captured, back, l.papers, l.refunds, owed)
	}
}

// end uses every right once; none that was used is good.
func (l *ledger) end(t *testing.T, s *shop) {
	t.Helper()
	for n := range l.rights {
		if _, err := s.pay(with(n, l.copies[n]), printer.Printed); err != nil {
			t.Errorf("a right that is owed: %v", err)
		}
	}
	for _, n := range l.dead {
		if err := s.till.Authorise(t.Context(), with(n, l.copies[n])); err == nil {
			t.Error("a right was good twice")
			s.till.Conclude(printer.NotPrinted)
		}
	}
}
