// Package figures measures what a resident waits for, on the machine at hand:
// a report, which nothing is held against.
package figures

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"akashi/centre/wire"
	"akashi/kiosk/face"
	"akashi/kiosk/screen"
	"akashi/kiosk/session"
	"akashi/testkit/browser"
	"akashi/testkit/gallery"
	"akashi/testkit/stack"
	"akashi/verifier/credential"
)

// waits are the steps from the PIN to the print in which a resident waits for
// software. What they do themselves (take the card, choose, look, pay) is not.
var waits = []session.Step{
	session.PIN, session.Open, session.Read, session.Challenge, session.VerifyRecords, session.Request, session.Answer, session.LastLook,
	session.Authorise,
}

// watch notes when things happened in one session.
type watch struct {
	mu                 sync.Mutex
	pin, print, begins time.Time // the PIN and the print are told of; the printer has the first byte
}

func (w *watch) set(at *time.Time, now time.Time) { w.mu.Lock(); defer w.mu.Unlock(); *at = now }

// seen notes when a screen comes up.
func (w *watch) seen(t face.Tell) {
	switch t.Screen {
	case face.PIN:
		w.set(&w.pin, time.Now())
	case face.Printing:
		w.set(&w.print, time.Now())
	}
}

// series are durations of one thing.
type series []time.Duration

// of gives the value below which a share of the series lies.
func (s series) of(share float64) time.Duration {
	if len(s) == 0 {
		return 0
	}
	slices.Sort(s)
	return s[min(len(s)-1, int(share*float64(len(s))))]
}

func (s series) line(w io.Writer, name string, all time.Duration) {
	part := ""
	if all > 0 {
		part = fmt.Sprintf("  %3.0f %%", 100*float64(s.of(0.5))/float64(all))
	}
	fmt.Fprintf(w, "  %-40s %8.1f %8.1f ms%s\n", name, float64(s.of(0.5).Microseconds())/1000, float64(s.of(0.95).Microseconds())/1000, part)
}

// Way takes n residents of each kind through the whole chain and tells each
// step from the PIN to the first byte at a real IPP printer (to the paper, where
// the machine has none): median, 95th percentile, and the median's part of the
// sum. The simulated card answers at once: a real one's own time comes on top of
// "PIN", "read" and "challenge". The resident is a robot, so the clock on the
// wall is the sum and little more.
func Way(ctx context.Context, w io.Writer, bin string, n int) error {
	var at watch
	o := stack.Options{Bin: bin, Printer: "ipp", Begins: func(now time.Time) { at.set(&at.begins, now) }}
	if err := stack.CanPrint(o.Printer); err != nil {
		fmt.Fprintln(w, "papers into a folder:", err)
		o.Printer = "folder"
	}
	s, err := stack.Start(ctx, o)
	if err != nil {
		return err
	}
	defer s.Close()
	r, err := s.Resident("traveller")
	if err != nil {
		return err
	}
	k := s.Kiosks[0]
	for _, kind := range []credential.Kind{credential.Domestic, credential.Overseas} {
		steps := map[session.Step]series{}
		var first, sums, walls, prints series
		for i := range n + 1 {
			p := k.Ask(ctx, r, kind)
			p.Seen = at.seen
			v, err := k.Walk(ctx, p)
			if err != nil || v.Code != wire.OK {
				return fmt.Errorf("figures: a session ended with %v: %w", v.Code, err)
			}
			if i == 0 {
				continue // caches fill
			}
			var sum time.Duration
			for _, step := range waits {
				d := time.Duration(v.Event.Micros[step]) * time.Microsecond
				steps[step], sum = append(steps[step], d), sum+d
			}
			print := time.Duration(v.Event.Micros[session.Print]) * time.Microsecond
			prints = append(prints, print)
			if o.Printer == "ipp" {
				at.mu.Lock()
				print = at.begins.Sub(at.print)
				walls = append(walls, at.begins.Sub(at.pin))
				at.mu.Unlock()
			}
			first, sums = append(first, print), append(sums, sum+print)
		}
		to := map[bool]string{true: "first byte at the printer", false: "paper"}[o.Printer == "ipp"]
		fmt.Fprintf(w, "\nPIN entered → %s, %v, %d sessions             median      p95\n", to, kind, n)
		for _, step := range waits {
			steps[step].line(w, step.String(), sums.of(0.5))
		}
		first.line(w, "print, to the "+to, sums.of(0.5))
		sums.line(w, "together", 0)
		if len(walls) > 0 {
			walls.line(w, "on the wall, robot's part too", 0)
			prints.line(w, "print, to its end", 0)
		}
	}
	return nil
}

// painted waits until what is in the document now has been drawn.
const painted = `() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`

// Screens tells how long each screen takes from the worker's word until it is
// painted, n times each, beside what the driver of the browser takes for
// nothing.
func Screens(ctx context.Context, w io.Writer, n int) error {
	b, err := browser.Start(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	st, err := gallery.NewStage(screen.DefaultPanel)
	if err != nil {
		return err
	}
	defer st.Close()
	pages, err := gallery.Specimen()
	if err != nil {
		return err
	}
	width, height := gallery.Size(screen.DefaultPanel, true)
	p, err := b.Open(browser.Open{URL: st.URL, Width: width, Height: height})
	if err == nil {
		err = st.Begin(p, "ja")
	}
	if err != nil {
		return err
	}
	shots := slices.DeleteFunc(gallery.Steps(pages), func(s gallery.Shot) bool { return s.Tell.Screen == "" || s.Tell.Screen == face.End || s.Taps != nil })
	changes := map[string]series{}
	var idle series
	for range n {
		for _, shot := range shots {
			begun := time.Now()
			if err := p.Eval(nil, painted, nil); err != nil {
				return err
			}
			idle = append(idle, time.Since(begun))
			begun = time.Now()
			if err := st.Show(p, shot.Tell); err != nil {
				return err
			}
			if err := p.Eval(nil, painted, nil); err != nil {
				return err
			}
			changes[shot.Name] = append(changes[shot.Name], time.Since(begun))
		}
	}
	fmt.Fprintf(w, "\nscreen told → painted, %s, %d times     median      p95\n", b.Version, n)
	idle.line(w, "(nothing changes)", 0)
	for _, shot := range shots {
		changes[shot.Name].line(w, shot.Name, 0)
	}
	return nil
}
