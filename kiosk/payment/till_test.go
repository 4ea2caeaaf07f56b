package payment_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"akashi/centre/wire"
	"akashi/kiosk/payment"
	"akashi/kiosk/payment/unit"
	"akashi/printer"
	"akashi/testkit/payunit"
	"akashi/testkit/rightdesk"
)

// Whatever the unit does with its answers, what was printed is charged once,
// what was not is not, and what nobody knows is charged with a right.
func TestAnswersOfTheUnit(t *testing.T) {
	for _, papers := range []payment.Papers{printer.Printed, printer.NotPrinted, printer.Unknown} {
		for _, p := range []payunit.Play{
			{}, {How: payunit.Lost}, {How: payunit.Silent}, {How: payunit.Twice}, {How: payunit.Late, Millis: 60}, {How: payunit.Garbled}, {How: payunit.DieBefore}, {How: payunit.DieAfter},
		} {
			for _, do := range []unit.Do{unit.Capture, unit.Release, unit.Receipt} {
				for _, times := range []int{1, 3} {
					if times > 1 && p.How != payunit.Silent && p.How != payunit.Lost {
						continue
					}
					t.Run(fmt.Sprint(papers, " ", p.How, " ", do, " ", times), func(t *testing.T) {
						t.Parallel()
						s := newShop(t, rightdesk.New())
						p := p // the other subtests have plays of their own
						p.Do, p.Times = do, times
						if p.How != "" {
							s.unit.Play(p)
						}
						c, err := s.pay(bill(2), papers)
						if err != nil {
							t.Fatal(err)
						}
						s.rest()
						ends(t, s, papers, c)
					})
				}
			}
		}
	}
}

func ends(t *testing.T, s *shop, papers payment.Papers, c payment.Concluded) {
	t.Helper()
	rights, yen := s.desk.Owed()
	switch papers {
	case printer.Printed:
		s.holds(2 * fee)
		if c.Charged != 2*fee || c.Right != "" || rights != 0 || s.till.Charged() != 2*fee {
			t.Errorf("%+v, %d rights, charged %d", c, rights, s.till.Charged())
		}
	case printer.NotPrinted:
		s.holds(0)
		if c.Charged != 0 || c.Right != "" || rights != 0 || s.till.Charged() != 0 {
			t.Errorf("%+v, %d rights, charged %d", c, rights, s.till.Charged())
		}
	case printer.Unknown:
		s.holds(2 * fee)
		if c.Charged != 2*fee || c.Right == "" || rights != 1 || yen != 2*fee {
			t.Errorf("%+v, %d rights of %d yen", c, rights, yen)
		}
	}
}

// Each way in which no money is taken has its own code, and leaves nothing.
func TestMoneyThatIsNotTaken(t *testing.T) {
	for _, c := range []struct {
		name string
		play payunit.Play
		hand func(*payunit.Unit)
		want wire.Code
	}{
		{"refused", payunit.Play{How: payunit.Refuse}, nil, wire.PaymentRefused},
		{"no change", payunit.Play{How: payunit.NoChange}, nil, wire.PaymentChange},
		{"jam", payunit.Play{How: payunit.Jam}, nil, wire.PaymentFault},
		{"silence", payunit.Play{How: payunit.Silent, Do: unit.Authorise, Times: 1}, nil, wire.PaymentFault},
		{"nobody pays", payunit.Play{}, func(u *payunit.Unit) { u.Auto(false) }, wire.PaymentTimeout},
		{"too little on the card", payunit.Play{}, func(u *payunit.Unit) { u.Auto(false); touchSoon(t, u, 100) }, wire.PaymentBalance},
		{"a hopper without change", payunit.Play{}, func(u *payunit.Unit) { u.Auto(false); u.Fill(nil); insertSoon(t, u, 500) }, wire.PaymentChange},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newShop(t, rightdesk.New())
			if c.play.How != "" {
				s.unit.Play(c.play)
			}
			if c.hand != nil {
				c.hand(s.unit)
			}
			ctx, stop := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer stop()
			if err := s.till.Authorise(ctx, bill(1)); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if err := s.till.Printing(); !errors.Is(err, payment.ErrState) {
				t.Errorf("printing without money: %v", err)
			}
			s.rest()
			s.holds(0)
			s.unit.Calm()
			s.unit.Auto(true)
			s.unit.Fill(map[int]int{10: 9, 100: 9})
			if _, err := s.pay(bill(1), printer.Printed); err != nil {
				t.Errorf("the next resident: %v", err)
			}
		})
	}
}

