// Package kiosk is the agent: the long-lived process that starts a session's
// processes, passes their sealed frames to the centre, and sees that nothing
// of a session is left. It holds ciphertext and codes only.
package kiosk

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"akashi/centre/oneshot"
	"akashi/centre/wire"
	"akashi/kiosk/payment"
	"akashi/kiosk/watch"
	"akashi/verifier/trust/keep"
)

// Agent runs one kiosk.
type Agent struct {
	config Config
	files  files
	now    func() time.Time
	link   *link
	outbox *outbox
	alarm  alarm
	trust  *keep.Keeper
	screen *releases
	till   *payment.Till // from Run on
	board  *watch.Board

	reading  sync.Mutex    // held while something uses the card reader
	wake     chan struct{} // the devices are to be looked at now
	visiting atomic.Bool
	program  atomic.Uint32 // what runs, for the report; 0 until it is known

	busy    sync.Mutex // held while a session runs: one card reader, one resident
	telling sync.Mutex // held while the mark of an untold alarm goes with its letter
	mu      sync.Mutex
	stopped wire.Code // an alarm that could not be written
}

// New makes an agent from its configuration and the files that it names.
func New(c Config) (*Agent, error) {
	if err := oneshot.KeepOwn(); err != nil {
		return nil, err
	}
	f, err := c.load()
	if err != nil {
		return nil, err
	}
	if !c.OneUser && !oneshot.GivesUsers() {
		return nil, fmt.Errorf("%w: uid: giving processes users of their own takes CAP_SETUID, CAP_SETGID and CAP_KILL: start the agent with them (kiosk/systemd), or set one_user for development", ErrConfig)
	}
	if c.Program == "" {
		if c.Program, err = os.Executable(); err != nil {
			return nil, err
		}
	}
	for _, dir := range []string{c.State, c.Printer.Folder} {
		if dir == "" {
			continue // a network printer has no folder
		}
		if st, err := os.Stat(dir); err != nil || !st.IsDir() {
			return nil, fmt.Errorf("%w: %s is not a folder; make it", ErrConfig, dir)
		}
	}
	a := &Agent{config: c, files: f, now: time.Now, alarm: alarm{c.State}, wake: make(chan struct{}, 1)}
	a.board = watch.New(a.now, c.Seconds.beat())
	if a.trust, err = openTrust(c, f, a.now); err != nil {
		return nil, err
	}
	if c.UnfencedDemonstration && !specimens(a.trust.Look().List) {
		return nil, errUnfenced
	}
	if a.screen, err = openReleases(c, f.root, a.now); err != nil {
		return nil, err
	}
	a.link = newLink(c, f, a.now)
	a.link.faults, a.link.report, a.link.change, a.link.announced = a.faults, a.report, a.board.Changed(), a.screen.announced
	a.outbox = newOutbox(a.link.ask, a.now)
	a.outbox.alarmed = a.told
	return a, nil
}

// Run serves until ctx ends; ready is called once the control socket takes
// connections. A session under way ends with it.
func (a *Agent) Run(ctx context.Context, ready func()) error {
	ln, err := a.listen()
	if err != nil {
		return err
	}
	defer ln.Close()
	if err := a.compiled(ctx); err != nil {
		return err
	}
	if err := a.sweep(); err != nil { // only now is no other agent printing
		return fmt.Errorf("%w: the print folder keeps a part of a paper: %w; let this user remove files there", ErrConfig, err)
	}
	a.recall()
	if err := a.openTill(); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	var parts sync.WaitGroup
	defer parts.Wait()
	defer cancel()
	if err := a.face(ctx, &parts); err != nil {
		return err
	}
	parts.Go(func() { a.link.run(ctx) })
	parts.Go(func() { a.outbox.run(ctx, a.link.connected) })
	parts.Go(func() { a.till.Run(ctx) })
	parts.Go(func() { a.watch(ctx) })
	parts.Go(func() { a.program.Store(watch.Program(a.config.Program)) })
	stop := context.AfterFunc(ctx, func() { ln.Close() })
	defer stop()
	if ready != nil {
		ready()
	}
	return a.serve(ctx, ln, &parts)
}

