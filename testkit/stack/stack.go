// Package stack starts the whole chain in one call: card, kiosk, centre, VRS
// and paper, each as the process that it is in production, with synthetic
// residents and throw-away keys. It is a stand-in and says so.
//
// Only VRS runs inside the caller's process, so that a test can ask it what
// became of an ID and switch its faults.
package stack

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"akashi/centre/wire"
	"akashi/centre/wire/release"
	"akashi/testkit/pki"
	"akashi/testkit/residents"
	"akashi/testkit/simcard"
	"akashi/testkit/vrs"
)

// DefaultStart bounds the start of one process: a first start compiles code.
const DefaultStart = 2 * time.Minute

// Options say what to start. The zero value, with Bin, is one kiosk with the
// card in process.
type Options struct {
	Bin     string                 // folder of the programs (make build); never empty
	Dir     string                 // folder for everything; empty: a temporary one that Close removes
	People  []residents.Resident   // who has cards and records; nil: residents.All
	Kiosks  int                    // 0: 1
	PCSC    bool                   // cards through a real pcscd; else in process
	Strict  bool                   // cards that forget the PIN when the AP is selected again
	Worker  []string               // issuing worker in place of the centre's own: program and arguments
	Pages   bool                   // kiosks serve the resident's page; see Kiosk.Page
	Printer string                 // one of Printers; empty: the folder
	Begins  func(time.Time)        // with the printer ipp: called when a document's first byte goes to it; nil: nobody looks
	Site    bool                   // the issuer's public site runs too
	Fee     int                    // yen for a copy; 0: what each municipality asks
	Trial   func(*vrs.Config)      // last word on VRS's configuration; nil: none
	Card    func(*simcard.Options) // last word on every card's options; nil: none
}

// Stack is a running chain.
type Stack struct {
	Dir    string
	World  *pki.World
	VRS    *vrs.VRS
	Kiosks []*Kiosk
	Node   *Process // its log has the centre's events
	Site   string   // address of the issuer's public site; empty: none
	Began  time.Time
	Up     time.Time // when every part was ready; no resident came before

	o         Options
	own       bool // Dir is ours to remove
	authority *simcard.Authority
	processes []*Process
	served    sync.WaitGroup
	stop      context.CancelFunc
	vrsAddr   string
	gateway   string // host:port
	bus       string // host:port
	nodes     int    // how often the node was started again

	mu     sync.Mutex
	cards  map[string]*simcard.Card
	signed int              // how often the site's trust list was signed anew
	shown  *release.Release // the last one that was published
}

// Start starts the chain and comes back when every part has said that it is
// ready. ctx bounds the start only.
func Start(ctx context.Context, o Options) (*Stack, error) {
	s := &Stack{Dir: o.Dir, Began: time.Now(), o: o, cards: map[string]*simcard.Card{}}
	if s.o.People == nil {
		s.o.People = residents.All()
	}
	if s.o.Kiosks == 0 {
		s.o.Kiosks = 1
	}
	if s.Dir == "" {
		dir, err := os.MkdirTemp("", "ak") // short, as socket paths must be
		if err != nil {
			return nil, err
		}
		s.Dir, s.own = dir, true
	}
	life, stop := context.WithCancel(context.Background())
	s.stop = stop
	for _, step := range []func(context.Context, context.Context) error{s.world, s.firstRelease, s.startVRS, s.startCentre, s.startSite, s.startKiosks} {
		if err := step(ctx, life); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	s.Up = time.Now()
	return s, nil
}

// path gives a path below the stack's folder.
func (s *Stack) path(parts ...string) string {
	return filepath.Join(append([]string{s.Dir}, parts...)...)
}

// Code gives the files of programs and compiled code that nobody has written to
// since the chain was up: what no resident can have left anything in.
func (s *Stack) Code() []string {
	var files []string
	for _, dir := range []string{"bin", "compiled"} {
		filepath.WalkDir(s.path(dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return nil // what cannot be seen is not left out of a search
			}
			if info, err := d.Info(); err == nil && info.Mode().IsRegular() && info.ModTime().Before(s.Up) {
				files = append(files, path)
			}
			return nil
		})
	}
	return files
}

// PKI gives the folder with the world's files (testkit/pki).
func (s *Stack) PKI() string { return s.path("pki") }

// temp is TMPDIR and HOME of every process: what one leaves there lies in the
// stack's folder, where a scan for residues sees it.
func (s *Stack) temp() []string {
	return []string{"TMPDIR=" + s.path("tmp"), "HOME=" + s.path("tmp")}
}

