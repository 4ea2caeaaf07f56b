package payment_test

import (
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"akashi/centre/wire"
	"akashi/kiosk/payment"
	"akashi/kiosk/payment/unit"
	"akashi/printer"
	"akashi/testkit/payunit"
	"akashi/testkit/rightdesk"
)

func (s *shop) client() *unit.Client {
	return &unit.Client{Path: filepath.Join(s.dir, "unit.sock")}
}

// printing brings a payment to where paper may come out, and pulls the power.
func (s *shop) printing(b payment.Bill) {
	s.t.Helper()
	if err := s.till.Authorise(s.t.Context(), b); err != nil {
		s.t.Fatal(err)
	}
	if err := s.till.Printing(); err != nil {
		s.t.Fatal(err)
	}
	s.crash()
}

// What may have been printed is owed after a loss of power, though the line
// comes back later than the kiosk, and the receipt tells it.
func TestPowerLostWhilePrinting(t *testing.T) {
	for _, cut := range []rightdesk.Cut{rightdesk.Whole, rightdesk.Before, rightdesk.After} {
		s := newShop(t, rightdesk.New())
		s.printing(bill(2))
		if s.till.Pending() != 1 {
			t.Fatal("the journal forgot it")
		}
		s.desk.CutLine(cut, 5)
		s.rest()
		s.holds(2 * fee)
		n := s.onReceipts(0)
		if len(n) != 1 {
			t.Fatalf("receipts %v", n)
		}
		if owed, yen := s.desk.Owed(); owed != 1 || yen != 2*fee {
			t.Errorf("%d rights of %d yen", owed, yen)
		}
		if _, err := s.pay(with(n[0], 2), printer.Printed); err != nil {
			t.Errorf("the right on the receipt: %v", err)
		}
	}
}

// One that paid with a right has another one afterwards.
func TestPowerLostWhilePrintingForARight(t *testing.T) {
	s := newShop(t, rightdesk.New())
	c, err := s.pay(bill(1), printer.Unknown)
	if err != nil {
		t.Fatal(err)
	}
	seen := len(s.unit.Snapshot().Receipts)
	s.printing(with(c.Right, 1))
	s.rest()
	n := s.onReceipts(seen)
	if len(n) != 1 || n[0] == c.Right {
		t.Fatalf("receipts %v", n)
	}
	if _, err := s.pay(with(c.Right, 1), printer.Printed); !errors.Is(err, wire.RightUsed) {
		t.Errorf("the old one: %v", err)
	}
	if _, err := s.pay(with(n[0], 1), printer.Printed); err != nil {
		t.Errorf("the new one: %v", err)
	}
	s.holds(fee)
}

// The receipt is all that a resident has who is told nothing on a screen: it
// waits for paper.
func TestAnUntoldRightWaitsForPaper(t *testing.T) {
	s := newShop(t, rightdesk.New())
	s.unit.Play(payunit.Play{How: payunit.NoPaper, Times: 3})
	s.printing(bill(1))
	s.rest()
	if n := s.onReceipts(0); len(n) != 1 {
		t.Errorf("receipts %v", n)
	}
	s.holds(fee)
}

// A right for which nothing could be charged in the end is none.
func TestARightThatWasNotChargedIsWithdrawn(t *testing.T) {
	s := newShop(t, rightdesk.New())
	s.unit.Play(payunit.Play{How: payunit.Silent, Do: unit.Capture})
	c, err := s.pay(bill(1), printer.Unknown)
	if err != nil || c.Right == "" {
		t.Fatalf("%+v, %v", c, err)
	}
	for id := range s.unit.Snapshot().Payments { // the unit's attendant gives the coins back
		b, _ := hex.DecodeString(id)
		if err := s.client().Release(t.Context(), unit.ID(b)); err != nil {
			t.Fatal(err)
		}
	}
	s.unit.Calm()
	s.rest()
	s.holds(0)
	if _, err := s.pay(with(c.Right, 1), printer.Printed); !errors.Is(err, wire.RightVoid) {
		t.Errorf("got %v", err)
	}
}

// A paper whose money the unit has given back is the shop's loss.
func TestALossIsCountedAndNotAskedForAgain(t *testing.T) {
	s := newShop(t, rightdesk.New())
	if err := s.till.Authorise(t.Context(), bill(1)); err != nil {
		t.Fatal(err)
	}
	if err := s.till.Printing(); err != nil {
		t.Fatal(err)
	}
	for id := range s.unit.Snapshot().Payments {
		b, _ := hex.DecodeString(id)
		s.client().Release(t.Context(), unit.ID(b))
	}
	if c, err := s.till.Conclude(printer.Printed); err != nil || c != (payment.Concluded{}) || s.till.Lost() != fee || s.till.Pending() != 0 {
		t.Errorf("%+v, %v, lost %d", c, err, s.till.Lost())
	}
	s.holds(0)
}

// The power goes while a refund is paid out: it was, or the right is whole.
func TestPowerLostWhilePayingOut(t *testing.T) {
	for _, paid := range []bool{true, false} {
		s := newShop(t, rightdesk.New())
		c, err := s.pay(bill(1), printer.Unknown)
		if err != nil {
			t.Fatal(err)
		}
		id := unit.ID{9, 9}
		if _, err := s.desk.Do("k1", wire.Right{Do: wire.RightRefund, Payment: id[:], Number: c.Right}); err != nil {
			t.Fatal(err)
		}
		if paid {
			if err := s.client().PayBack(t.Context(), id, fee); err != nil {
				t.Fatal(err)
			}
		}
		b := bill(1).Bill
		entry := `{"id":` + string(wire.Encode(id[:])) + `,"stage":"paying","since":1,"bill":` + string(wire.Encode(b)) + `,"with":"` + string(c.Right) + `"}`
		if err := os.WriteFile(filepath.Join(s.dir, "journal", id.String()+".json"), []byte(entry), 0o600); err != nil {
			t.Fatal(err)
		}
		s.crash()
		s.rest()
		_, err = s.pay(with(c.Right, 1), printer.Printed)
		if paid {
			s.holds(0)
		} else {
			s.holds(fee)
		}
		if (err == nil) == paid {
			t.Errorf("paid out %v, and the right afterwards: %v", paid, err)
		}
	}
}

// Without a disk nothing is begun, and nothing printed.
func TestADiskThatIsGone(t *testing.T) {
	s := newShop(t, rightdesk.New())
	if err := s.till.Authorise(t.Context(), bill(1)); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(s.dir, "journal")
	if err := os.Rename(dir, dir+".away"); err != nil {
		t.Fatal(err)
	}
	if err := s.till.Printing(); err == nil {
		t.Error("printing is not on disk")
	}
	s.till.Conclude(printer.NotPrinted)
	if err := s.till.Authorise(t.Context(), bill(1)); !errors.Is(err, wire.PaymentFault) {
		t.Errorf("a payment that is not on disk: %v", err)
	}
	if err := os.Rename(dir+".away", dir); err != nil {
		t.Fatal(err)
	}
	s.rest()
	s.holds(0)
	if _, err := s.pay(bill(1), printer.Printed); err != nil {
		t.Error(err)
	}
}
