package tray

import (
	"bytes"
	"encoding/json"
	"slices"
	"sync"

	"akashi/centre/audit"
	"akashi/centre/issue"
	"akashi/testkit/stack"
)

// follower reads the events that the centre's node tells of.
type follower struct {
	centre *board[Centre]

	mu      sync.Mutex
	process *stack.Process
	at      int64
	count   uint64 // events read so far
}

// turn follows another process: the node was started again.
func (f *follower) turn(p *stack.Process) {
	f.drain()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.process, f.at = p, 0
}

// drain reads what was said since the last time and gives it.
func (f *follower) drain() []audit.Record {
	f.mu.Lock()
	defer f.mu.Unlock()
	b, err := f.process.Since(f.at)
	if err != nil {
		return nil
	}
	whole := bytes.LastIndexByte(b, '\n') + 1 // a line without its end is not whole yet
	f.at += int64(whole)
	var fresh []audit.Record
	for line := range bytes.Lines(b[:whole]) {
		var r audit.Record
		if json.Unmarshal(line, &r) == nil && r.At > 0 {
			f.count++
			r.Seq, r.Chain = f.count, nil // numbered here: the log's own numbers stay in the log
			fresh = append(fresh, r)
		}
	}
	if len(fresh) > 0 {
		f.centre.set(func(c *Centre) {
			all := slices.Concat(c.Events, fresh)
			c.Steps = issue.Steps()
			c.Events = all[max(0, len(all)-DefaultMaxEvents):]
		})
	}
	return fresh
}

// seq gives the number of the last event.
func (f *follower) seq() uint64 {
	f.drain()
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.count
}

// ended gives the steps of a kiosk's last request that ended after seq.
func (f *follower) ended(kiosk string, seq uint64) []Step {
	f.drain()
	c, _ := f.centre.see()
	var all []Step
	for _, r := range c.Events {
		e := r.Event.Ended
		if e == nil || r.Seq <= seq || string(e.Kiosk) != kiosk {
			continue
		}
		all = nil
		for i, name := range issue.Steps() {
			if i <= int(e.At) {
				all = append(all, Step{name, int64(e.Micros[i])})
			}
		}
	}
	return all
}
