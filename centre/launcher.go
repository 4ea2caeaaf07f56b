package centre

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"akashi/centre/audit"
	"akashi/centre/fleet"
	"akashi/centre/issue"
	"akashi/centre/keys"
	"akashi/centre/rights"
	"akashi/centre/wire"
	releases "akashi/centre/wire/release/keep"
	"akashi/verifier/trust/keep"
)

// LauncherConfig is one launcher. Zero limits take the Default constants.
type LauncherConfig struct {
	Node     fleet.ID
	Bus      DialConfig
	Fleet    *fleet.Fleet
	Audit    string // path of the log
	Keys     string // socket of the key process
	VRS      string // host:port
	Trust    string // the trust list's file; its root is Setup.TrustRoot
	Release  string // the screen release's file; its root is the bus's
	Worker   WorkerConfig
	Starter  *net.UnixConn // to the node, which then starts the workers; nil: the launcher does
	Setup    issue.Setup   // what every worker is told; Mode, Header, Settle, Void, Phone, Keys and Trust are filled in
	Workers  int
	Settlers int
	Now      func() time.Time
	Rand     io.Reader
	Events   func(audit.Record) // told of each event that is on disk; may be nil
}

// WorkerConfig says how a worker is started.
type WorkerConfig struct {
	Path string        // executable
	Args []string      // for this binary: "worker"
	User UserFile      // zero: that of the process that starts it; only root can choose another
	Life time.Duration // longest life
}

// Launcher admits requests and starts a worker for each. It sees ciphertext,
// public keys, opaque tokens and numbers.
type Launcher struct {
	c        LauncherConfig
	nc       *nats.Conn
	sessions sessions
	stops    *stops
	keys     *keys.Control
	log      *audit.Log
	trust    *keep.Keeper
	release  *releases.Keeper

	calls    chan struct{} // a slot for each call in hand
	workers  chan struct{} // a slot for each issuing worker
	settlers chan struct{}
	hands    sync.WaitGroup // calls, watchers of workers, voidings

	lastKeys keys.Counts // as audited
	rights   *rights.Book
	watched  watched

	mu       sync.Mutex
	live     map[seat]*worker
	lost     map[seat]lost
	byKiosk  map[fleet.Digest]int
	lastList audit.List // as audited
	// lastRelease is the same of the screen release.
	lastRelease audit.List
}

// NewLauncher opens the audit, which must be whole, and connects to the key
// process and the bus. What the audit says was stopped is stopped again.
func NewLauncher(ctx context.Context, c LauncherConfig) (*Launcher, error) {
	c = c.withDefaults()
	l := &Launcher{
		c: c, calls: make(chan struct{}, DefaultMaxCalls),
		workers: make(chan struct{}, c.Workers), settlers: make(chan struct{}, c.Settlers),
		live: map[seat]*worker{}, lost: map[seat]lost{}, byKiosk: map[fleet.Digest]int{},
		watched: watched{now: c.Now, last: map[fleet.Digest]heard{}},
	}
	past := newPast()
	l.rights = rights.New(rights.Config{Node: c.Node, Now: c.Now, Rand: c.Rand, Record: l.record})
	var err error
	if l.log, err = audit.Open(c.Audit, c.Node, c.Now, func(r audit.Record) { past.learn(r); l.rights.Learn(r) }); err != nil {
		return nil, err
	}
	if err := l.connect(ctx, past); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

func (c LauncherConfig) withDefaults() LauncherConfig {
	if c.Workers <= 0 {
		c.Workers = DefaultWorkers
	}
	if c.Settlers <= 0 {
		c.Settlers = DefaultSettlers
	}
	if c.Worker.Life <= 0 {
		c.Worker.Life = DefaultWorkerLife
	}
	return c
}

var errNoKeys = errors.New("centre: the key process does not answer: start it first, and let this user open sessions")

func (l *Launcher) connect(ctx context.Context, past *past) (err error) {
	if l.trust, err = openTrust(l.c); err != nil {
		return err
	}
	if l.release, err = openRelease(l.c); err != nil {
		return err
	}
	if l.keys, err = keys.Dial(l.c.Keys); err != nil {
		return errNoKeys
	}
	if l.nc, err = dial(ctx, l.c.Bus, wire.RoleLauncher); err != nil {
		return err
	}
	if err := l.alone(ctx); err != nil {
		return err
	}
	if err := l.homeAlone(ctx); err != nil {
		return err
	}
	if l.sessions, err = openSessions(ctx, l.nc); err != nil {
		return err
	}
	if l.stops, err = openStops(ctx, l.nc); err != nil {
		return err
	}
	return past.restore(ctx, l.stops, l.c.Now())
}

// alone makes sure that no other node bears this one's name: the two would
// share out each other's requests.
func (l *Launcher) alone(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, DefaultState)
	defer cancel()
	_, err := l.nc.RequestWithContext(ctx, hereOf(l.c.Node), nil)
	if errors.Is(err, nats.ErrNoResponders) {
		return nil
	}
	return errors.New("centre: another launcher of this node's name is up: give each node its own name")
}

