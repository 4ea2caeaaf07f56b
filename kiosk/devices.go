package kiosk

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"akashi/centre/wire"
	"akashi/centre/wire/release"
	"akashi/kiosk/payment/unit"
	"akashi/kiosk/screen"
	"akashi/kiosk/session"
	"akashi/kiosk/watch"
	"akashi/printer"
	"akashi/printer/sheet"
)

// Devices names where the devices show themselves that the agent does not
// speak to. An empty one is not watched.
type Devices struct {
	Keypad string `json:"keypad,omitempty"` // there with the tactile keypad, as /dev/input/by-id/…-event-kbd; never opened
	Audio  string `json:"audio,omitempty"`  // there with the sound card, as /proc/asound/card0
	// Tray is the file of the sensor in the tray that paper comes out into (取出口):
	// it begins with 1 while paper lies there. Without one a resident presses a
	// button, and nobody knows of paper that was left.
	Tray string `json:"tray,omitempty"`
}

// Times between two looks at a device while no session is there.
const (
	DefaultLookEvery = 30 * time.Second // at one that starts a process, and is well
	DefaultLookAgain = 4 * time.Second  // at one that is down: whoever has filled in paper sees the kiosk open
	DefaultLookUnit  = 10 * time.Second // at the payment unit and what is asked by a path
	DefaultLookPaid  = 2 * time.Second  // at a payment unit that is down
)

// watched is one thing that is looked at.
type watched struct {
	look        func(context.Context)
	health      func(wire.Report) wire.Health
	every, down time.Duration
}

func (a *Agent) devices() []watched {
	return []watched{
		{a.lookPrinter, func(r wire.Report) wire.Health { return r.Printer }, DefaultLookEvery, DefaultLookAgain},
		{a.lookReader, func(r wire.Report) wire.Health { return r.Reader }, DefaultLookEvery, DefaultLookAgain},
		{a.lookUnit, func(r wire.Report) wire.Health { return r.Payment }, DefaultLookUnit, DefaultLookPaid},
		{a.lookRest, func(wire.Report) wire.Health { return wire.Well }, DefaultLookUnit, DefaultLookUnit},
	}
}

// watch looks at the devices again and again, so that the centre and the page
// know of a fault before a resident comes, and of its end.
func (a *Agent) watch(ctx context.Context) {
	var looks sync.WaitGroup
	defer looks.Wait()
	var wakes []chan struct{}
	for _, d := range a.devices() {
		wake := make(chan struct{}, 1)
		wakes = append(wakes, wake)
		looks.Go(func() { a.follow(ctx, d, wake) })
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.wake:
		}
		for _, w := range wakes {
			poke(w)
		}
	}
}

// follow looks at one device until ctx ends.
func (a *Agent) follow(ctx context.Context, d watched, wake <-chan struct{}) {
	for {
		d.look(ctx)
		pause := d.every
		if d.health(a.board.Report()) == wire.Down {
			pause = d.down
		}
		if n := a.config.Seconds.Watch; n > 0 {
			pause = time.Duration(n) * time.Second
		}
		t := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-wake:
		case <-t.C:
		}
		if t.Stop(); ctx.Err() != nil {
			return
		}
	}
}

// lookSoon has every device looked at.
func (a *Agent) lookSoon() { poke(a.wake) }

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// lookAgain looks at the printer, and at whatever was down, for a session that
// is about to begin.
func (a *Agent) lookAgain(ctx context.Context) wire.Code {
	var looks sync.WaitGroup
	was := a.board.Report()
	for i, d := range a.devices() {
		if i == 0 && a.config.Printer.IPP != "" || d.health(was) == wire.Down {
			looks.Go(func() { d.look(ctx) })
		}
	}
	looks.Wait()
	return a.broken()
}