// until tries a hand's move until the unit takes it.
func until(t testing.TB, f func() bool) {
	go func() {
		for begun := time.Now(); !f() && time.Since(begun) < hang; time.Sleep(time.Millisecond) {
		}
	}()
}

func touchSoon(t testing.TB, u *payunit.Unit, balance int) {
	until(t, func() bool { return u.Touch("card", balance) })
}

func insertSoon(t testing.TB, u *payunit.Unit, coins ...int) {
	until(t, func() bool {
		for len(coins) > 0 && u.Insert(coins[0]) {
			coins = coins[1:]
		}
		return len(coins) == 0
	})
}

func TestCoinsChangeAndCards(t *testing.T) {
	s := newShop(t, rightdesk.New())
	s.unit.Auto(false)
	insertSoon(t, s.unit, 100, 50, 100)
	if c, err := s.pay(bill(2), printer.Printed); err != nil || c.Charged != 240 {
		t.Fatalf("%+v, %v", c, err)
	}
	if got := s.unit.Empty(); len(got) != 1 || got[0] != 10 {
		t.Errorf("change %v", got)
	}
	insertSoon(t, s.unit, 500)
	if _, err := s.pay(bill(1), printer.NotPrinted); err != nil {
		t.Fatal(err)
	}
	if got := s.unit.Empty(); len(got) != 1 || got[0] != 500 {
		t.Errorf("given back %v", got)
	}
	touchSoon(t, s.unit, 500)
	if _, err := s.pay(bill(3), printer.Printed); err != nil {
		t.Fatal(err)
	}
	if m := s.unit.Snapshot(); m.Cards["card"] != 140 {
		t.Errorf("balance %v", m.Cards)
	}
	s.holds(600)
	if s.unit.Insert(100) {
		t.Error("a coin was taken that nobody asked for")
	}
}

func TestAFeeOfNothingTouchesNoUnit(t *testing.T) {
	s := newShop(t, rightdesk.New())
	s.unit.Play(payunit.Play{How: payunit.DieBefore})
	free := bill(1)
	free.Amount = 0
	for _, p := range []payment.Papers{printer.Printed, printer.NotPrinted, printer.Unknown} {
		if c, err := s.pay(free, p); err != nil || c != (payment.Concluded{}) {
			t.Errorf("%v: %+v, %v", p, c, err)
		}
	}
	if s.till.Pending() != 0 || len(s.unit.Snapshot().Payments) != 0 {
		t.Error("something is left")
	}
}

func TestCancelWhilePaying(t *testing.T) {
	s := newShop(t, rightdesk.New())
	s.unit.Auto(false)
	paid := make(chan error)
	go func() { paid <- s.till.Authorise(t.Context(), bill(1)) }()
	for !s.unit.Insert(100) {
		time.Sleep(time.Millisecond)
	}
	if _, err := s.till.Conclude(printer.NotPrinted); err != nil {
		t.Error(err)
	}
	if err := <-paid; !errors.Is(err, wire.Cancelled) {
		t.Errorf("got %v", err)
	}
	s.rest()
	s.holds(0)
	if got := s.unit.Empty(); len(got) != 1 || got[0] != 100 {
		t.Errorf("given back %v", got)
	}
}