// listen makes the control socket. One that nobody answers at is left over
// from an agent that was killed; one that somebody does is another agent's.
func (a *Agent) listen() (*net.UnixListener, error) {
	path := a.config.Control
	if c, err := net.Dial("unix", path); err == nil {
		c.Close()
		return nil, fmt.Errorf("%w: another agent answers at the control socket; end it first", ErrConfig)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("%w: control socket in %s: %w", ErrConfig, filepath.Dir(path), err)
	}
	return ln, os.Chmod(path, 0o600)
}

// faults is what the centre sees in each beat.
func (a *Agent) faults() []wire.Code {
	var all []wire.Code
	for _, c := range []wire.Code{a.standing(), a.list().Code, a.screen.stands().Code, a.till.Fault(), a.broken()} {
		if c != wire.OK && !slices.Contains(all, c) {
			all = append(all, c)
		}
	}
	return all
}

// alarmed reports whether this kiosk must not serve.
func (a *Agent) alarmed() bool { return a.standing() != wire.OK }

// recall goes on where the agent before this one ended, however that happened:
// it tells the centre of an alarm that had not arrived, and stops this kiosk
// when a paper may have come out that nobody was told of.
func (a *Agent) recall() {
	if a.untold().stands() {
		a.raise(wire.LastLook) // also when somebody removed the alarm meanwhile: it is not over before the centre knows of it
	}
	if a.mark().stands() {
		a.abandoned()
	}
}

func (a *Agent) mark() mark   { return mark{a.alarm.dir, printMark} }
func (a *Agent) untold() mark { return mark{a.alarm.dir, untoldMark} }

// abandoned stops this kiosk after a print that nobody has told the resident
// of: a certificate may lie in the tray for the next one to take. A person looks
// there before this kiosk serves again.
func (a *Agent) abandoned() {
	if !a.alarmed() { // a graver alarm stays
		a.halt(wire.PrintUnknown)
	}
	if a.alarm.stands() { // it is kept there from here on
		_ = a.mark().lift()
	}
}

// standing gives the code of the alarm that stands, or OK.
func (a *Agent) standing() wire.Code {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.stopped != wire.OK {
		return a.stopped
	}
	return a.alarm.code()
}

// raise stops this kiosk before anybody else hears of the alarm, and tells the
// centre, if need be after the next start.
func (a *Agent) raise(c wire.Code) {
	a.telling.Lock()
	defer a.telling.Unlock()
	_ = a.untold().put() // without it, this agent still tells the centre
	a.halt(c)
	a.outbox.post(wire.TypeAlarm, wire.Alarm{Code: c})
}

// told lifts the mark when the centre has confirmed an alarm and none is left.
func (a *Agent) told() {
	a.telling.Lock()
	defer a.telling.Unlock()
	if !a.outbox.holds(wire.TypeAlarm) {
		_ = a.untold().lift() // one that stays has the centre told again
	}
}

// halt stops this kiosk until a person clears it; the centre sees the code in
// the beats and raises no alarm of its own.
func (a *Agent) halt(c wire.Code) {
	if a.alarm.raise(c) != nil {
		a.mu.Lock()
		a.stopped = c
		a.mu.Unlock()
	}
}

// clear lets this kiosk serve again: a person's decision, never a retry's.
func (a *Agent) clear() error {
	a.mu.Lock()
	a.stopped = wire.OK
	a.mu.Unlock()
	return a.alarm.clear()
}

// state tells whether a session may begin now: OK, or why not.
func (a *Agent) state() wire.Code {
	if code := a.barred(); code != wire.OK {
		return code
	}
	return a.broken()
}

// barred gives what keeps a session from beginning however the devices are.
func (a *Agent) barred() wire.Code {
	if a.alarmed() {
		return wire.IssuingStopped
	}
	if a.list().Code == wire.ListExpired {
		return wire.ListExpired
	}
	if code := a.link.state(); code != wire.OK {
		return code
	}
	return a.screen.serves()
}
