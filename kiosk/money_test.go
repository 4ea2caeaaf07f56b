package kiosk_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"akashi/centre/wire"
	"akashi/kiosk"
	"akashi/kiosk/face"
	"akashi/kiosk/payment"
	"akashi/kiosk/payment/unit"
	"akashi/testkit/payunit"
	"akashi/testkit/programs"
	"akashi/testkit/robot"
	"akashi/verifier/credential"
)

// unitProgram has the payment unit beside the kiosk.
var unitProgram = sync.OnceValues(func() (string, error) {
	path, err := program()
	if err != nil {
		return "", err
	}
	dir := filepath.Dir(path)
	return filepath.Join(dir, "payunit"), programs.Into(context.Background(), dir, "testkit/cmd/payunit")
})

// cutPaper is the part of a paper that a print process leaves that was killed.
var cutPaper = "." + strings.Repeat("0a", 16) + ".part"

// bank is a town whose payment unit is a process.
type bank struct {
	*town
	t    *testing.T
	unit *payunit.Process
}

func newBank(t *testing.T) *bank {
	t.Helper()
	path, err := unitProgram()
	if err != nil {
		t.Fatal(err)
	}
	b := &bank{t: t}
	b.town = newTown(t, func(c *kiosk.Config) { c.Payment.Socket, c.Seconds.Beat = "u.sock", 1 })
	b.power(path)
	t.Cleanup(func() { b.unit.Kill() })
	return b
}

// power starts the unit on what its memory says.
func (b *bank) power(path string) {
	b.t.Helper()
	var err error
	if b.unit, err = payunit.Start(b.t.Context(), path, filepath.Join(b.dir, "u")); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bank) press(p payunit.Panel) payunit.Memory {
	b.t.Helper()
	seen, err := b.unit.Press(p)
	if err != nil {
		b.t.Fatal(err)
	}
	return seen.Memory
}

func (b *bank) play(do unit.Do, how payunit.How) {
	b.press(payunit.Panel{Do: "play", Play: &payunit.Play{Do: do, How: how, Millis: 60_000}})
}

// stage waits until the journal has a payment at a stage.
func (b *bank) stage(want payment.Stage) {
	b.t.Helper()
	for begun := time.Now(); time.Since(begun) < hang; time.Sleep(time.Millisecond) {
		all, _ := filepath.Glob(filepath.Join(b.dir, "state", "payments", "*.json"))
		for _, path := range all {
			raw, _ := os.ReadFile(path)
			var e struct{ Stage payment.Stage }
			if json.Unmarshal(raw, &e) == nil && e.Stage == want {
				return
			}
		}
	}
	b.t.Errorf("no payment comes to %s", want)
}

func (b *bank) settled() {
	b.t.Helper()
	for begun := time.Now(); b.once("state").Owed != 0; time.Sleep(10 * time.Millisecond) {
		if time.Since(begun) > hang {
			b.t.Fatal("a payment is never settled")
		}
	}
}

// books are the three that must agree.
type books struct{ charged, papers, rights int }

func (b *bank) books() books {
	m := b.press(payunit.Panel{Do: "look"})
	if m.Held() != 0 || !m.Balanced() {
		b.t.Errorf("the unit holds %d, balanced %v", m.Held(), m.Balanced())
	}
	n, _ := b.gate.rights.Owed()
	return books{m.Charged(), len(b.papers()), n}
}

// agentDies kills the agent.
func (b *bank) agentDies() { b.agent.Process.Kill(); <-b.done }

// kill -9 at every step of the money: the agent with the payment at each stage,
// the worker, and the unit before and after it has charged. Charged is what has
// a paper or a right, and nothing else, once the power is back.
func TestPowerLossAtEveryStepOfTheMoney(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	path, _ := unitProgram()
	fast := b.config.Program
	for _, c := range []struct {
		name   string
		before func()
		at     face.Screen
		dies   func(kiosk.Reply)
		want   books // the difference; papers -1: any
	}{
		{"waiting for coins", func() { b.press(payunit.Panel{Do: "auto"}) }, face.Pay, func(kiosk.Reply) {
			b.stage(payment.Asked)
			for begun := time.Now(); !b.insert(50) && time.Since(begun) < hang; time.Sleep(time.Millisecond) {
			}
			b.agentDies()
		}, books{}},
		{"about to print", nil, face.Printing, func(kiosk.Reply) { b.agentDies() }, books{-1, -1, -1}},
		{"printing", func() { b.slowly(cutPaper) }, face.Printing, func(kiosk.Reply) { b.stage(payment.Printing); b.agentDies() }, books{120, -1, 1}},
		{"worker printing", func() { b.slowly(cutPaper) }, face.Printing, func(r kiosk.Reply) { b.stage(payment.Printing); syscall.Kill(r.Worker, syscall.SIGKILL) }, books{120, -1, 1}},
		{"printed, not charged", func() { b.play(unit.Capture, payunit.Silent) }, face.Printing, func(kiosk.Reply) { b.stage(payment.Printed); b.agentDies() }, books{120, 1, 0}},
		{"charged, not heard", func() { b.play(unit.Capture, payunit.Lost) }, face.Printing, func(kiosk.Reply) { b.stage(payment.Printed); b.agentDies() }, books{120, 1, 0}},
		{"charged, no receipt", func() { b.play(unit.Receipt, payunit.Silent) }, face.Printing, func(kiosk.Reply) { b.stage(payment.Charged); b.agentDies() }, books{120, 1, 0}},
		{"a right, not charged", func() { b.slowly(cutPaper); b.play(unit.Capture, payunit.Silent) }, face.Printing, func(r kiosk.Reply) {
			b.stage(payment.Printing)
			syscall.Kill(r.Worker, syscall.SIGKILL)
			b.stage(payment.Owed)
			b.agentDies()
		}, books{120, -1, 1}},
		{"the unit before it charges", func() { b.play(unit.Capture, payunit.DieBefore) }, face.TakePaper, nil, books{120, 1, 0}},
		{"the unit after it has charged", func() { b.play(unit.Capture, payunit.DieAfter) }, face.TakePaper, nil, books{120, 1, 0}},
		{"the unit with the money", func() { b.play(unit.Authorise, payunit.DieAfter) }, face.Pay, nil, books{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.awaitFresh(fast)
			before := b.books()
			if c.before != nil {
				c.before()
			}
			b.await(wire.OK)
			b.walk("traveller", credential.Domestic, func(p *robot.Plan, r kiosk.Reply) {
				p.Seen = func(s face.Tell) {
					if s.Screen == c.at && c.dies != nil {
						c.dies(r)
					}
				}
			})
			b.recover(path, fast)
			after := b.books()
			got := books{after.charged - before.charged, after.papers - before.papers, after.rights - before.rights}
			if (got.charged == 120) != (got.papers+got.rights > 0) || got.charged != 0 && got.charged != 120 || got.papers > 1 || got.rights > 1 {
				t.Errorf("charged %d, %d papers, %d rights", got.charged, got.papers, got.rights)
			}
			for _, x := range [][2]int{{got.charged, c.want.charged}, {got.papers, c.want.papers}, {got.rights, c.want.rights}} {
				if x[1] >= 0 && x[0] != x[1] {
					t.Errorf("got %+v, want %+v", got, c.want)
				}
			}
			b.onPaper(after.rights)
		})
	}
}

