package kiosk_test

import (
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"akashi/centre/wire"
	"akashi/kiosk"
	"akashi/kiosk/face"
	"akashi/kiosk/payment/unit"
	"akashi/kiosk/screen"
	"akashi/printer/sheet"
	"akashi/testkit/payunit"
	"akashi/testkit/robot"
	"akashi/verifier/credential"
)

// front is what the start screen is told.
type front struct {
	Code  wire.Code
	Texts []face.Text
	Notes []screen.Note
}

func (c *town) front() front {
	c.t.Helper()
	var f front
	a, err := http.Get(c.page + "/state.json")
	if err != nil {
		c.t.Fatal(err)
	}
	defer a.Body.Close()
	if err := json.NewDecoder(a.Body).Decode(&f); err != nil {
		c.t.Fatal(err)
	}
	return f
}

// until waits for what the agent does in its own time.
func (c *town) until(what string, ok func() bool) {
	c.t.Helper()
	for begun := time.Now(); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Since(begun) > hang {
			c.t.Fatalf("never: %s: %+v %+v", what, c.front(), c.reported())
		}
	}
}

// reported is what the centre was told last.
func (c *town) reported() (r wire.Report) {
	c.gate.with(func(g *gate) { r = g.report })
	return r
}

// outOf holds that the start screen says why nobody can begin, in every language,
// and that nobody can.
func (c *town) outOf(why wire.Code) {
	c.t.Helper()
	c.until(why.Name(), func() bool { return c.front().Code == why })
	if f := c.front(); !reflect.DeepEqual(f.Texts, screen.Texts(why)) || len(f.Texts) != len(screen.Languages) {
		c.t.Errorf("%v: the start screen has the words %+v", why, f.Texts)
	}
	if v := c.walk("takasaki", credential.Domestic); v.first.Code != why || v.first.Address != "" {
		c.t.Errorf("%v: a session begins: %+v", why, v.first)
	}
}

// Whatever device goes, the agent goes on: the start screen says what is wrong,
// the centre hears of it, and the kiosk serves again when it is back. Reader,
// payment unit, printer and line are processes and sockets of their own.
func TestTheKioskGoesOn(t *testing.T) {
	t.Parallel()
	path, err := unitProgram()
	if err != nil {
		t.Fatal(err)
	}
	keypad := filepath.Join(t.TempDir(), "kbd")
	p, onIt := onNetworkPrinter(t)
	c := newTown(t, withPage, ofProcess(t), onIt, func(k *kiosk.Config) {
		k.Payment.Socket, k.Devices.Keypad, k.Seconds.Beat, k.Seconds.Watch = "u.sock", keypad, 1, 1
		k.Screen.Headset = keypad // a file that is not there yet, and then does not begin with 1
	})
	b := &bank{town: c, t: t}
	c.outOf(wire.PaymentFault) // no unit was ever there
	b.power(path)
	t.Cleanup(func() { b.unit.Kill() })
	c.await(wire.OK)
	c.until("every device is told", func() bool {
		r := c.reported()
		return r.Serving == wire.OK && r.Reader == wire.Well && r.Printer == wire.Well && r.Payment == wire.Well && r.Keypad == wire.Down && r.Headset == wire.Absent && r.Versions.Agent != 0
	})
	if r := c.reported(); r.Every != 1 || !r.Clock.Known || r.Versions.Sheet != sheet.Version || r.Days.Trust == 0 || r.Room.Disk == 0 || r.Room.Memory == 0 || r.Ends != nil {
		t.Errorf("%+v", r)
	}

	c.until("the keypad is missed", func() bool { return slices.Equal(c.front().Notes, []screen.Note{screen.NoteKeypad}) })
	if err := os.WriteFile(keypad, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	b.press(payunit.Panel{Do: "play", Play: &payunit.Play{Do: unit.Ask, How: payunit.NoChange}})
	c.until("little change", func() bool { return slices.Equal(c.front().Notes, []screen.Note{screen.NoteChange}) })
	b.press(payunit.Panel{Do: "calm"})
	c.until("all is well", func() bool { f := c.front(); return f.Code == wire.OK && f.Notes == nil })

	b.unit.Kill()
	c.outOf(wire.PaymentFault)
	c.until("it is told", func() bool { r := c.reported(); return r.Payment == wire.Down && r.Money == wire.MoneySilent })
	b.power(path)
	b.press(payunit.Panel{Do: "auto", Auto: true})
	c.await(wire.OK)

	c.noCards()
	c.outOf(wire.ReaderFault)
	c.until("it is told", func() bool { return c.reported().Reader == wire.Down })
	c.serveCards()
	c.await(wire.OK)

	if err := p.Reasons(t.Context(), "media-jam-error,toner-low-warning"); err != nil {
		t.Fatal(err)
	}
	c.outOf(wire.PrinterJam)
	c.until("its reasons are told", func() bool { return slices.Equal(c.reported().Reasons, []wire.PrintFault{2, 9}) })
	if err := p.Reasons(t.Context(), "none"); err != nil {
		t.Fatal(err)
	}
	c.await(wire.OK)

	c.gate.cut()
	c.outOf(wire.LineDown)
	ln, err := net.Listen("tcp", c.gate.address)
	if err != nil {
		t.Fatal(err)
	}
	c.gate.serve(ln)
	c.await(wire.OK)
	if v := c.walk("takasaki", credential.Domestic); v.err != nil || v.last.Code != wire.OK {
		t.Errorf("after all that: %v %+v", v.err, v.last)
	}
}

// A face that is gone at any screen ends its session; what was not printed
// costs nothing, and the next one can begin.
func TestFaceGoneAtEveryScreen(t *testing.T) {
	c := newTown(t)
	c.await(wire.OK)
	for _, at := range []face.Screen{face.Consent, face.InsertCard, face.PIN, face.TakeCard, face.Choose, face.Preview} {
		v := c.walk("takasaki", credential.Domestic, func(p *robot.Plan, _ kiosk.Reply) {
			p.VanishAt = at
		})
		if v.last.Event == nil || v.last.Code == wire.OK || v.last.Charged != 0 || len(c.papers()) != 0 {
			t.Errorf("%s: %+v, %d papers", at, v.last, len(c.papers()))
		}
		if m := c.unit.Snapshot(); m.Held() != 0 || m.Charged() != 0 {
			t.Errorf("%s: the unit holds %d and has charged %d", at, m.Held(), m.Charged())
		}
	}
	if v := c.walk("takasaki", credential.Domestic); v.last.Code != wire.OK {
		t.Errorf("after all that: %+v", v.last)
	}
}
