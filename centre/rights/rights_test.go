package rights_test

import (
	"crypto/rand"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"akashi/centre/audit"
	"akashi/centre/fleet"
	"akashi/centre/rights"
	"akashi/centre/wire"
	"akashi/centre/wire/release"
	"akashi/verifier/credential"
)

var bill = wire.Bill{Amount: 240, Municipality: "990019", Kind: credential.Domestic, Copies: 2}

// desk is a book whose audit is in memory.
type desk struct {
	*rights.Book
	t      testing.TB
	now    time.Time
	mu     sync.Mutex
	events []audit.Event
	down   bool
}

func newDesk(t testing.TB, change ...func(*rights.Config)) *desk {
	d := &desk{t: t, now: time.Date(2026, 11, 23, 10, 0, 0, 0, release.Japan)}
	c := rights.Config{Node: "n1", Now: func() time.Time { return d.now }, Rand: rand.Reader, Record: d.record, Stretch: 2}
	for _, f := range change {
		f(&c)
	}
	d.Book = rights.New(c)
	return d
}

func (d *desk) record(e audit.Event) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.down {
		return wire.AuditDown
	}
	d.events = append(d.events, e)
	return nil
}

// restart gives a book that knows what the audit knows.
func (d *desk) restart() *desk {
	again := newDesk(d.t)
	again.now, again.events = d.now, d.events
	for _, e := range d.events {
		again.Learn(audit.Record{Event: e})
	}
	return again
}

func id(n byte) []byte { return append(make([]byte, 15), n) }

func (d *desk) issue(p byte) wire.RightNumber {
	d.t.Helper()
	r, err := d.Do("k1", wire.Right{Do: wire.RightIssue, Payment: id(p), Bill: &bill})
	if err != nil || r.Bill != bill {
		d.t.Fatalf("%+v, %v", r, err)
	}
	return r.Number
}

func (d *desk) redeem(kiosk fleet.ID, n wire.RightNumber, p byte) error {
	_, err := d.Do(kiosk, wire.Right{Do: wire.RightRedeem, Payment: id(p), Number: n, Bill: &bill})
	return err
}

func (d *desk) do(what wire.RightDo, n wire.RightNumber, p byte) error {
	_, err := d.Do("k2", wire.Right{Do: what, Payment: id(p), Number: n})
	return err
}