// lookUnit asks the payment unit how it is.
func (a *Agent) lookUnit(ctx context.Context) {
	if a.config.Payment.Socket == "" {
		return
	}
	err := (&unit.Client{Path: a.config.Payment.Socket}).Health(ctx)
	var no *unit.Refusal
	fault := unit.NoFault
	switch {
	case errors.As(err, &no):
		fault = no.Fault
	case ctx.Err() != nil:
		return
	case err != nil:
		fault = unit.Fault(wire.MoneySilent)
	}
	a.board.Set(func(r *wire.Report) { r.Payment, r.Money = watch.Payment(fault) })
}

// lookRest looks at what shows itself by a path.
func (a *Agent) lookRest(context.Context) {
	d := a.config.Devices
	keypad, audio := watch.Fitted(d.Keypad), watch.Fitted(d.Audio)
	headset, tray := watch.Sense(a.config.Screen.Headset), watch.Sense(d.Tray)
	a.board.Set(func(r *wire.Report) { r.Keypad, r.Audio, r.Headset, r.Tray = keypad, audio, headset, tray })
}

// shown hears of the browser on the panel.
func (a *Agent) shown(runs bool) {
	a.board.Set(func(r *wire.Report) {
		if r.Screen = wire.Well; !runs {
			r.Screen, r.Crashes = wire.Down, min(r.Crashes+1, wire.MaxCrash)
		}
	})
}

// broken tells the device without which no session can begin, as a code.
func (a *Agent) broken() wire.Code {
	switch r := a.board.Report(); {
	case a.left():
		return wire.PaperLeft
	case r.Reader == wire.Down:
		return wire.ReaderFault
	case r.Printer == wire.Down:
		return printing(r.Reasons)
	case r.Payment == wire.Down && !a.free():
		return wire.PaymentFault
	}
	return wire.OK
}

// printing gives the code for a printer's reasons.
func printing(reasons []wire.PrintFault) wire.Code {
	var all printer.Faults
	for _, r := range reasons {
		all |= printer.FaultsOf(printer.Fault(r))
	}
	if code := session.PrinterCode(all.Worst()); code != wire.OK {
		return code
	}
	return wire.PrinterFault
}

// notes tells what a resident should know before they begin.
func (a *Agent) notes() []screen.Note {
	var all []screen.Note
	r := a.board.Report()
	for _, n := range []struct {
		note screen.Note
		so   bool
	}{
		{screen.NotePaid, r.Payment == wire.Down}, {screen.NoteReceipt, r.Payment == wire.Ailing && r.Money == wire.MoneyFault(unit.NoPaper)},
		{screen.NoteChange, r.Payment == wire.Ailing && r.Money != wire.MoneyFault(unit.NoPaper)},
		{screen.NoteKeypad, r.Keypad == wire.Down}, {screen.NoteSound, r.Audio == wire.Down},
	} {
		if n.so {
			all = append(all, n.note)
		}
	}
	return all
}

// free reports whether something can be had here without money.
func (a *Agent) free() bool {
	e, _ := a.screen.use()
	return e != nil && slices.ContainsFunc(e.Release().Municipalities, func(m release.Municipality) bool { return m.TakesPart && m.Fee == 0 })
}

// report is what the centre is told in each beat.
func (a *Agent) report() *wire.Report {
	r := a.board.Report()
	list, now := a.trust.Look(), a.now()
	switch {
	case a.alarmed():
		r.Serving = wire.IssuingStopped
	case a.list().Code == wire.ListExpired:
		r.Serving = wire.ListExpired
	default:
		if r.Serving = a.screen.serves(); r.Serving == wire.OK {
			r.Serving = a.broken()
		}
	}
	r.Busy, r.Clock = a.visiting.Load(), a.link.clock.Wire()
	r.Versions = wire.Versions{Agent: a.program.Load(), Screen: uint32(max(0, a.screen.stands().Version)), Trust: uint32(max(0, list.List.Version)), Sheet: sheet.Version}
	r.Days = wire.Days{Trust: int32(list.Days()), Certificate: watch.DaysLeft(a.files.certificate.Leaf.NotAfter, now)}
	r.Room = wire.Room{Disk: watch.Free(a.config.State), Memory: watch.Memory("/proc/meminfo"), Profile: watch.Free(a.config.Screen.Browser.Profile)}
	return &r
}
