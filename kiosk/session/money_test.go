package session_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"akashi/centre/channel"
	"akashi/centre/wire"
	"akashi/kiosk/face"
	"akashi/kiosk/payment"
	"akashi/kiosk/screen"
	"akashi/printer"
	"akashi/testkit/simcard"
	"akashi/verifier/credential"
)

// money is a till: it counts, and holds one payment at a time.
type money struct {
	mu      sync.Mutex
	refuse  []error // of the next authorisations
	stuck   error   // of a conclusion
	right   wire.RightNumber
	bills   []payment.Bill
	holding bool
	lost    error  // what the next authorisation says though it has taken the money
	taken   func() // called when money is held
	charged int
}

func (m *money) Held() int    { m.mu.Lock(); defer m.mu.Unlock(); return map[bool]int{true: 1}[m.holding] }
func (m *money) Charged() int { m.mu.Lock(); defer m.mu.Unlock(); return m.charged }

func (m *money) Authorise(ctx context.Context, b payment.Bill) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.bills = append(m.bills, b)
	if len(m.refuse) > 0 {
		err := m.refuse[0]
		m.refuse = m.refuse[1:]
		return err
	}
	if m.holding || ctx.Err() != nil {
		return errors.Join(payment.ErrState, ctx.Err())
	}
	m.holding = true
	if m.taken != nil {
		m.taken()
	}
	return m.lost
}

func (m *money) Conclude(ctx context.Context, p payment.Papers) (payment.Concluded, error) {
	if ctx.Err() != nil {
		return payment.Concluded{}, context.Cause(ctx)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	was := m.holding
	m.holding = false
	if !was || m.stuck != nil {
		return payment.Concluded{}, m.stuck
	}
	b := m.bills[len(m.bills)-1]
	switch {
	case p == printer.NotPrinted:
		return payment.Concluded{Right: wire.RightNumber(b.Right)}, nil
	case p == printer.Unknown && m.right == "":
		return payment.Concluded{}, nil
	}
	c := payment.Concluded{Charged: b.Amount}
	if b.Right != "" {
		c.Charged = 0
	}
	if p == printer.Unknown {
		c.Right, c.Expires = m.right, 99
	}
	m.charged += c.Charged
	return c, nil
}

// refuses gives a world whose till refuses once with a code.
func refuses(t *testing.T, c wire.Code) *world {
	w := newWorldWith(t, "takasaki", simcard.Options{})
	w.unit.refuse = []error{&channel.Refused{Code: c}}
	return w
}

// Each refusal of money and of a reprint number lets the resident pay in
// another way, or leave with nothing printed and nothing charged.
func TestRefusedPaymentsCanBePaidAgain(t *testing.T) {
	for _, c := range []wire.Code{
		wire.PaymentRefused, wire.PaymentChange, wire.PaymentTimeout, wire.PaymentFault, wire.PaymentBalance, wire.RightMistyped, wire.RightUnknown,
		wire.RightUsed, wire.RightExpired, wire.RightElsewhere, wire.RightMismatch, wire.RightsTooMany, wire.RightVoid,
	} {
		w := refuses(t, c)
		w.nothing(w.run(), c)
		if w.face.saw(face.Trouble) != 1 {
			t.Errorf("%v: no trouble screen", c)
		}
		w = refuses(t, c)
		w.face.trouble = face.Again
		if e := w.run(); e.Code != wire.OK || w.unit.Charged() != 240 || len(w.printer.jobs) != 1 || w.face.saw(face.Preview) != 2 {
			t.Errorf("%v, then paid: %v, %d yen, %d jobs", c, e.Code, w.unit.Charged(), len(w.printer.jobs))
		}
	}
}

// The number that is typed at the preview pays; what it is for stands beside it.
func TestPayingWithANumber(t *testing.T) {
	w := newWorld(t, "takasaki")
	w.face.right = "0012345678901234"
	e := w.run()
	if e.Code != wire.OK || w.unit.Charged() != 0 || len(w.printer.jobs) != 1 || len(w.unit.bills) != 1 {
		t.Fatalf("%v, %d yen, %d jobs", e.Code, w.unit.Charged(), len(w.printer.jobs))
	}
	if b := w.unit.bills[0]; b.Right != w.face.right || b.Amount != 240 || b.Copies != 2 || b.Kind != credential.Domestic || b.Municipality == "" {
		t.Errorf("%+v", b)
	}
	if w.face.saw(face.Pay) != 0 {
		t.Error("money is asked for")
	}
}

// What a resident has who may have no paper is on the last screen, with the
// words for it.
func TestTheEndShowsTheRight(t *testing.T) {
	n := wire.NewRightNumber(1, 2)
	for _, c := range []struct {
		name   string
		change func(*world)
		code   wire.Code // of the session
		shown  wire.Code
		right  string
		yen    int
	}{
		{"a right", func(w *world) { w.unit.right, w.printer.out = n, printer.Unknown }, wire.PrintUnknown, wire.RightGiven, string(n), 240},
		{"no right to be had", func(w *world) { w.printer.out = printer.Unknown }, wire.PrintUnknown, wire.PrintUnknown, "", 0},
		{"a right after a jam", func(w *world) {
			w.unit.right, w.printer.out, w.printer.err = n, printer.Unknown, &printer.Error{Fault: printer.PaperJam}
		}, wire.PrintUnknown, wire.RightGiven, string(n), 240},
		{"the old right", func(w *world) { w.face.right, w.printer.out = string(n), printer.NotPrinted }, wire.PrinterFault, wire.PrinterFault, string(n), 0},
		{"money back", func(w *world) { w.printer.out = printer.NotPrinted }, wire.PrinterFault, wire.PrinterFault, "", 0},
	} {
		w := newWorld(t, "takasaki")
		c.change(w)
		e := w.run()
		end := w.face.last()
		if e.Code != c.code || end.Code != c.shown || end.Right != c.right || end.Charged != c.yen || len(end.Texts) != len(screen.Languages) || w.unit.Charged() != c.yen {
			t.Errorf("%s: %v, shown %+v, charged %d", c.name, e.Code, end, w.unit.Charged())
		}
		jam, jammed := screen.For("en", wire.PrinterJam).Why, e.Requests[0].Printer == printer.PaperJam
		for _, x := range end.Texts {
			if x.Language == "en" && strings.HasPrefix(x.Why, jam) != jammed || x.What == "" || x.Next == "" {
				t.Errorf("%s: why %q", c.name, x.Why)
			}
		}
	}
}

// Money that is being put in comes back when the resident cancels.
func TestCancelAtThePayment(t *testing.T) {
	w := newWorld(t, "takasaki")
	w.face.cancel = map[face.Screen]bool{face.Pay: true}
	w.unit.refuse = []error{context.Canceled} // as the till says when it is told to stop
	if e := w.run(); len(w.printer.jobs) != 0 || w.unit.Charged() != 0 || !slices.Contains([]wire.Code{wire.Cancelled, wire.PaymentRefused}, e.Code) {
		t.Errorf("%v, %d jobs, %d yen", e.Code, len(w.printer.jobs), w.unit.Charged())
	}
}
