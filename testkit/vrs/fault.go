package vrs

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"sync"
	"time"
)

// Faults are the ways in which this VRS misbehaves on purpose, for tests and
// demonstrations. All are off at first; nothing outside this file decides to
// misbehave.
type Faults struct {
	mu         sync.Mutex
	down       bool
	busy       int
	slow       time.Duration
	cut        map[string]int
	swapRecord bool
	swapping   bool
	waiting    chan swap
}

type swap struct {
	mine   []byte
	theirs chan []byte
}

func (f *Faults) set(do func()) { f.mu.Lock(); defer f.mu.Unlock(); do() }

// Down makes VRS cut every connection before it does anything.
func (f *Faults) Down(on bool) { f.set(func() { f.down = on }) }

// Busy makes VRS answer "busy" to the next n queries, -1 for all to come.
func (f *Faults) Busy(n int) { f.set(func() { f.busy = n }) }

// Slow makes every answer wait.
func (f *Faults) Slow(d time.Duration) { f.set(func() { f.slow = d }) }

// Cut makes VRS do the next n calls of a path (vrs.PathQuery …) and cut the
// connection in place of the answer: done there, unheard here.
func (f *Faults) Cut(path string, n int) {
	f.set(func() {
		if f.cut == nil {
			f.cut = map[string]int{}
		}
		f.cut[path] = n
	})
}

// SwapRecord makes VRS answer with the record of another person of the same
// municipality, bound to the question as if it were right: the careless form.
func (f *Faults) SwapRecord(on bool) { f.set(func() { f.swapRecord = on }) }

// SwapAnswers makes VRS give each of two concurrent queries the other's whole
// answer, binding and all: the crude form. A query without a partner waits.
func (f *Faults) SwapAnswers(on bool) {
	f.set(func() {
		f.swapping = on
		if f.waiting == nil {
			f.waiting = make(chan swap)
		}
	})
}

// before is consulted at the start of every call; false: the call is answered.
func (f *Faults) before(w http.ResponseWriter, r *http.Request, query bool) bool {
	f.mu.Lock()
	down, slow := f.down, f.slow
	busy := query && f.busy != 0
	if busy && f.busy > 0 {
		f.busy--
	}
	f.mu.Unlock()
	if down {
		panic(http.ErrAbortHandler)
	}
	select {
	case <-time.After(slow):
	case <-r.Context().Done():
	}
	if busy {
		sayBusy(w)
	}
	return !busy
}

// after is consulted when a call is done and its answer about to leave.
func (f *Faults) after(ctx context.Context, path string, answer []byte) []byte {
	f.mu.Lock()
	cut, swapping, waiting := f.cut[path] > 0, f.swapping && path == swappable, f.waiting
	if cut {
		f.cut[path]--
	}
	f.mu.Unlock()
	if cut {
		panic(http.ErrAbortHandler)
	}
	if !swapping {
		return answer
	}
	me := swap{answer, make(chan []byte, 1)}
	select {
	case waiting <- me:
		return <-me.theirs
	case other := <-waiting:
		other.theirs <- answer
		return other.mine
	case <-ctx.Done():
		return answer
	}
}

// swapped gives the person whose record is read: the right one, or with
// SwapRecord another of the area.
func (f *Faults) swapped(a *area, person int64) (int64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.swapRecord {
		return person, nil
	}
	var other int64
	err := a.row(sqlOther, person).Scan(&other)
	if errors.Is(err, sql.ErrNoRows) {
		return person, nil
	}
	return other, err
}