func (b *bank) insert(coin int) bool {
	seen, err := b.unit.Press(payunit.Panel{Do: "insert", Coin: coin})
	return err == nil && seen.Done
}

// awaitFresh waits for a kiosk that serves with the ordinary program.
func (b *bank) awaitFresh(program string) {
	b.t.Helper()
	if b.config.Program != program {
		b.restart(func() { b.config.Program = program })
	}
	b.once("clear")
	b.await(wire.OK)
}

// recover brings the power back to all that has lost it.
func (b *bank) recover(unit, program string) {
	b.t.Helper()
	select {
	case <-b.unit.Done():
		b.power(unit)
	default:
	}
	b.press(payunit.Panel{Do: "calm"})
	b.press(payunit.Panel{Do: "auto", Auto: true})
	select {
	case <-b.done:
		b.config.Program = program
		b.start()
	default:
	}
	b.settled()
}

// onPaper holds that each right stands on a receipt: it is all that whoever was
// at the kiosk has.
func (b *bank) onPaper(rights int) {
	b.t.Helper()
	n := 0
	for _, r := range b.press(payunit.Panel{Do: "look"}).Receipts {
		if strings.Contains(strings.Join(r, "\n"), "有効期限") {
			n++
		}
	}
	if n != rights {
		b.t.Errorf("%d receipts bear a right, %d are owed", n, rights)
	}
}

// A right goes through the whole chain: given for a paper that may have come
// out, redeemed by a whole session, or paid back without a card.
func TestARightThroughTheKiosk(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	fast := b.config.Program
	give := func() wire.RightNumber {
		b.slowly(cutPaper)
		b.await(wire.OK)
		seen := len(b.press(payunit.Panel{Do: "look"}).Receipts)
		b.walk("traveller", credential.Domestic, func(p *robot.Plan, r kiosk.Reply) {
			p.Seen = func(s face.Tell) {
				if s.Screen == face.Printing {
					b.stage(payment.Printing)
					syscall.Kill(r.Worker, syscall.SIGKILL)
				}
			}
		})
		b.settled()
		b.awaitFresh(fast)
		for _, l := range b.press(payunit.Panel{Do: "look"}).Receipts[seen] {
			if digits := strings.ReplaceAll(strings.TrimPrefix(l, "番号 "), " ", ""); strings.HasPrefix(l, "番号 ") {
				return wire.RightNumber(digits)
			}
		}
		t.Fatal("no number on the receipt")
		return ""
	}
	n := give()
	with := func(p *robot.Plan, _ kiosk.Reply) { p.Right = string(n) }
	if v := b.walk("traveller", credential.Overseas, with); v.last.Code != wire.RightMismatch {
		t.Errorf("for another kind: %+v", v.last)
	}
	if v := b.walk("traveller", credential.Domestic, with); v.last.Code != wire.OK || len(b.papers()) != 1 {
		t.Errorf("redeemed: %+v, %d papers", v.last, len(b.papers()))
	}
	if v := b.walk("traveller", credential.Domestic, with); v.last.Code != wire.RightUsed || len(b.papers()) != 1 {
		t.Errorf("redeemed again: %+v, %d papers", v.last, len(b.papers()))
	}
	if got := b.books(); got != (books{120, 1, 0}) {
		t.Errorf("%+v", got)
	}
	n = give()
	if r := b.refund(string(n)); r.Refunded == nil || *r.Refunded != (payment.Refunded{Amount: 120}) {
		t.Errorf("refund: %+v", r)
	}
	if r := b.refund(string(n)); r.Code != wire.RightUsed {
		t.Errorf("refund again: %+v", r)
	}
	if r := b.refund("1234"); r.Code != wire.RightMistyped {
		t.Errorf("refund of no number: %+v", r)
	}
	if got := b.books(); got != (books{120, 1, 0}) {
		t.Errorf("%+v", got)
	}
}

func (c *town) refund(number string) kiosk.Reply {
	c.t.Helper()
	conn, r := c.send(kiosk.Command{Do: "refund", Right: number})
	defer conn.Close()
	return c.reply(r)
}