// makeTemp makes that folder, for all users as /tmp is.
func (s *Stack) makeTemp() error {
	if err := os.MkdirAll(s.path("tmp"), 0o700); err != nil {
		return err
	}
	return os.Chmod(s.path("tmp"), 0o777|os.ModeSticky)
}

// world makes the authorities and the folders.
func (s *Stack) world(context.Context, context.Context) error {
	for _, d := range []string{"log", "state"} {
		if err := os.MkdirAll(s.path(d), 0o700); err != nil {
			return err
		}
	}
	if err := s.makeTemp(); err != nil {
		return err
	}
	w, err := pki.New(nil, nil)
	if err != nil {
		return err
	}
	s.World = w
	if err := w.WriteDir(s.PKI()); err != nil {
		return err
	}
	s.authority, err = simcard.AuthorityFrom(w.Cards.ID, w.Cards.Key)
	return err
}

// startVRS serves the reference VRS from this process, on a database file.
func (s *Stack) startVRS(_, life context.Context) error {
	c := vrs.OfWorld(s.World)
	if err := os.MkdirAll(s.path("vrs"), 0o700); err != nil {
		return err
	}
	c.Database = s.path("vrs", "vrs.db")
	if s.o.Trial != nil {
		s.o.Trial(&c)
	}
	v, err := vrs.New(c)
	if err != nil {
		return err
	}
	s.VRS = v
	if err := v.Load(s.tenants(), s.o.People); err != nil {
		return err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.vrsAddr = ln.Addr().String()
	s.served.Go(func() { _ = v.Serve(life, ln) })
	return nil
}

// municipalities gives the invented ones, open all day: the chain is shown at
// any hour.
func (s *Stack) municipalities() []residents.Municipality {
	all := residents.Municipalities()
	for i := range all {
		all[i].Opens, all[i].Closes = "00:00", "00:00" // around the clock
		if s.o.Fee > 0 {
			all[i].Fee = s.o.Fee
		}
	}
	return all
}

// Resident finds one of the stack's people.
func (s *Stack) Resident(id string) (residents.Resident, error) {
	for _, r := range s.o.People {
		if r.ID == id {
			return r, nil
		}
	}
	return residents.Resident{}, fmt.Errorf("stack: no resident %q; simcard -list names them", id)
}

// CardOf gives a resident's card; it is the same card each time, with its
// counter.
func (s *Stack) CardOf(r residents.Resident) (*simcard.Card, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, ok := s.cards[r.ID]; ok {
		return c, nil
	}
	o := simcard.Options{Strict: s.o.Strict}
	if s.o.Card != nil {
		s.o.Card(&o)
	}
	c, err := simcard.New(r, s.authority, o)
	if err == nil {
		s.cards[r.ID] = c
	}
	return c, err
}

// Processes gives every long-lived process of kiosk and centre, pcscd
// included: those in which nothing of a resident may stay.
func (s *Stack) Processes() []Running {
	var all []Running
	for _, p := range s.processes {
		all = append(all, p.family()...)
	}
	for _, k := range s.Kiosks {
		if k.pcscd != nil {
			all = append(all, Running{"pcscd " + k.ID, k.pcscd.PID()})
		}
	}
	return all
}

// Close ends everything that Start began, last first, and removes the folder
// if it was the stack's own.
func (s *Stack) Close() error {
	var errs []error
	for _, k := range s.Kiosks {
		errs = append(errs, k.close())
	}
	for i := len(s.processes) - 1; i >= 0; i-- {
		errs = append(errs, s.processes[i].Stop())
	}
	s.stop()
	s.served.Wait()
	if s.VRS != nil {
		errs = append(errs, s.VRS.Close())
	}
	if s.own {
		errs = append(errs, os.RemoveAll(s.Dir))
	}
	return errors.Join(errs...)
}

// First gives a resident who gets both kinds of certificate.
func (s *Stack) First() string {
	for _, r := range s.o.People {
		if r.Domestic == wire.OK && r.Overseas == wire.OK {
			return r.ID
		}
	}
	return ""
}

// Settled waits until VRS has no pending certificate ID and gives how many IDs
// are in each state. Settlements arrive after a session has ended; a caller
// that may wait for ever bounds ctx.
func (s *Stack) Settled(ctx context.Context) (map[vrs.State]int, error) {
	for {
		n, err := s.VRS.Counts(ctx)
		if err != nil || n[vrs.Pending] == 0 {
			return n, err
		}
		select {
		case <-ctx.Done():
			return n, nil
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Authority gives the authority of the stack's cards, for cards with faults.
func (s *Stack) Authority() *simcard.Authority { return s.authority }
