package payment_test

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"akashi/centre/wire"
	"akashi/kiosk/payment"
	"akashi/kiosk/payment/unit"
	"akashi/testkit/payunit"
	"akashi/testkit/rightdesk"
	"akashi/verifier/credential"
)

// hang bounds what must not hang; nothing is timed.
const hang = time.Minute

const fee = 120

func bill(copies int) payment.Bill {
	return payment.Bill{Bill: wire.Bill{Amount: fee * copies, Municipality: "990019", Kind: credential.Domestic, Copies: copies}}
}

func with(n wire.RightNumber, copies int) payment.Bill {
	b := bill(copies)
	b.Right = string(n)
	return b
}

// shop is one kiosk's till, its unit behind a socket, and a centre's book.
type shop struct {
	t    testing.TB
	dir  string
	unit *payunit.Unit
	desk *rightdesk.Desk
	till *payment.Till
	id   string
}

func newShop(t testing.TB, desk *rightdesk.Desk) *shop {
	t.Helper()
	dir, err := os.MkdirTemp("", "pay") // short, as socket paths must be
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	u, err := payunit.New(filepath.Join(dir, "memory"), func() {})
	if err != nil {
		t.Fatal(err)
	}
	s := &shop{t: t, dir: dir, unit: u, desk: desk, id: "k1"}
	end, err := u.Serve(context.Background(), filepath.Join(dir, "unit.sock"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(end)
	s.open()
	return s
}

// open opens the till on what its journal says; Run does not run yet.
func (s *shop) open() {
	s.t.Helper()
	till, err := payment.Open(payment.Config{
		Unit: &unit.Client{Path: filepath.Join(s.dir, "unit.sock"), Answer: 40 * time.Millisecond}, Journal: filepath.Join(s.dir, "journal"),
		Kiosk: s.id, Ask: s.desk.Asker(s.id), Now: time.Now, Rand: rand.Reader, Retry: 2 * time.Millisecond,
		Conclude: 400 * time.Millisecond, Undo: 200 * time.Millisecond,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.till = till
}

// crash forgets all but the disk, and starts again.
func (s *shop) crash() { s.open() }

// rest lets the till settle what it can.
func (s *shop) rest() {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	over := make(chan struct{})
	go func() { s.till.Run(ctx); close(over) }()
	for begun := time.Now(); s.till.Pending() > 0; time.Sleep(time.Millisecond) {
		if time.Since(begun) > hang {
			s.t.Fatalf("%d payments are never settled: %+v", s.till.Pending(), s.unit.Snapshot())
		}
	}
	cancel()
	<-over
}

// pay takes one payment through.
func (s *shop) pay(b payment.Bill, p payment.Papers) (payment.Concluded, error) {
	s.t.Helper()
	if err := s.till.Authorise(s.t.Context(), b); err != nil {
		return payment.Concluded{}, err
	}
	if err := s.till.Printing(); err != nil {
		s.t.Fatal(err)
	}
	return s.till.Conclude(p)
}

var number = regexp.MustCompile(`\d{4} \d{4} \d{4} \d{4}`)

// onReceipts gives the rights that receipts from the n-th on bear.
func (s *shop) onReceipts(n int) (all []wire.RightNumber) {
	for _, r := range s.unit.Snapshot().Receipts[n:] {
		found := number.FindString(strings.Join(r, "\n"))
		if found != "" {
			all = append(all, wire.RightNumber(strings.ReplaceAll(found, " ", "")))
		}
	}
	return all
}

// holds checks the unit's own books.
func (s *shop) holds(charged int) {
	s.t.Helper()
	m := s.unit.Snapshot()
	if m.Charged() != charged || m.Held() != 0 || !m.Balanced() {
		s.t.Errorf("the unit has taken %d, want %d; holds %d; balanced %v", m.Charged(), charged, m.Held(), m.Balanced())
	}
}
