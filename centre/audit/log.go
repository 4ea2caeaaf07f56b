package audit

import (
	"errors"
	"io"
	"os"
	"sync"
	"time"

	"akashi/centre/fleet"
	"akashi/centre/wire"
)

// DefaultCheckpoint is how many records may follow a checkpoint before the
// next is written: what an attacker could cut off unseen, and a file write in
// so many.
const DefaultCheckpoint = 64

// ErrDown says that the log cannot be written. It stays so until it is opened
// again.
var ErrDown = errors.New("audit: the log cannot be written: nothing is issued until the disk is in order and the node restarted")

// Log is an open log. Its methods may be called concurrently.
type Log struct {
	path string
	file *os.File
	now  func() time.Time
	node fleet.ID

	mu      sync.Mutex
	head    Head
	at      int64  // of the last record: time does not run backwards in a log
	pending []byte // encoded, not yet on disk
	batch   *batch // of pending
	writing bool
	down    bool
	closed  bool
	marked  uint64 // seq of the last checkpoint
}

// batch is a group of records that reach the disk together.
type batch struct {
	done chan struct{}
	err  error
}

// Open opens or makes the log at path, verifies all of it and appends that
// node has started. each, if not nil, gets every earlier record in order. Two
// processes cannot have one log open.
//
// The checkpoint beside it (path + ".checkpoint") must be on the chain; a log
// that was cut behind a checkpoint, and a log that vanished, are ErrChain.
func Open(path string, node fleet.ID, now func() time.Time, each func(Record)) (*Log, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	l := &Log{path: path, file: file, now: now, node: node}
	if err := l.begin(each); err != nil {
		file.Close()
		return nil, err
	}
	return l, nil
}

func (l *Log) begin(each func(Record)) error {
	if err := lock(l.file); err != nil {
		return err
	}
	mark, err := readCheckpoint(l.path)
	if err != nil {
		return err
	}
	head, good, err := verify(l.file, func(r Record) {
		l.at = r.At
		if each != nil {
			each(r)
		}
	}, mark)
	torn := errors.Is(err, errTorn)
	if torn {
		if err = l.file.Truncate(good); err == nil {
			err = l.reread(mark, &head)
		}
	}
	if err != nil {
		return err
	}
	l.head = head
	return l.Append(Event{Started: &Started{Node: l.node, Torn: torn}})
}

// reread verifies what is left after a torn end was cut, against the
// checkpoint too.
func (l *Log) reread(mark *Head, head *Head) error {
	if _, err := l.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	h, _, err := verify(l.file, nil, mark)
	*head = h
	return err
}

// Append writes one event and returns when it is on disk. It fails with
// ErrDown, and then ever after.
func (l *Log) Append(e Event) error {
	_, err := l.append(e, false)
	return err
}

// Record is Append, and gives the record as it stands in the log.
func (l *Log) Record(e Event) (Record, error) { return l.append(e, false) }

// append also closes the log to others when the event is the last.
func (l *Log) append(e Event, last bool) (Record, error) {
	if !e.valid() {
		return Record{}, errors.New("audit: an event that is not of the closed set; correct the caller")
	}
	l.mu.Lock()
	if l.down || l.closed {
		l.mu.Unlock()
		return Record{}, ErrDown
	}
	l.closed = last
	l.at = max(l.at, l.now().UnixMilli())
	r := Record{At: l.at, Event: e}
	l.head = l.head.next(&r)
	l.pending = append(append(l.pending, wire.Encode(r)...), '\n')
	if l.batch == nil {
		l.batch = &batch{done: make(chan struct{})}
	}
	b := l.batch
	if !l.writing {
		l.writing = true
		go l.write()
	}
	l.mu.Unlock()
	<-b.done
	return r, b.err
}

// write brings batches to disk until none is left; records that come while one
// is being written share the next.
func (l *Log) write() {
	for {
		l.mu.Lock()
		b, p, head, down := l.batch, l.pending, l.head, l.down
		l.batch, l.pending = nil, nil
		if b == nil {
			l.writing = false
			l.mu.Unlock()
			return
		}
		l.mu.Unlock()
		if down || l.toDisk(p, head) != nil {
			l.fail()
			b.err = ErrDown
		}
		close(b.done)
	}
}

// toDisk is called by one goroutine at a time.
func (l *Log) toDisk(p []byte, head Head) error {
	if _, err := l.file.Write(p); err != nil {
		return err
	}
	if err := l.file.Sync(); err != nil {
		return err
	}
	if head.Seq-l.marked < DefaultCheckpoint && l.marked != 0 {
		return nil
	}
	l.marked = head.Seq
	return writeCheckpoint(l.path, head)
}

func (l *Log) fail() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = true
}

// Down reports whether the log can no longer be written.
func (l *Log) Down() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.down
}

// Close appends that the node has stopped, writes a checkpoint and closes.
func (l *Log) Close() error {
	_, err := l.append(Event{Stopped: &Stopped{Node: l.node}}, true)
	if err == nil { // nothing follows, so the head is what is on disk
		err = writeCheckpoint(l.path, l.head)
	}
	return errors.Join(err, l.file.Close())
}