// Run answers gateways until ctx ends; ready is called when it does. At the
// end it takes nothing new and waits for what is in hand.
func (l *Launcher) Run(ctx context.Context, ready func()) error {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	var subs []*nats.Subscription
	gateway := inbox(wire.RoleGateway)
	for _, a := range []struct {
		subject string
		handler nats.MsgHandler
	}{
		{hereOf(l.c.Node), here}, {homeOf(l.c.Node), here},
		{subjectPerson, l.serve(work, inbox(wire.RoleOperator), l.person)},
		{subjectBeat, l.atOnce(work, gateway, l.beat)},
		{subjectWhere, l.serve(work, gateway, l.where)},
		{subjectAlarm, l.serve(work, gateway, l.alarm)},
		{subjectSettle, l.serve(work, gateway, l.settle)},
		{subjectRight, l.serve(work, gateway, l.right)},
		{subjectRelease, l.serve(work, gateway, l.wanted)},
		{rightsOf(l.c.Node), l.serve(work, gateway, l.right)},
		{requestTo(l.c.Node), l.serve(work, gateway, l.request)},
		{subjectBegin, l.serve(work, gateway, l.begin)},
		{subjectOpen, l.serve(work, gateway, l.open)}, // last: a session that begins can go on
	} {
		s, err := l.nc.QueueSubscribe(a.subject, queue, a.handler)
		if err != nil {
			return err
		}
		subs = append(subs, s)
	}
	s, err := l.nc.Subscribe(subjectBeat, l.listen(work, gateway, l.overhear)) // beside the queue: every launcher
	if err != nil {
		return err
	}
	subs = append(subs, s)
	if err := l.nc.Flush(); err != nil {
		return err
	}
	if ready != nil {
		ready()
	}
	l.countKeys(ctx)
	return l.drain(subs)
}

// drain takes nothing new and lets what is in hand finish; workers have a
// longest life, so this ends.
func (l *Launcher) drain(subs []*nats.Subscription) error {
	var errs []error
	var closed sync.WaitGroup
	for _, s := range subs {
		closed.Add(1)
		s.SetClosedHandler(func(string) { closed.Done() })
		if err := s.Drain(); err != nil { // the bus is gone, and nothing can come
			errs = append(errs, err)
			closed.Done()
		}
	}
	closed.Wait()
	l.mu.Lock()
	for _, w := range l.live { // nobody can ask them any more
		w.process.Kill()
	}
	l.mu.Unlock()
	l.hands.Wait()
	return errors.Join(errs...)
}

// Close ends the connections and closes the audit.
func (l *Launcher) Close() error {
	if l.nc != nil {
		l.nc.Close()
	}
	return l.log.Close()
}

// serve answers one subject's calls side by side, up to a bound over all.
func (l *Launcher) serve(ctx context.Context, asker string, f ask) nats.MsgHandler {
	return func(m *nats.Msg) {
		if !from(asker, m) {
			return
		}
		select {
		case l.calls <- struct{}{}:
		default:
			m.Respond(wire.Encode(fail(busy())))
			return
		}
		l.hands.Add(1)
		go func() {
			defer l.hands.Done()
			defer func() { <-l.calls }()
			m.Respond(wire.Encode(l.handle(ctx, m.Data, f)))
		}()
	}
}

// atOnce answers calls that take no time one after the other, and takes no
// place from the others: a launcher full of work still tells kiosks so.
func (l *Launcher) atOnce(ctx context.Context, asker string, f ask) nats.MsgHandler {
	return func(m *nats.Msg) {
		if from(asker, m) {
			m.Respond(wire.Encode(l.handle(ctx, m.Data, f)))
		}
	}
}

// listen takes calls that another launcher may answer.
func (l *Launcher) listen(ctx context.Context, asker string, f ask) nats.MsgHandler {
	return func(m *nats.Msg) {
		if from(asker, m) {
			l.handle(ctx, m.Data, f)
		}
	}
}

// here tells another launcher that a name is taken.
func here(m *nats.Msg) { m.Respond(nil) }

// ask is what answers a call.
type ask = func(context.Context, call) (any, error)

// from reports whether a call's answer goes to its role's inbox. Whoever asks
// chooses that subject, and what a launcher answers it may write: to any other
// it would write its own answer into the shared memory at a stranger's word.
func from(asker string, m *nats.Msg) bool { return strings.HasPrefix(m.Reply, asker+".") }

func (l *Launcher) handle(ctx context.Context, b []byte, f ask) result {
	c, err := wire.Decode[call](b, maxMessage)
	if err != nil {
		return fail(err)
	}
	v, err := f(ctx, c)
	if err != nil {
		return fail(err)
	}
	return succeed(v)
}

// record writes one event; AuditDown when it is not on disk.
func (l *Launcher) record(e audit.Event) error {
	r, err := l.log.Record(e)
	if err != nil {
		return wire.AuditDown
	}
	if l.c.Events != nil {
		l.c.Events(r)
	}
	return nil
}
