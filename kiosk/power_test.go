package kiosk_test

import (
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"akashi/centre/wire"
	"akashi/kiosk"
	"akashi/kiosk/face"
	"akashi/kiosk/session"
	"akashi/testkit/payunit"
	"akashi/testkit/robot"
	"akashi/verifier/credential"
)

// moment is when the power goes in a step that shows no screen of its own: when
// the centre is asked this, or the card with this instruction after its PIN.
type moment struct {
	asked   wire.Type
	command byte
	// elsewhere says why no power is cut here: the other test that does it, or
	// why there is nothing to see.
	elsewhere string
}

// moments has the steps that show no screen. A step that shows one is cut when
// that comes up, so a new step is either found by itself or missed by the test.
var moments = map[session.Step]moment{
	session.Open:          {asked: wire.TypeOpen},
	session.Read:          {command: 0xb0}, // READ BINARY
	session.Challenge:     {command: 0x2a}, // the signature
	session.VerifyRecords: {elsewhere: "a calculation between the card's last answer and the next screen, both of which are cut"},
	session.Request:       {asked: wire.TypeBegin},
	session.Answer:        {asked: wire.TypeRequest},
	session.Print:         {elsewhere: "TestPowerLossAtEveryStepOfTheMoney"},
	session.Capture:       {elsewhere: "TestPowerLossAtEveryStepOfTheMoney"},
	session.Settle:        {asked: wire.TypeSettle},
}

// kill -9 of the agent in every named step of a session, as when the power
// goes: its processes go with it, no card stays open, nothing is held, charged
// is what has a paper or a right, and the next agent serves.
func TestPowerLossAtEveryStep(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	path, _ := unitProgram()
	for step, name := range session.Steps {
		m := moments[session.Step(step)]
		if m.elsewhere != "" {
			continue
		}
		b.awaitFresh(b.config.Program)
		before := b.books()
		var started []int
		gone := make(chan struct{})
		died := sync.OnceFunc(func() {
			started = children(t, b.agent.Process.Pid)
			b.agentDies()
			close(gone)
		})
		var pin atomic.Bool // the card is asked after its PIN
		b.command = func(command, response []byte) []byte {
			if m.command != 0 && pin.Load() && command[1] == m.command {
				died()
			}
			return response
		}
		b.gate.with(func(g *gate) {
			g.asked = func(t wire.Type) {
				if t == m.asked {
					died()
				}
			}
		})
		b.walk("traveller", credential.Domestic, func(p *robot.Plan, _ kiosk.Reply) {
			p.Seen = func(s face.Tell) {
				if s.Screen == face.Reading {
					pin.Store(true)
				}
				if m == (moment{}) && s.Step == step+1 {
					died()
				}
			}
		})
		select {
		case <-gone:
		case <-time.After(hang):
			t.Fatalf("%s: the power never went: give the step a moment", name)
		}
		b.gate.with(func(g *gate) { g.asked = nil })
		b.command = nil
		for _, pid := range started {
			for begun := time.Now(); alive(pid); time.Sleep(10 * time.Millisecond) {
				if time.Since(begun) > hang {
					t.Fatalf("%s: process %d outlived its agent", name, pid)
				}
			}
		}
		b.recover(path, b.config.Program)
		b.whole(name, before)
	}
}

// whole holds that a resident paid for what they have, and that nothing but
// papers is left where papers lie.
func (b *bank) whole(name string, before books) {
	b.t.Helper()
	after := b.books()
	got := books{after.charged - before.charged, after.papers - before.papers, after.rights - before.rights}
	if (got.charged == 120) != (got.papers+got.rights > 0) || got.charged != 0 && got.charged != 120 || got.papers > 1 || got.rights > 1 {
		b.t.Errorf("%s: charged %d, %d papers, %d rights", name, got.charged, got.papers, got.rights)
	}
	if m := b.press(payunit.Panel{Do: "look"}); m.Held() != 0 {
		b.t.Errorf("%s: the unit holds %d", name, m.Held())
	}
	for _, f := range listing(b.t, b.dir+"/out") {
		if strings.HasPrefix(filepath.Base(f), ".") {
			b.t.Errorf("%s: %s is left", name, f)
		}
	}
}