func (d *desk) want(what string, err error, want wire.Code) {
	d.t.Helper()
	if want == wire.OK && err != nil || want != wire.OK && !errors.Is(err, want) {
		d.t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// One right at many kiosks at the same instant: exactly one has it.
func TestARightIsRedeemedOnce(t *testing.T) {
	d := newDesk(t)
	for range 20 {
		n := d.issue(byte(len(d.events) + 100))
		var won, used int
		var mu sync.Mutex
		var all sync.WaitGroup
		begin := make(chan struct{})
		for i := range 16 {
			all.Go(func() {
				<-begin
				err := error(nil)
				if i%4 == 0 {
					err = d.do(wire.RightRefund, n, byte(i))
				} else {
					err = d.redeem(fleet.ID(rune('a'+i)), n, byte(i))
				}
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won++
				} else if errors.Is(err, wire.RightUsed) {
					used++
				}
			})
		}
		close(begin)
		all.Wait()
		if won != 1 || used != 15 {
			t.Fatalf("%d won, %d were told that it is used", won, used)
		}
	}
}

func TestWhatCanBecomeOfARight(t *testing.T) {
	d := newDesk(t)
	n := d.issue(1)
	d.want("redeem", d.redeem("k2", n, 2), wire.OK)
	d.want("the answer was not heard", d.redeem("k2", n, 2), wire.OK)
	d.want("another payment", d.redeem("k3", n, 3), wire.RightUsed)
	d.want("its money too", d.do(wire.RightRefund, n, 2), wire.RightUsed)
	d.want("another's restoring", d.do(wire.RightRestore, n, 9), wire.OK)
	d.want("which changes nothing", d.redeem("k3", n, 3), wire.RightUsed)
	d.want("nothing was printed", d.do(wire.RightRestore, n, 2), wire.OK)
	d.want("said twice", d.do(wire.RightRestore, n, 2), wire.OK)
	d.want("a redemption that was overtaken", d.redeem("k2", n, 2), wire.RightUsed)
	d.want("one that never came", d.redeem("k9", n, 9), wire.RightUsed)
	d.want("somebody else, at last", d.do(wire.RightRefund, n, 4), wire.OK)
	d.want("again", d.do(wire.RightRefund, n, 4), wire.OK)
	d.want("for paper", d.redeem("k1", n, 5), wire.RightUsed)
	d.want("not paid out", d.do(wire.RightRestore, n, 4), wire.OK)
	d.want("paid out after all", d.do(wire.RightRefund, n, 4), wire.RightUsed)
	d.want("for paper now", d.redeem("k1", n, 5), wire.OK)
	d.want("withdrawn after use", d.do(wire.RightWithdraw, n, 1), wire.RightUsed)

	n = d.issue(11)
	d.want("another payment withdraws it", d.do(wire.RightWithdraw, n, 12), wire.RightUnknown)
	d.want("withdraw", d.do(wire.RightWithdraw, n, 11), wire.OK)
	d.want("again", d.do(wire.RightWithdraw, n, 11), wire.OK)
	d.want("redeem what was withdrawn", d.redeem("k1", n, 13), wire.RightVoid)
	if n, yen := d.Owed(); n != 0 || yen != 0 {
		t.Errorf("%d rights of %d yen are owed", n, yen)
	}
}

func TestRightsThatAreRefused(t *testing.T) {
	d := newDesk(t)
	n := d.issue(1)
	forged := wire.NewRightNumber(n.Home(), 5)
	d.want("forged", d.redeem("k2", forged, 2), wire.RightUnknown)
	other := bill
	for name, f := range map[string]func(){
		"municipality": func() { other.Municipality = "990027" }, "kind": func() { other.Kind = credential.Overseas }, "copies": func() { other.Copies = 1 },
	} {
		other = bill
		f()
		_, err := d.Do("k3", wire.Right{Do: wire.RightRedeem, Payment: id(2), Number: n, Bill: &other})
		d.want("another "+name, err, wire.RightMismatch)
	}
	other = bill
	other.Amount = 500 // the fee has gone up since
	d.now = d.now.Add(rights.DefaultLife)
	_, err := d.Do("k3", wire.Right{Do: wire.RightRedeem, Payment: id(2), Number: n, Bill: &other})
	d.want("on its last day", err, wire.OK)
	n = d.issue(3)
	d.now = d.now.Add(rights.DefaultLife + 24*time.Hour)
	d.want("the day after", d.redeem("k3", n, 4), wire.RightExpired)
	d.want("its money", d.do(wire.RightRefund, n, 4), wire.RightExpired)
	_, err = d.Do("k3", wire.Right{Do: "burn", Payment: id(2), Number: n})
	d.want("something else", err, wire.Malformed)
}

// A redeemed right whose print fails again gives a new one, to the payment that
// redeemed it and to no other.
func TestANewRightForAnOldOne(t *testing.T) {
	d := newDesk(t)
	n := d.issue(1)
	again := func(p byte) (wire.Righted, error) {
		more := bill
		more.Amount = 9_000 // what a kiosk says is not believed
		return d.Do("k2", wire.Right{Do: wire.RightIssue, Payment: id(p), Number: n, Bill: &more})
	}
	_, err := again(2)
	d.want("for one that is whole", err, wire.RightUsed)
	d.want("redeem", d.redeem("k2", n, 2), wire.OK)
	_, err = again(3)
	d.want("for another payment", err, wire.RightUsed)
	r, err := again(2)
	d.want("for this one", err, wire.OK)
	if r.Bill != bill || r.Number == n {
		t.Errorf("%+v", r)
	}
	second, err := again(2) // the answer was not heard
	d.want("asked again", err, wire.OK)
	d.want("the unheard one", d.redeem("k4", r.Number, 5), wire.RightVoid)
	d.want("the old one", d.redeem("k4", n, 5), wire.RightUsed)
	d.want("the new one", d.redeem("k4", second.Number, 5), wire.OK)
	_, err = again(2)
	d.want("after it was used", err, wire.RightUsed)
	if owed, yen := d.Owed(); owed != 0 || yen != 0 {
		t.Errorf("%d rights of %d yen are owed", owed, yen)
	}
}

func TestARestartForgetsNothing(t *testing.T) {
	d := newDesk(t)
	whole, used, back, money, void := d.issue(1), d.issue(2), d.issue(3), d.issue(4), d.issue(5)
	d.want("redeem", d.redeem("k1", used, 12), wire.OK)
	d.want("redeem", d.redeem("k1", back, 13), wire.OK)
	d.want("restore", d.do(wire.RightRestore, back, 13), wire.OK)
	d.want("refund", d.do(wire.RightRefund, money, 14), wire.OK)
	d.want("withdraw", d.do(wire.RightWithdraw, void, 5), wire.OK)
	d = d.restart()
	if n, yen := d.Owed(); n != 2 || yen != 480 {
		t.Errorf("%d rights of %d yen are owed", n, yen)
	}
	d.want("its own redemption", d.redeem("k1", used, 12), wire.OK)
	d.want("used", d.redeem("k1", used, 20), wire.RightUsed)
	d.want("the closed payment", d.redeem("k1", back, 13), wire.RightUsed)
	d.want("restored", d.redeem("k1", back, 21), wire.OK)
	d.want("refunded", d.redeem("k1", money, 22), wire.RightUsed)
	d.want("withdrawn", d.redeem("k1", void, 23), wire.RightVoid)
	d.want("whole", d.redeem("k1", whole, 24), wire.OK)
}

// What is not on disk has not happened.
func TestAnAuditThatIsDownChangesNothing(t *testing.T) {
	d := newDesk(t)
	n := d.issue(1)
	d.down = true
	d.want("redeem", d.redeem("k1", n, 2), wire.AuditDown)
	_, err := d.Do("k1", wire.Right{Do: wire.RightIssue, Payment: id(3), Bill: &bill})
	d.want("issue", err, wire.AuditDown)
	d.down = false
	d.want("redeem by another", d.redeem("k2", n, 4), wire.OK)
}

func TestGuessingIsBounded(t *testing.T) {
	d := newDesk(t)
	n := d.issue(1)
	for i := range rights.DefaultWrong {
		d.want("guess", d.redeem("k1", wire.NewRightNumber(n.Home(), uint64(i)), 2), wire.RightUnknown)
	}
	d.want("one more, and right", d.redeem("k1", n, 2), wire.RightsTooMany)
	d.want("another kiosk", d.do(wire.RightRefund, wire.NewRightNumber(n.Home(), 9), 3), wire.RightUnknown)
	d.now = d.now.Add(rights.DefaultWrongIn)
	for range 2 * rights.DefaultWrong { // a right number costs no try
		d.want("later", d.redeem("k1", n, 2), wire.OK)
	}
}

func TestTheBookIsBounded(t *testing.T) {
	d := newDesk(t, func(c *rights.Config) { c.Max = 2 })
	d.issue(1)
	d.issue(2)
	_, err := d.Do("k1", wire.Right{Do: wire.RightIssue, Payment: id(3), Bill: &bill})
	d.want("a third", err, wire.Busy)
	d.now = d.now.Add(rights.DefaultLife + rights.DefaultKeep + 48*time.Hour)
	d.issue(3)
}

// Whoever reads the audit cannot use a right.
func TestTheAuditDoesNotTellTheNumber(t *testing.T) {
	d := newDesk(t)
	n := d.issue(1)
	d.want("redeem", d.redeem("k1", n, 2), wire.OK)
	for _, e := range d.events {
		if s := string(wire.Encode(e)); strings.Contains(s, string(n)) || strings.Contains(s, strings.Trim(string(wire.Encode([]uint8(n))), `"`)) || strings.Contains(s, string(n[2:14])) {
			t.Errorf("the number stands in %s", s)
		}
	}
	if len(d.events) != 2 || d.events[0].Right.Key == (audit.Mark{}) {
		t.Errorf("%d events", len(d.events))
	}
}

func BenchmarkRedeem(b *testing.B) {
	d := newDesk(b, func(c *rights.Config) { c.Stretch = 0 })
	n := d.issue(1)
	for b.Loop() {
		if err := d.redeem("k1", n, 2); err != nil {
			b.Fatal(err)
		}
	}
}
