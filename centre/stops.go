package centre

import (
	"context"
	"errors"
	"maps"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"akashi/centre/fleet"
	"akashi/centre/wire"
)

// stops follows the alarms and the operators' switch.
type stops struct {
	kv jetstream.KeyValue

	mu       sync.Mutex
	alarms   map[string]fleet.Alarm
	operator bool
	stop     fleet.Stop
	replay   bool                               // the past is being told: judged once, at its end
	untold   map[uint64]*told                   // alarms of this launcher that have not arrived everywhere
	own      map[string]uint64                  // revision of what this launcher has put and the watch has not told yet
	putting  map[string]int                     // keys that this launcher is putting
	held     map[string]jetstream.KeyValueEntry // newest that came of such a key meanwhile

	telling sync.Mutex // one alarm is told at a time, so that none is told twice
}

// told says where an alarm has arrived.
type told struct{ nodes, audit bool }

const switchKey = "switch"

// operatorSwitch is the operators' stop as it is kept.
type operatorSwitch struct {
	Stopped bool `json:"stopped"`
}

func alarmKey(id uint64) string { return "a." + strconv.FormatUint(id, 16) }

// openStops makes or finds the bucket and follows it until ctx ends; it
// returns when all that stands there is known.
func openStops(ctx context.Context, nc *nats.Conn) (*stops, error) {
	start, cancel := context.WithTimeout(ctx, busStart)
	defer cancel()
	kv, err := bucket(start, nc, jetstream.KeyValueConfig{
		Bucket: bucketStops, Storage: jetstream.MemoryStorage, MaxBytes: 16 << 20, MaxValueSize: maxEntry,
	})
	if err != nil {
		return nil, err
	}
	s := &stops{kv: kv, alarms: map[string]fleet.Alarm{}, untold: map[uint64]*told{}, replay: true,
		own: map[string]uint64{}, putting: map[string]int{}, held: map[string]jetstream.KeyValueEntry{}}
	w, err := kv.WatchAll(ctx)
	if err != nil {
		return nil, err
	}
	known := make(chan struct{})
	go s.follow(w, known)
	select {
	case <-known:
		return s, nil
	case <-start.Done():
		w.Stop()
		return nil, start.Err()
	}
}

func (s *stops) follow(w jetstream.KeyWatcher, known chan<- struct{}) {
	for e := range w.Updates() {
		if e == nil { // the past is told
			s.replayed()
			close(known)
			continue
		}
		s.mu.Lock()
		s.hear(e)
		s.mu.Unlock()
	}
}

// hear takes an entry of the watch, unless it is older than what is known: a
// stop that this launcher has just put is not undone by what stood there before.
// It is called with the lock held.
func (s *stops) hear(e jetstream.KeyValueEntry) {
	switch {
	case s.putting[e.Key()] > 0:
		s.held[e.Key()] = e
	case e.Revision() < s.own[e.Key()]:
	default:
		delete(s.own, e.Key()) // a bucket that is made anew counts from 1
		s.take(e.Key(), e.Value())
	}
}

// learn takes one entry at once.
func (s *stops) learn(key string, value []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.take(key, value)
}

// take is learn with the lock held. An entry that cannot be read stops
// everything: it can only be a stop.
func (s *stops) take(key string, value []byte) {
	if key == switchKey {
		v, err := wire.Decode[operatorSwitch](value, maxEntry)
		s.operator = err != nil || v.Stopped
	} else {
		a, err := wire.Decode[fleet.Alarm](value, maxEntry)
		s.alarms[key] = a
		if a.Cleared {
			delete(s.untold, a.ID)
		}
		s.operator = s.operator || err != nil
	}
	s.judge()
}

// replaying puts judging off until replayed: many entries of the past come at
// once, and each judgement looks at all.
func (s *stops) replaying() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replay = true
	clear(s.own)
}

func (s *stops) replayed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replay = false
	s.judge()
}

// judge is called with the lock held.
func (s *stops) judge() {
	if s.replay {
		return
	}
	all := make([]fleet.Alarm, 0, len(s.alarms))
	for _, a := range s.alarms {
		all = append(all, a)
	}
	s.stop = fleet.Judge(all, s.operator)
}

// now gives what is stopped.
func (s *stops) now() fleet.Stop {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stop
}

// list gives the alarms and the switch.
func (s *stops) list() ([]fleet.Alarm, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []fleet.Alarm
	for _, a := range s.alarms {
		all = append(all, a)
	}
	return all, s.operator
}

// raise stops at once, here. It gives the alarm that stands afterwards: one
// kiosk has one at one node, however often it raises it.
func (s *stops) raise(a fleet.Alarm) fleet.Alarm {
	s.mu.Lock()
	defer s.mu.Unlock()
	if stands, ok := fleet.Standing(maps.Values(s.alarms), a.Kiosk, a.Node); ok {
		return stands
	}
	s.alarms[alarmKey(a.ID)] = a
	s.untold[a.ID] = &told{}
	s.judge()
	return a
}

// tell brings an alarm to the other nodes and, by record, to the audit, each
// once; what failed is tried again when the kiosk says it again.
func (s *stops) tell(ctx context.Context, a fleet.Alarm, record func() error) error {
	s.telling.Lock()
	defer s.telling.Unlock()
	s.mu.Lock()
	t := s.untold[a.ID]
	s.mu.Unlock()
	if t == nil {
		return nil
	}
	if !t.nodes {
		t.nodes = s.put(ctx, alarmKey(a.ID), a) == nil
	}
	if !t.audit {
		if err := record(); err != nil {
			return err
		}
		t.audit = true
	}
	if !t.nodes {
		return wire.Internal
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.untold, a.ID)
	return nil
}

// put tells every node; here it holds at once, whether or not the others could
// be told.
func (s *stops) put(ctx context.Context, key string, v any) error {
	b := wire.Encode(v)
	s.mu.Lock()
	s.putting[key]++
	s.take(key, b)
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, DefaultState)
	defer cancel()
	revision, err := s.kv.Put(ctx, key, b)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.own[key] = revision
	}
	if s.putting[key]--; s.putting[key] == 0 {
		delete(s.putting, key)
		if e := s.held[key]; e != nil {
			delete(s.held, key)
			s.hear(e)
		}
	}
	return err
}

// restore puts what this node's audit remembers, unless the other nodes know
// better.
func (s *stops) restore(ctx context.Context, key string, v any) error {
	ctx, cancel := context.WithTimeout(ctx, DefaultState)
	defer cancel()
	b := wire.Encode(v)
	_, err := s.kv.Create(ctx, key, b)
	if err == nil {
		s.learn(key, b)
	}
	if errors.Is(err, jetstream.ErrKeyExists) {
		return nil
	}
	return err
}

// patience is a generous bound for a question that waits for a worker.
func patience(life time.Duration) time.Duration { return life + 5*time.Second }
