package centre_test

import (
	"crypto/rand"
	"errors"
	"strconv"
	"sync"
	"testing"

	"akashi/centre"
	"akashi/centre/audit"
	"akashi/centre/channel"
	"akashi/centre/fleet"
	"akashi/centre/rights"
	"akashi/centre/wire"
	"akashi/verifier/credential"
)

func (k *kiosk) right(do wire.RightDo, payment []byte, n wire.RightNumber) (wire.Righted, error) {
	r := wire.Right{Do: do, Payment: payment, Number: n}
	if do == wire.RightIssue || do == wire.RightRedeem {
		r.Bill = &wire.Bill{Amount: 120, Municipality: city, Kind: credential.Domestic, Copies: 1}
	}
	f, err := k.ask(wire.TypeRight, r)
	if err != nil {
		return wire.Righted{}, err
	}
	return channel.Body[wire.Righted](f)
}

func payment() []byte {
	b := make([]byte, wire.PaymentIDLength)
	rand.Read(b)
	return b
}

// A right that one kiosk was given is redeemed at two others at the same
// instant: one has it. A restart of everything but the disk changes nothing.
func TestARightAtTwoKiosksAtOnce(t *testing.T) {
	h := build(t, 3)
	given := must(h.kiosk("k0").right(wire.RightIssue, payment(), ""))(t)
	kiosks := []*kiosk{h.kiosk("k1"), h.kiosk("k2")}
	errs, ids := make([]error, 2), [][]byte{payment(), payment()}
	begin := make(chan struct{})
	var both sync.WaitGroup
	for i, k := range kiosks {
		both.Go(func() {
			<-begin
			_, errs[i] = k.right(wire.RightRedeem, ids[i], given.Number)
		})
	}
	close(begin)
	both.Wait()
	won := 0
	if errs[0] != nil {
		won = 1
	}
	if errs[won] != nil || !errors.Is(errs[1-won], wire.RightUsed) {
		t.Fatalf("%v, %v", errs[0], errs[1])
	}
	e := h.await(func(e audit.Event) bool { return e.Right != nil && e.Right.Change == audit.RightRedeemed }).Right
	if e.Payment != audit.Mark(ids[won]) || e.Amount != 120 {
		t.Errorf("audit %+v", e)
	}
	h.restart()
	again := h.kiosk("k0")
	if _, err := again.right(wire.RightRedeem, ids[won], given.Number); err != nil {
		t.Errorf("the winner asks again after a restart: %v", err)
	}
	if _, err := again.right(wire.RightRedeem, ids[1-won], given.Number); !errors.Is(err, wire.RightUsed) {
		t.Errorf("the other one after a restart: %v", err)
	}
	if _, err := again.right(wire.RightRestore, ids[won], given.Number); err != nil {
		t.Error(err)
	}
	if r, err := again.right(wire.RightRefund, payment(), given.Number); err != nil || r.Bill.Amount != 120 {
		t.Errorf("its money: %+v, %v", r, err)
	}
}

// Money is settled whatever is stopped: what is owed is owed.
func TestRightsAtAStoppedCentre(t *testing.T) {
	h := build(t, 1)
	h.tell(centre.Order{Stop: true})
	k := h.kiosk("k0")
	r := must(k.right(wire.RightIssue, payment(), ""))(t)
	if _, err := k.right(wire.RightRefund, payment(), r.Number); err != nil {
		t.Error(err)
	}
}

// A right is worth money: a kiosk has one only for what its municipality takes,
// while it is in service, and not without end. One that it has it may settle.
func TestRightsThatNobodyIsOwed(t *testing.T) {
	h := build(t, 2)
	k := h.kiosk("k0")
	for name, b := range map[string]wire.Bill{
		"over the fee":      {Amount: 121, Municipality: city, Kind: credential.Domestic, Copies: 1},
		"of nobody":         {Amount: 0, Municipality: "479999", Kind: credential.Domestic, Copies: 1},
		"over two times it": {Amount: 241, Municipality: city, Kind: credential.Domestic, Copies: 2},
	} {
		_, err := k.ask(wire.TypeRight, wire.Right{Do: wire.RightIssue, Payment: payment(), Bill: &b})
		if !errors.Is(err, wire.RightMismatch) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := h.kiosk("off").right(wire.RightIssue, payment(), ""); !errors.Is(err, wire.KioskDisabled) {
		t.Errorf("at a kiosk out of service: %v", err)
	}
	held := must(k.right(wire.RightIssue, payment(), ""))(t)
	for range rights.DefaultGives - 1 {
		must(k.right(wire.RightIssue, payment(), ""))(t)
	}
	if _, err := k.right(wire.RightIssue, payment(), ""); !errors.Is(err, wire.RightsTooMany) {
		t.Errorf("one more: %v", err)
	}
	h.restart()
	k = h.kiosk("k0")
	if _, err := k.right(wire.RightIssue, payment(), ""); !errors.Is(err, wire.RightsTooMany) {
		t.Errorf("one more after a restart: %v", err)
	}
	if _, err := k.right(wire.RightRefund, payment(), held.Number); err != nil {
		t.Errorf("one that was given: %v", err)
	}
}

func TestRightsThatTheCentreRefuses(t *testing.T) {
	h := build(t, 1)
	k := h.kiosk("k0")
	home := rights.Home("n1")
	for _, c := range []struct {
		name string
		n    wire.RightNumber
		want wire.Code
	}{
		{"forged", wire.NewRightNumber(home, 1), wire.RightUnknown},
		{"of another centre", wire.NewRightNumber(home+1, 1), wire.RightElsewhere},
		{"mistyped", wire.NewRightNumber(home, 1)[1:] + "0", wire.RightMistyped},
		{"none", "", wire.Malformed},
	} {
		if _, err := k.right(wire.RightRefund, payment(), c.n); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	for i := range rights.DefaultWrong - 1 {
		k.right(wire.RightRefund, payment(), wire.NewRightNumber(home, uint64(i+2)))
	}
	_, err := k.right(wire.RightRefund, payment(), wire.NewRightNumber(home, 99))
	var refused *channel.Refused
	if !errors.As(err, &refused) || refused.Code != wire.RightsTooMany || refused.RetryAfter < 60 {
		t.Errorf("one guess too many: %v", err)
	}
}

// Two nodes whose numbers begin alike cannot be up together.
func TestTwoNodesWithOneHome(t *testing.T) {
	h := build(t, 0)
	twin := h.lc
	for i := 2; ; i++ {
		if twin.Node = fleet.ID("n" + strconv.Itoa(i)); rights.Home(twin.Node) == rights.Home("n1") {
			break
		}
	}
	twin.Audit += ".twin"
	if l, err := centre.NewLauncher(within(t), twin); !errors.Is(err, rights.ErrHome) {
		t.Errorf("%s beside n1: %v", twin.Node, err)
		if err == nil {
			l.Close()
		}
	}
}