func TestCallsOutOfTurn(t *testing.T) {
	s := newShop(t, rightdesk.New())
	if err := s.till.Printing(); !errors.Is(err, payment.ErrState) {
		t.Errorf("printing before anything: %v", err)
	}
	if c, err := s.till.Conclude(printer.Printed); err != nil || c != (payment.Concluded{}) {
		t.Errorf("concluding nothing: %+v, %v", c, err)
	}
	if err := s.till.Authorise(t.Context(), bill(1)); err != nil {
		t.Fatal(err)
	}
	if err := s.till.Authorise(t.Context(), bill(1)); err == nil {
		t.Error("authorised twice")
	}
	if c, err := s.till.Conclude(printer.Printed); !errors.Is(err, payment.ErrState) || c.Charged != 0 {
		t.Errorf("printed before printing: %+v, %v", c, err)
	}
	s.holds(0)
	for _, bad := range []payment.Bill{{}, bill(11), with("123", 1), with("1234567890123456", 1)} {
		if err := s.till.Authorise(t.Context(), bad); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
}

// One right at two kiosks at the same instant: one prints.
func TestARightAtTwoKiosksAtOnce(t *testing.T) {
	desk := rightdesk.New()
	given := newShop(t, desk)
	shops := []*shop{newShop(t, desk), newShop(t, desk)}
	shops[1].id = "k2"
	shops[1].open()
	for range 10 {
		c, err := given.pay(bill(1), printer.Unknown)
		if err != nil || c.Right == "" {
			t.Fatalf("%+v, %v", c, err)
		}
		errs := make([]error, 2)
		var both sync.WaitGroup
		for i, s := range shops {
			both.Go(func() { _, errs[i] = s.pay(with(c.Right, 1), printer.Printed) })
		}
		both.Wait()
		if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs...), wire.RightUsed) {
			t.Fatalf("%v, %v", errs[0], errs[1])
		}
	}
	for _, s := range shops {
		s.holds(0)
	}
	given.holds(10 * fee)
}

func TestPayingWithARight(t *testing.T) {
	s := newShop(t, rightdesk.New())
	first, err := s.pay(bill(2), printer.Unknown)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.till.Authorise(t.Context(), with(first.Right, 1)); !errors.Is(err, wire.RightMismatch) {
		t.Errorf("for fewer copies: %v", err)
	}
	if c, err := s.pay(with(first.Right, 2), printer.NotPrinted); err != nil || c.Right != first.Right {
		t.Errorf("nothing was printed: %+v, %v", c, err)
	}
	second, err := s.pay(with(first.Right, 2), printer.Unknown)
	if err != nil || second.Right == "" || second.Right == first.Right || second.Charged != 0 {
		t.Errorf("maybe printed again: %+v, %v", second, err)
	}
	if _, err := s.pay(with(first.Right, 2), printer.Printed); !errors.Is(err, wire.RightUsed) {
		t.Errorf("the old one: %v", err)
	}
	if c, err := s.pay(with(second.Right, 2), printer.Printed); err != nil || c.Charged != 0 || c.Right != "" {
		t.Errorf("%+v, %v", c, err)
	}
	s.holds(2 * fee)
	if n, _ := s.desk.Owed(); n != 0 {
		t.Errorf("%d rights are left", n)
	}
}

// Without the centre nothing is charged for what nobody knows.
func TestNoRightNoCharge(t *testing.T) {
	for _, cut := range []rightdesk.Cut{rightdesk.Before, rightdesk.After} {
		s := newShop(t, rightdesk.New())
		s.desk.CutLine(cut, 0)
		if c, err := s.pay(bill(1), printer.Unknown); err != nil || c != (payment.Concluded{}) {
			t.Errorf("%+v, %v", c, err)
		}
		s.rest()
		s.holds(0)
	}
}

