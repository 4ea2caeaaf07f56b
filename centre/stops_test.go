package centre

import (
	"context"
	"errors"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"akashi/centre/fleet"
	"akashi/centre/wire"
)

// bucketOf is a bucket whose Put does as a test says.
type bucketOf struct {
	jetstream.KeyValue
	put func() (uint64, error)
}

func (b *bucketOf) Put(context.Context, string, []byte) (uint64, error) { return b.put() }

// entryOf is an entry of the operators' switch.
type entryOf struct {
	jetstream.KeyValueEntry
	revision uint64
	stopped  bool
}

func (e entryOf) Key() string      { return switchKey }
func (e entryOf) Revision() uint64 { return e.revision }
func (e entryOf) Value() []byte    { return wire.Encode(operatorSwitch{e.stopped}) }

// TestStopIsNotUndoneByWhatStoodBefore: the watch may tell the resume of a
// moment ago after the stop.
func TestStopIsNotUndoneByWhatStoodBefore(t *testing.T) {
	b := &bucketOf{}
	s := &stops{kv: b, alarms: map[string]fleet.Alarm{}, own: map[string]uint64{}, putting: map[string]int{}, held: map[string]jetstream.KeyValueEntry{}}
	hear := func(revision uint64, stopped bool) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.hear(entryOf{revision: revision, stopped: stopped})
	}
	expect := func(when string, want bool) {
		t.Helper()
		if _, operator := s.list(); operator != want {
			t.Errorf("%s: stopped is %v", when, operator)
		}
	}
	b.put = func() (uint64, error) {
		hear(4, false)
		expect("an older resume while the stop is put", true)
		return 5, nil
	}
	if err := s.put(t.Context(), switchKey, operatorSwitch{true}); err != nil {
		t.Fatal(err)
	}
	expect("put", true)
	hear(4, false)
	expect("an older resume, late", true)
	hear(5, true)
	hear(6, false)
	expect("a newer resume", false)
	b.put = func() (uint64, error) { hear(8, true); return 7, nil }
	if err := s.put(t.Context(), switchKey, operatorSwitch{false}); err != nil {
		t.Fatal(err)
	}
	expect("a newer stop of another node while a resume is put", true)
	down := errors.New("down")
	b.put = func() (uint64, error) { return 0, down }
	hear(9, false)
	if err := s.put(t.Context(), switchKey, operatorSwitch{true}); !errors.Is(err, down) {
		t.Errorf("got %v", err)
	}
	expect("a stop that nobody else could be told", true)
}