// A redemption whose answer is lost is taken back, or the right would be gone.
func TestARedemptionThatWasNotHeard(t *testing.T) {
	for _, cut := range []rightdesk.Cut{rightdesk.Before, rightdesk.After} {
		s := newShop(t, rightdesk.New())
		c, err := s.pay(bill(1), printer.Unknown)
		if err != nil {
			t.Fatal(err)
		}
		s.desk.CutLine(cut, 0)
		if _, err := s.pay(with(c.Right, 1), printer.Printed); !errors.Is(err, wire.LineDown) {
			t.Errorf("got %v", err)
		}
		s.desk.CutLine(rightdesk.Whole, 0)
		s.rest()
		if _, err := s.pay(with(c.Right, 1), printer.Printed); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	}
}

func TestRefunds(t *testing.T) {
	for _, c := range []struct {
		name  string
		play  payunit.Play
		cut   rightdesk.Cut
		times int
		want  payment.Refunded
		err   wire.Code
		back  int
	}{
		{"paid out", payunit.Play{}, 0, 0, payment.Refunded{Amount: 2 * fee}, 0, 2 * fee},
		{"the answer was lost", payunit.Play{How: payunit.Lost, Do: unit.PayBack, Times: 2}, 0, 0, payment.Refunded{Amount: 2 * fee}, 0, 2 * fee},
		{"the line was cut", payunit.Play{}, rightdesk.After, 2, payment.Refunded{Amount: 2 * fee}, 0, 2 * fee},
		{"too few coins", payunit.Play{How: payunit.CannotPay}, 0, 0, payment.Refunded{Amount: 2 * fee, Slip: true}, 0, 0},
		{"silence", payunit.Play{How: payunit.Silent, Do: unit.PayBack}, 0, 0, payment.Refunded{}, wire.PaymentFault, 0},
		{"no line", payunit.Play{}, rightdesk.Before, 0, payment.Refunded{}, wire.LineDown, 0},
		{"done, and no line", payunit.Play{}, rightdesk.After, 0, payment.Refunded{}, wire.LineDown, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newShop(t, rightdesk.New())
			given, err := s.pay(bill(2), printer.Unknown)
			if err != nil {
				t.Fatal(err)
			}
			if c.play.How != "" {
				s.unit.Play(c.play)
			}
			s.desk.CutLine(c.cut, c.times)
			got, err := s.till.Refund(string(given.Right))
			if got != c.want || c.err == 0 && err != nil || c.err != 0 && !errors.Is(err, c.err) {
				t.Errorf("%+v, %v; want %+v, %v", got, err, c.want, c.err)
			}
			s.unit.Calm()
			s.desk.CutLine(rightdesk.Whole, 0)
			s.rest()
			s.holds(2*fee - c.back)
			_, err = s.pay(with(given.Right, 2), printer.Printed)
			if whole := c.err != 0; whole != (err == nil) || !whole && !errors.Is(err, wire.RightUsed) {
				t.Errorf("the right afterwards: %v", err)
			}
		})
	}
	s := newShop(t, rightdesk.New())
	if _, err := s.till.Refund("1234567890123456"); !errors.Is(err, wire.RightMistyped) {
		t.Errorf("mistyped: %v", err)
	}
	if _, err := s.till.Refund(string(wire.NewRightNumber(1, 1))); !errors.Is(err, wire.RightUnknown) {
		t.Errorf("forged: %v", err)
	}
}

// Two slips or none: a slip that was not printed leaves the right whole.
func TestARefundSlipWithoutPaper(t *testing.T) {
	s := newShop(t, rightdesk.New())
	given, err := s.pay(bill(1), printer.Unknown)
	if err != nil {
		t.Fatal(err)
	}
	s.unit.Play(payunit.Play{How: payunit.CannotPay})
	s.unit.Play(payunit.Play{How: payunit.NoPaper})
	if got, err := s.till.Refund(string(given.Right)); !errors.Is(err, wire.PaymentFault) {
		t.Errorf("%+v, %v", got, err)
	}
	s.rest()
	if _, err := s.pay(with(given.Right, 1), printer.Printed); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestReceipts(t *testing.T) {
	s := newShop(t, rightdesk.New())
	c, err := s.pay(bill(2), printer.Unknown)
	if err != nil {
		t.Fatal(err)
	}
	s.unit.Play(payunit.Play{How: payunit.CannotPay})
	if _, err := s.till.Refund(string(c.Right)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.pay(bill(1), printer.Printed); err != nil {
		t.Fatal(err)
	}
	r := s.unit.Snapshot().Receipts
	if len(r) != 3 {
		t.Fatalf("%d receipts", len(r))
	}
	for i, want := range [][]string{
		{"再印刷", "reprint number", "240", c.Right.Groups(), "990019", "k1", "有効期限", "Valid until"},
		{"返金票", "Refund slip", "240", c.Right.Groups(), "窓口"},
		{"領収書", "Receipt", "120", "部数 1", "Copies 1"},
	} {
		text := strings.Join(r[i], "\n")
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("receipt %d lacks %q:\n%s", i, w, text)
			}
		}
	}
	if number.MatchString(strings.Join(r[2], "\n")) {
		t.Error("a receipt without a right bears a number")
	}
}

func TestHealthIsWatched(t *testing.T) {
	s := newShop(t, rightdesk.New())
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan struct{})
	go func() { s.till.Run(ctx); close(over) }()
	defer func() { cancel(); <-over }()
	await := func(c wire.Code) {
		t.Helper()
		for begun := time.Now(); s.till.Fault() != c; time.Sleep(time.Millisecond) {
			if time.Since(begun) > hang {
				t.Fatalf("fault %v, want %v", s.till.Fault(), c)
			}
		}
	}
	s.unit.Play(payunit.Play{How: payunit.Jam})
	await(wire.PaymentFault)
	s.unit.Calm()
	await(wire.OK)
}

// What the unit has charged counts once, however often the disk fails between
// its yes and the next stage.
func TestChargedIsCountedOnce(t *testing.T) {
	s := newShop(t, rightdesk.New())
	s.unit.Play(payunit.Play{How: payunit.Silent, Do: unit.Capture, Times: 1000})
	if _, err := s.pay(bill(1), printer.Printed); err != nil {
		t.Fatal(err)
	}
	journal := filepath.Join(s.dir, "journal")
	if err := os.Rename(journal, journal+".away"); err != nil {
		t.Fatal(err)
	}
	s.unit.Calm()
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan struct{})
	go func() { s.till.Run(ctx); close(over) }()
	for begun := time.Now(); s.unit.Snapshot().Charged() != fee; time.Sleep(time.Millisecond) {
		if time.Since(begun) > hang {
			t.Fatal("the unit is never asked again")
		}
	}
	cancel()
	<-over
	if err := os.Rename(journal+".away", journal); err != nil {
		t.Fatal(err)
	}
	s.rest()
	s.holds(fee)
	if s.till.Charged() != fee {
		t.Errorf("one paper of %d yen counts as %d", fee, s.till.Charged())
	}
}

// A payment has one print: the second is refused, and changes nothing.
func TestPrintingOnce(t *testing.T) {
	s := newShop(t, rightdesk.New())
	if err := s.till.Authorise(t.Context(), bill(1)); err != nil {
		t.Fatal(err)
	}
	if err := s.till.Printing(); err != nil {
		t.Fatal(err)
	}
	if err := s.till.Printing(); !errors.Is(err, payment.ErrState) {
		t.Errorf("a second print for one payment: %v", err)
	}
	if _, err := s.till.Conclude(printer.Printed); err != nil {
		t.Error(err)
	}
	if err := s.till.Printing(); !errors.Is(err, payment.ErrState) {
		t.Errorf("a print after the payment's end: %v", err)
	}
	s.holds(fee)
}
